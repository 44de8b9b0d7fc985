using Descent.Tensors;

namespace Descent.NN;

/// <summary>What a decoder may see of its target and of the encoder's memory; as in <see cref="MultiheadAttention"/>.</summary>
public sealed record DecoderMasks
{
    /// <summary>Between positions of the target.</summary>
    public Tensor? Target { get; init; }

    /// <summary>From positions of the target to those of the memory.</summary>
    public Tensor? Memory { get; init; }

    /// <summary>Positions of the target that do not count.</summary>
    public Tensor? TargetKeyPadding { get; init; }

    /// <summary>Positions of the memory that do not count.</summary>
    public Tensor? MemoryKeyPadding { get; init; }

    /// <summary>Position i of the target attends to positions 0 to i of the target.</summary>
    public bool TargetIsCausal { get; init; }

    /// <summary>Position i of the target attends to positions 0 to i of the memory.</summary>
    public bool MemoryIsCausal { get; init; }
}

/// <summary>
/// Self-attention, attention to an encoder's memory, then two linear layers over each position, each with a residual around
/// it and a normalisation after (or, with normFirst, before) it.
/// </summary>
/// <remarks>Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.</remarks>
public sealed class TransformerDecoderLayer : Module
{
    readonly MultiheadAttention _selfAttn, _multiheadAttn;
    readonly Linear _linear1, _linear2;
    readonly LayerNorm _norm1, _norm2, _norm3;
    readonly Dropout _dropout, _dropout1, _dropout2, _dropout3;
    readonly Func<Tensor, Tensor>? _activation;
    readonly bool _normFirst;

    /// <inheritdoc cref="TransformerEncoderLayer(int, int, int, double, Func{Tensor, Tensor}, double, bool, bool, bool, DType?, Generator)"/>
    public TransformerDecoderLayer(int dModel, int nHead, int dimFeedforward = 2048, double dropout = 0.1, Func<Tensor, Tensor>? activation = null,
        double layerNormEpsilon = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, DType? dtype = null, Generator? generator = null)
    {
        _selfAttn = new(dModel, nHead, dropout, bias, batchFirst: batchFirst, dtype: dtype, generator: generator);
        _multiheadAttn = new(dModel, nHead, dropout, bias, batchFirst: batchFirst, dtype: dtype, generator: generator);
        _linear1 = new(dModel, dimFeedforward, bias, dtype, generator);
        _linear2 = new(dimFeedforward, dModel, bias, dtype, generator);
        (_norm1, _norm2, _norm3) = (Norm(), Norm(), Norm());
        (_dropout, _dropout1, _dropout2, _dropout3) = (new(dropout, generator), new(dropout, generator), new(dropout, generator), new(dropout, generator));
        (_activation, _normFirst) = (activation, normFirst);

        LayerNorm Norm() => new(dModel, layerNormEpsilon, bias: bias, dtype: dtype);
    }

    /// <param name="tgt">Shape <c>(T, N, dModel)</c>, <c>(N, T, dModel)</c> with batchFirst, or <c>(T, dModel)</c>.</param>
    /// <param name="memory">What the encoder gave, the same with S for T.</param>
    /// <param name="masks">What may be seen; everything if null.</param>
    /// <returns>The shape of <paramref name="tgt"/>.</returns>
    public Tensor Forward(Tensor tgt, Tensor memory, DecoderMasks? masks = null)
    {
        masks ??= new();
        if (_normFirst)
        {
            tgt += Self(_norm1.Forward(tgt));
            tgt += Cross(_norm2.Forward(tgt));
            return Observed(tgt + Feed(_norm3.Forward(tgt)));
        }
        tgt = _norm1.Forward(tgt + Self(tgt));
        tgt = _norm2.Forward(tgt + Cross(tgt));
        return Observed(_norm3.Forward(tgt + Feed(tgt)));

        Tensor Self(Tensor x) => _dropout1.Forward(_selfAttn.Forward(x, x, x, masks.TargetKeyPadding, false, masks.Target, isCausal: masks.TargetIsCausal).Output);
        Tensor Cross(Tensor x) => _dropout2.Forward(_multiheadAttn.Forward(x, memory, memory, masks.MemoryKeyPadding, false, masks.Memory, isCausal: masks.MemoryIsCausal).Output);
        Tensor Feed(Tensor x) => _dropout3.Forward(_linear2.Forward(_dropout.Forward(_activation?.Invoke(_linear1.Forward(x)) ?? FusedLayers.Forward(_linear1, Activation.Relu, x))));
    }
}

/// <summary>Decoder layers one after another, and a last normalisation if one is given.</summary>
public sealed class TransformerDecoder : Module
{
    readonly ModuleList _layers;
    readonly Module? _norm;

    /// <param name="layer">Makes one layer; called once for each.</param>
    /// <param name="numLayers">Layers.</param>
    /// <param name="norm">A last normalisation, or null.</param>
    public TransformerDecoder(Func<TransformerDecoderLayer> layer, int numLayers, Module? norm = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(numLayers);
        (_layers, _norm) = (new(Enumerable.Range(0, numLayers).Select(_ => layer())), norm);
    }

    /// <inheritdoc cref="TransformerDecoderLayer.Forward(Tensor, Tensor, DecoderMasks?)"/>
    public Tensor Forward(Tensor tgt, Tensor memory, DecoderMasks? masks = null)
    {
        foreach (var layer in _layers) tgt = ((TransformerDecoderLayer)layer).Forward(tgt, memory, masks);
        return Observed(_norm is null ? tgt : _norm.Forward(tgt));
    }
}
