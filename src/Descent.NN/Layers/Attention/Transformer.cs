using Descent.Tensors;

namespace Descent.NN;

/// <summary>An encoder of a source and a decoder of a target that attends to what the encoder made of it.</summary>
/// <remarks>Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.</remarks>
public sealed class Transformer : Module
{
    readonly TransformerEncoder _encoder;
    readonly TransformerDecoder _decoder;

    /// <param name="dModel">Width.</param>
    /// <param name="nHead">Heads.</param>
    /// <param name="numEncoderLayers">Layers of the encoder.</param>
    /// <param name="numDecoderLayers">Layers of the decoder.</param>
    /// <inheritdoc cref="TransformerEncoderLayer(int, int, int, double, Func{Tensor, Tensor}, double, bool, bool, bool, DType?, Generator)"/>
    public Transformer(int dModel = 512, int nHead = 8, int numEncoderLayers = 6, int numDecoderLayers = 6, int dimFeedforward = 2048, double dropout = 0.1,
        Func<Tensor, Tensor>? activation = null, double layerNormEpsilon = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true,
        DType? dtype = null, Generator? generator = null)
    {
        _encoder = new(() => new(dModel, nHead, dimFeedforward, dropout, activation, layerNormEpsilon, batchFirst, normFirst, bias, dtype, generator),
            numEncoderLayers, new LayerNorm(dModel, layerNormEpsilon, bias: bias, dtype: dtype));
        _decoder = new(() => new(dModel, nHead, dimFeedforward, dropout, activation, layerNormEpsilon, batchFirst, normFirst, bias, dtype, generator),
            numDecoderLayers, new LayerNorm(dModel, layerNormEpsilon, bias: bias, dtype: dtype));
        foreach (var parameter in Parameters())
            if (parameter.Rank > 1) Init.XavierUniform_(parameter, generator: generator);
    }

    /// <param name="src">Shape <c>(S, N, dModel)</c>, <c>(N, S, dModel)</c> with batchFirst, or <c>(S, dModel)</c>.</param>
    /// <param name="tgt">The same with T for S.</param>
    /// <param name="masks">What the decoder may see; everything if null.</param>
    /// <param name="srcMask">Between positions of the source.</param>
    /// <param name="srcKeyPaddingMask">Positions of the source that do not count.</param>
    /// <param name="srcIsCausal">Position i of the source attends to positions 0 to i.</param>
    /// <returns>The shape of <paramref name="tgt"/>.</returns>
    public Tensor Forward(Tensor src, Tensor tgt, DecoderMasks? masks = null, Tensor? srcMask = null, Tensor? srcKeyPaddingMask = null, bool srcIsCausal = false) =>
        Observed(_decoder.Forward(tgt, _encoder.Forward(src, srcMask, srcKeyPaddingMask, srcIsCausal), masks));

    /// <summary>A mask to add, <c>(size, size)</c>: −∞ above the diagonal, 0 elsewhere, so that no position sees a later one.</summary>
    public static Tensor GenerateSquareSubsequentMask(int size, DType? dtype = null) => Tensor.Full([size, size], double.NegativeInfinity, dtype ?? Tensor.DefaultDType).Triu(1);
}
