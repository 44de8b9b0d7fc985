using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// A small GPT: embeddings of tokens and positions, blocks with normalisation before, a last normalisation and a linear layer
/// to the logits of the next token.
/// </summary>
/// <remarks>
/// Radford et al., "Language Models are Unsupervised Multitask Learners", 2019. Names are GPT-2's
/// (<c>transformer.h.0.attn.c_attn.weight</c>) with every weight as <c>(out, in)</c>. Weights start normal with deviation 0.02,
/// those that end in the residual with 0.02 / √(2 · layers).
/// </remarks>
public sealed class CharGpt : Module, ILanguageModel
{
    sealed class Body : Module
    {
        readonly Embedding _wte;
        readonly Embedding? _wpe;
        readonly Dropout _drop;
        readonly ModuleList _h;
        readonly LayerNorm _lnF;

        internal Body(GptConfig config, DType? dtype, Generator? generator)
        {
            _wte = new(config.VocabularySize, config.Width, dtype: dtype, generator: generator);
            if (config.Positions == PositionKind.Learned) _wpe = new(config.ContextLength, config.Width, dtype: dtype, generator: generator);
            _drop = new(config.Dropout, generator);
            _h = new(Enumerable.Range(0, config.Layers).Select(_ => new GptBlock(config, dtype, generator)));
            _lnF = new(config.Width, config.Epsilon, bias: config.Bias, dtype: dtype);
        }

        internal Parameter Tokens => _wte.Weight;

        internal IEnumerable<Linear> Projections => _h.SelectMany(block => ((GptBlock)block).Projections);

        public override Tensor Forward(Tensor x)
        {
            int length = x.Shape[1];
            x = _wte.Forward(x);
            if (_wpe is not null) x += _wpe.Weight.Narrow(0, 0, length);
            x = _drop.Forward(x);
            foreach (var block in _h) x = block.Forward(x);
            return Observed(_lnF.Forward(x));
        }
    }

    /// <summary>The linear layer to the logits, whose weight may be the table of tokens.</summary>
    sealed class Head(Parameter weight) : Module
    {
        readonly Parameter _weight = weight;

        public override Tensor Forward(Tensor x) => Observed(F.Linear(x, _weight), 2L * x.Elements * _weight.Shape[0]);
    }

    readonly Body _transformer;
    readonly Head _lmHead;

    /// <param name="config">Sizes and choices.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <param name="generator">Draws the starting values and what is dropped.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public CharGpt(GptConfig config, DType? dtype = null, Generator? generator = null)
    {
        config.Check();
        Config = config;
        _transformer = new(config, dtype, generator);
        _lmHead = new(config.TieWeights ? _transformer.Tokens : new(Tensor.Empty([config.VocabularySize, config.Width], dtype)));
        var residual = _transformer.Projections.Select(linear => linear.Weight).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        using var _ = Autograd.NoGrad();
        foreach (var (name, parameter) in NamedParameters())
            if (parameter.Rank > 1) Init.Normal_(parameter, std: residual.Contains(parameter) ? 0.02 / Math.Sqrt(2 * config.Layers) : 0.02, generator: generator);
            else if (name.EndsWith("bias", StringComparison.Ordinal)) parameter.Zero_();
    }

    /// <summary>Sizes and choices.</summary>
    public GptConfig Config { get; }

    /// <param name="x">Integers, <c>(N, T)</c>, T at most the context's length.</param>
    /// <returns>Logits of the next token at every position, <c>(N, T, vocabulary)</c>.</returns>
    /// <exception cref="ShapeException">The shape is another, or there are too many positions.</exception>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank != 2 || x.Shape[1] > Config.ContextLength)
            throw new ShapeException($"CharGpt: the tokens have shape {x.Shape}. Expected (N, T) with T at most {Config.ContextLength}, the context's length.");
        return Observed(_lmHead.Forward(_transformer.Forward(x)));
    }

    /// <inheritdoc/>
    public ITextState Begin() => new State(this);

    /// <summary>The last tokens, as many as the model sees.</summary>
    sealed class State(CharGpt model) : ITextState
    {
        readonly List<long> _tokens = [];

        public Tensor Next(ReadOnlySpan<long> tokens)
        {
            _tokens.AddRange(tokens);
            int excess = _tokens.Count - model.Config.ContextLength;
            if (excess > 0) _tokens.RemoveRange(0, excess);
            return model.Forward(Tensor.From<long>(_tokens.ToArray(), [1, _tokens.Count])).Select(0, 0).Select(0, -1);
        }
    }
}
