using Descent.Tensors;

namespace Descent.NN;

/// <summary>A language model of characters: an embedding, layers of long short-term memory, and a linear layer to the logits of the next one.</summary>
/// <remarks>Graves, "Generating Sequences With Recurrent Neural Networks", 2013, arXiv:1308.0850.</remarks>
public sealed class CharLstm : Module, ILanguageModel
{
    readonly Embedding _embedding;
    readonly LSTM _lstm;
    readonly Dropout _dropout;
    readonly Linear _head;

    /// <param name="vocabularySize">Different tokens.</param>
    /// <param name="width">Width of a token's vector.</param>
    /// <param name="hiddenSize">Width of the state.</param>
    /// <param name="layers">Layers of the LSTM.</param>
    /// <param name="dropout">Probability of dropping between layers and before the last, in training.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <param name="generator">Draws the starting values and what is dropped.</param>
    public CharLstm(int vocabularySize, int width = 64, int hiddenSize = 256, int layers = 2, double dropout = 0, DType? dtype = null, Generator? generator = null)
    {
        _embedding = new(vocabularySize, width, dtype: dtype, generator: generator);
        _lstm = new(width, hiddenSize, layers, batchFirst: true, dropout: dropout, dtype: dtype, generator: generator);
        _dropout = new(dropout, generator);
        _head = new(hiddenSize, vocabularySize, dtype: dtype, generator: generator);
    }

    /// <param name="x">Tokens, integers <c>(N, T)</c>.</param>
    /// <returns>Logits of the next token at every position, <c>(N, T, vocabulary)</c>.</returns>
    public override Tensor Forward(Tensor x) => Forward(x, null, null).Logits;

    /// <param name="tokens">Integers, <c>(N, T)</c>.</param>
    /// <param name="h">The states that an earlier call gave, <c>(layers, N, hiddenSize)</c>, or null.</param>
    /// <param name="c">The cells that an earlier call gave, or null.</param>
    /// <returns>Logits of the next token at every position, and the states to go on from.</returns>
    /// <exception cref="ShapeException">The tokens have another shape.</exception>
    public (Tensor Logits, Tensor HiddenState, Tensor CellState) Forward(Tensor tokens, Tensor? h, Tensor? c)
    {
        if (tokens.Rank != 2) throw new ShapeException($"CharLstm: the tokens have shape {tokens.Shape}. Expected (N, T).");
        var (y, hidden, cell) = _lstm.Forward(tokens, _embedding, h, c);
        return (Observed(_head.Forward(_dropout.Forward(y))), hidden, cell);
    }

    /// <inheritdoc/>
    public ITextState Begin() => new State(this);

    sealed class State(CharLstm model) : ITextState
    {
        Tensor? _h, _c;

        public Tensor Next(ReadOnlySpan<long> tokens)
        {
            (var logits, _h, _c) = model.Forward(Tensor.From(tokens, [1, tokens.Length]), _h, _c);
            return logits.Select(0, 0).Select(0, -1);
        }
    }
}
