using Descent.Tensors;

namespace Descent.NN;

/// <summary>Causal self-attention with one projection for queries, keys and values together.</summary>
sealed class GptAttention : Module
{
    readonly Linear _cAttn, _cProj;
    readonly Dropout _residDropout;
    readonly GptConfig _config;
    readonly Generator? _generator;

    internal GptAttention(GptConfig config, DType? dtype, Generator? generator)
    {
        _cAttn = new(config.Width, 3 * config.Width, config.Bias, dtype, generator);
        _cProj = new(config.Width, config.Width, config.Bias, dtype, generator);
        _residDropout = new(config.Dropout, generator);
        (_config, _generator) = (config, generator);
    }

    internal Linear Projection => _cProj;

    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>With what is added to the result, or null.</summary>
    internal Tensor Forward(Tensor x, Tensor? residual)
    {
        var parts = _cAttn.Forward(x).Chunk(3, -1);
        Tensor q = Heads(parts[0]), k = Heads(parts[1]), v = Heads(parts[2]);
        if (_config.Positions == PositionKind.Rotary) (q, k) = (F.Rope(q), F.Rope(k));
        var y = F.ScaledDotProductAttention(q, k, v, dropoutP: IsTraining ? _config.Dropout : 0, isCausal: true, generator: _generator);
        return Observed(FusedLayers.Forward(_cProj, _residDropout, y.Transpose(1, 2).Reshape(x.Shape), residual), 4L * q.Elements * k.Shape[2]);
    }

    /// <summary>From <c>(N, T, width)</c> to <c>(N, heads, T, width / heads)</c>.</summary>
    Tensor Heads(Tensor x) => x.Unflatten(-1, _config.Heads, _config.Width / _config.Heads).Transpose(1, 2);
}

/// <summary>Two linear layers, four times as wide between, with GELU by its tangent form.</summary>
sealed class GptMlp : Module
{
    readonly Linear _cFc, _cProj;
    readonly Dropout _dropout;

    internal GptMlp(GptConfig config, DType? dtype, Generator? generator)
    {
        _cFc = new(config.Width, 4 * config.Width, config.Bias, dtype, generator);
        _cProj = new(4 * config.Width, config.Width, config.Bias, dtype, generator);
        _dropout = new(config.Dropout, generator);
    }

    internal Linear Projection => _cProj;

    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <summary>With what is added to the result, or null.</summary>
    internal Tensor Forward(Tensor x, Tensor? residual) =>
        Observed(FusedLayers.Forward(_cProj, _dropout, FusedLayers.Forward(_cFc, Activation.GeluTanh, x), residual));
}

/// <summary>Attention and linear layers, each after a normalisation and with a residual around both.</summary>
sealed class GptBlock : Module
{
    [Name("ln_1")]
    readonly LayerNorm _ln1;

    readonly GptAttention _attn;

    [Name("ln_2")]
    readonly LayerNorm _ln2;

    readonly GptMlp _mlp;

    internal GptBlock(GptConfig config, DType? dtype, Generator? generator)
    {
        (_ln1, _ln2) = (new(config.Width, config.Epsilon, bias: config.Bias, dtype: dtype), new(config.Width, config.Epsilon, bias: config.Bias, dtype: dtype));
        (_attn, _mlp) = (new(config, dtype, generator), new(config, dtype, generator));
    }

    /// <summary>The layers whose results are added to the residual.</summary>
    internal IEnumerable<Linear> Projections => [_attn.Projection, _mlp.Projection];

    public override Tensor Forward(Tensor x)
    {
        x = _attn.Forward(_ln1.Forward(x), x);
        return Observed(_mlp.Forward(_ln2.Forward(x), x));
    }
}
