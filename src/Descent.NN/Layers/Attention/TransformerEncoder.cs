using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Self-attention, then two linear layers over each position, each with a residual around it and a normalisation after
/// (or, with normFirst, before) it.
/// </summary>
/// <remarks>Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.</remarks>
public sealed class TransformerEncoderLayer : Module
{
    readonly MultiheadAttention _selfAttn;
    readonly Linear _linear1, _linear2;
    readonly LayerNorm _norm1, _norm2;
    readonly Dropout _dropout, _dropout1, _dropout2;
    readonly Func<Tensor, Tensor>? _activation;
    readonly bool _normFirst;

    /// <param name="dModel">Width.</param>
    /// <param name="nHead">Heads.</param>
    /// <param name="dimFeedforward">Width between the two linear layers.</param>
    /// <param name="dropout">Probability of dropping, in training.</param>
    /// <param name="activation">Between the linear layers, such as <c>x => x.Gelu()</c>; the rectifier if null.</param>
    /// <param name="layerNormEpsilon">Added to variances.</param>
    /// <param name="batchFirst">Inputs are <c>(N, L, dModel)</c>, not <c>(L, N, dModel)</c>.</param>
    /// <param name="normFirst">Normalise before attention and linear layers, not after.</param>
    /// <param name="bias">Whether linear layers and normalisations add something.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <param name="generator">Draws the starting values and what is dropped.</param>
    public TransformerEncoderLayer(int dModel, int nHead, int dimFeedforward = 2048, double dropout = 0.1, Func<Tensor, Tensor>? activation = null,
        double layerNormEpsilon = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, DType? dtype = null, Generator? generator = null)
    {
        _selfAttn = new(dModel, nHead, dropout, bias, batchFirst: batchFirst, dtype: dtype, generator: generator);
        _linear1 = new(dModel, dimFeedforward, bias, dtype, generator);
        _linear2 = new(dimFeedforward, dModel, bias, dtype, generator);
        (_norm1, _norm2) = (new(dModel, layerNormEpsilon, bias: bias, dtype: dtype), new(dModel, layerNormEpsilon, bias: bias, dtype: dtype));
        (_dropout, _dropout1, _dropout2) = (new(dropout, generator), new(dropout, generator), new(dropout, generator));
        (_activation, _normFirst) = (activation, normFirst);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <param name="src">Shape <c>(L, N, dModel)</c>, <c>(N, L, dModel)</c> with batchFirst, or <c>(L, dModel)</c>.</param>
    /// <param name="srcMask">As in <see cref="MultiheadAttention"/>.</param>
    /// <param name="srcKeyPaddingMask">As in <see cref="MultiheadAttention"/>.</param>
    /// <param name="isCausal">Position i attends to positions 0 to i.</param>
    /// <returns>The shape of <paramref name="src"/>.</returns>
    public Tensor Forward(Tensor src, Tensor? srcMask, Tensor? srcKeyPaddingMask = null, bool isCausal = false)
    {
        if (_normFirst)
        {
            src += Attend(_norm1.Forward(src));
            return Observed(src + Feed(_norm2.Forward(src)));
        }
        src = _norm1.Forward(src + Attend(src));
        return Observed(_norm2.Forward(src + Feed(src)));

        Tensor Attend(Tensor x) => _dropout1.Forward(_selfAttn.Forward(x, x, x, srcKeyPaddingMask, false, srcMask, isCausal: isCausal).Output);
        Tensor Feed(Tensor x) => _dropout2.Forward(_linear2.Forward(_dropout.Forward(_activation?.Invoke(_linear1.Forward(x)) ?? FusedLayers.Forward(_linear1, Activation.Relu, x))));
    }
}

/// <summary>Encoder layers one after another, and a last normalisation if one is given.</summary>
public sealed class TransformerEncoder : Module
{
    readonly ModuleList _layers;
    readonly Module? _norm;

    /// <param name="layer">Makes one layer; called once for each.</param>
    /// <param name="numLayers">Layers.</param>
    /// <param name="norm">A last normalisation, or null.</param>
    public TransformerEncoder(Func<TransformerEncoderLayer> layer, int numLayers, Module? norm = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(numLayers);
        (_layers, _norm) = (new(Enumerable.Range(0, numLayers).Select(_ => layer())), norm);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <inheritdoc cref="TransformerEncoderLayer.Forward(Tensor, Tensor?, Tensor?, bool)"/>
    public Tensor Forward(Tensor src, Tensor? mask, Tensor? srcKeyPaddingMask = null, bool isCausal = false)
    {
        foreach (var layer in _layers) src = ((TransformerEncoderLayer)layer).Forward(src, mask, srcKeyPaddingMask, isCausal);
        return Observed(_norm is null ? src : _norm.Forward(src));
    }
}
