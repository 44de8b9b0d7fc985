using Descent.Tensors;

namespace Descent.NN;

/// <summary>Sums, means or maxima of bags of a table's rows, as <see cref="F.EmbeddingBag"/>.</summary>
public sealed class EmbeddingBag : Module
{
    readonly double? _maxNorm;
    readonly double _normType;
    readonly bool _scaleGradByFreq, _includeLastOffset;
    readonly BagMode _mode;

    /// <param name="numEmbeddings">Rows of the table.</param>
    /// <param name="embeddingDim">Width of a row.</param>
    /// <param name="maxNorm">Rows that are read and whose norm is greater are first scaled down to it, in place.</param>
    /// <param name="normType">Order of that norm.</param>
    /// <param name="scaleGradByFreq">The gradient of a row is divided by how often the indices name it; not for maxima.</param>
    /// <param name="mode">How a bag's rows become one.</param>
    /// <param name="includeLastOffset">The last offset is the end of the last bag.</param>
    /// <param name="paddingIdx">A row that is left out and takes no gradient; negative counts from the end.</param>
    /// <param name="dtype">Type of the table; the default type if null.</param>
    /// <param name="generator">Draws the starting values, from the standard normal distribution.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no row <paramref name="paddingIdx"/>.</exception>
    public EmbeddingBag(int numEmbeddings, int embeddingDim, double? maxNorm = null, double normType = 2, bool scaleGradByFreq = false,
        BagMode mode = BagMode.Mean, bool includeLastOffset = false, int? paddingIdx = null, DType? dtype = null, Generator? generator = null)
        : this(EmbeddingTable.Draw(numEmbeddings, embeddingDim, paddingIdx, dtype, generator), maxNorm, normType, scaleGradByFreq, mode, includeLastOffset, paddingIdx) { }

    EmbeddingBag(Parameter weight, double? maxNorm, double normType, bool scaleGradByFreq, BagMode mode, bool includeLastOffset, int? paddingIdx)
    {
        (Weight, PaddingIdx) = (weight, EmbeddingTable.Row(paddingIdx, weight.Shape[0]));
        (_maxNorm, _normType, _scaleGradByFreq, _mode, _includeLastOffset) = (maxNorm, normType, scaleGradByFreq, mode, includeLastOffset);
    }

    /// <summary>A layer over a table that was learned elsewhere.</summary>
    /// <param name="embeddings">Shape <c>(rows, width)</c>; shared, not copied.</param>
    /// <param name="freeze">The table is not trained.</param>
    /// <inheritdoc cref="EmbeddingBag(int, int, double?, double, bool, BagMode, bool, int?, DType?, Generator?)"/>
    /// <exception cref="ShapeException">The table is no matrix.</exception>
    public static EmbeddingBag FromPretrained(Tensor embeddings, bool freeze = true, double? maxNorm = null, double normType = 2, bool scaleGradByFreq = false,
        BagMode mode = BagMode.Mean, bool includeLastOffset = false, int? paddingIdx = null) =>
        new(new Parameter(EmbeddingTable.Check(embeddings), !freeze), maxNorm, normType, scaleGradByFreq, mode, includeLastOffset, paddingIdx);

    /// <summary>Shape <c>(numEmbeddings, embeddingDim)</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>The row that is left out, or null.</summary>
    public int? PaddingIdx { get; }

    /// <param name="x">Integers, <c>(bags, length)</c>.</param>
    /// <returns>Shape <c>(bags, embeddingDim)</c>.</returns>
    public override Tensor Forward(Tensor x) => Forward(x, null);

    /// <param name="x">Integers: <c>(bags, length)</c>, or <c>(indices)</c> with <paramref name="offsets"/>.</param>
    /// <param name="offsets">Where each bag starts.</param>
    /// <param name="perSampleWeights">A factor per index; only for sums.</param>
    /// <returns>Shape <c>(bags, embeddingDim)</c>.</returns>
    public Tensor Forward(Tensor x, Tensor? offsets, Tensor? perSampleWeights = null) => Observed(
        F.EmbeddingBag(x, Weight, offsets, _maxNorm, _normType, _scaleGradByFreq, _mode, perSampleWeights, _includeLastOffset, PaddingIdx));
}
