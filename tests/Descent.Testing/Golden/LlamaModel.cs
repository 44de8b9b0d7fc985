using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>A Llama by Hugging Face's names, put together from the layers as a user would.</summary>
sealed class LlamaModel : Module
{
    sealed class Attention(int dim, int heads, int keyValueHeads, double theta) : Module
    {
        readonly Linear _qProj = new(dim, dim, bias: false);
        readonly Linear _kProj = new(dim, dim / heads * keyValueHeads, bias: false);
        readonly Linear _vProj = new(dim, dim / heads * keyValueHeads, bias: false);
        readonly Linear _oProj = new(dim, dim, bias: false);

        public override Tensor Forward(Tensor x)
        {
            Tensor q = Heads(_qProj, heads), k = Heads(_kProj, keyValueHeads), v = Heads(_vProj, keyValueHeads);
            var y = F.ScaledDotProductAttention(F.Rope(q, theta: theta), F.Rope(k, theta: theta), v, isCausal: true, enableGqa: true);
            return _oProj.Forward(y.Transpose(1, 2).Reshape(x.Shape));

            Tensor Heads(Linear projection, int count) => projection.Forward(x).Unflatten(-1, count, dim / heads).Transpose(1, 2);
        }
    }

    sealed class FeedForward(int dim, int hidden) : Module
    {
        readonly Linear _gateProj = new(dim, hidden, bias: false);
        readonly Linear _upProj = new(dim, hidden, bias: false);
        readonly Linear _downProj = new(hidden, dim, bias: false);

        public override Tensor Forward(Tensor x) => _downProj.Forward(_gateProj.Forward(x).Silu() * _upProj.Forward(x));
    }

    sealed class Layer(int dim, int heads, int keyValueHeads, int hidden, double theta, double epsilon) : Module
    {
        [Name("input_layernorm")]
        readonly RMSNorm _before = new(dim, epsilon);

        readonly Attention _selfAttn = new(dim, heads, keyValueHeads, theta);

        [Name("post_attention_layernorm")]
        readonly RMSNorm _between = new(dim, epsilon);

        readonly FeedForward _mlp = new(dim, hidden);

        public override Tensor Forward(Tensor x)
        {
            x += _selfAttn.Forward(_before.Forward(x));
            return x + _mlp.Forward(_between.Forward(x));
        }
    }

    sealed class Body(int vocabulary, int dim, int layers, double epsilon, Func<Layer> layer) : Module
    {
        readonly Embedding _embedTokens = new(vocabulary, dim);
        readonly ModuleList _layers = new(Enumerable.Range(0, layers).Select(_ => layer()));
        readonly RMSNorm _norm = new(dim, epsilon);

        internal Parameter Tokens => _embedTokens.Weight;

        public override Tensor Forward(Tensor tokens)
        {
            var x = _embedTokens.Forward(tokens);
            foreach (var layer in _layers) x = layer.Forward(x);
            return _norm.Forward(x);
        }
    }

    readonly Body _model;
    readonly Linear? _lmHead;

    internal LlamaModel(int vocabulary, int dim, int layers, int heads, int keyValueHeads, int hidden, double theta, double epsilon, bool tie)
    {
        _model = new(vocabulary, dim, layers, epsilon, () => new(dim, heads, keyValueHeads, hidden, theta, epsilon));
        _lmHead = tie ? null : new(dim, vocabulary, bias: false);
    }

    public override Tensor Forward(Tensor tokens)
    {
        var x = _model.Forward(tokens);
        return _lmHead is null ? F.Linear(x, _model.Tokens) : _lmHead.Forward(x);
    }
}
