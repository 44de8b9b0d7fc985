using Descent.Tensors;

namespace Descent.NN;

/// <summary>A table of vectors that indices name, as <see cref="F.Embedding"/>.</summary>
public sealed class Embedding : Module
{
    readonly double? _maxNorm;
    readonly double _normType;
    readonly bool _scaleGradByFreq;

    /// <param name="numEmbeddings">Rows of the table.</param>
    /// <param name="embeddingDim">Width of a row.</param>
    /// <param name="paddingIdx">A row that starts as zeros and takes no gradient; negative counts from the end.</param>
    /// <param name="maxNorm">Rows that are read and whose norm is greater are first scaled down to it, in place.</param>
    /// <param name="normType">Order of that norm.</param>
    /// <param name="scaleGradByFreq">The gradient of a row is divided by how often the indices name it.</param>
    /// <param name="dtype">Type of the table; the default type if null.</param>
    /// <param name="generator">Draws the starting values, from the standard normal distribution.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no row <paramref name="paddingIdx"/>.</exception>
    public Embedding(int numEmbeddings, int embeddingDim, int? paddingIdx = null, double? maxNorm = null, double normType = 2,
        bool scaleGradByFreq = false, DType? dtype = null, Generator? generator = null)
        : this(EmbeddingTable.Draw(numEmbeddings, embeddingDim, paddingIdx, dtype, generator), paddingIdx, maxNorm, normType, scaleGradByFreq) { }

    Embedding(Parameter weight, int? paddingIdx, double? maxNorm, double normType, bool scaleGradByFreq)
    {
        (Weight, PaddingIdx) = (weight, EmbeddingTable.Row(paddingIdx, weight.Shape[0]));
        (_maxNorm, _normType, _scaleGradByFreq) = (maxNorm, normType, scaleGradByFreq);
    }

    /// <summary>A layer over a table that was learned elsewhere.</summary>
    /// <param name="embeddings">Shape <c>(rows, width)</c>; shared, not copied.</param>
    /// <param name="freeze">The table is not trained.</param>
    /// <inheritdoc cref="Embedding(int, int, int?, double?, double, bool, DType?, Generator?)"/>
    /// <exception cref="ShapeException">The table is no matrix.</exception>
    public static Embedding FromPretrained(Tensor embeddings, bool freeze = true, int? paddingIdx = null, double? maxNorm = null, double normType = 2,
        bool scaleGradByFreq = false) =>
        new(new Parameter(EmbeddingTable.Check(embeddings), !freeze), paddingIdx, maxNorm, normType, scaleGradByFreq);

    /// <summary>Shape <c>(numEmbeddings, embeddingDim)</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>The row that takes no gradient, or null.</summary>
    public int? PaddingIdx { get; }

    /// <summary>Whether it gives rows of the table as they are, and all take gradients.</summary>
    internal bool IsPlain => PaddingIdx is null && _maxNorm is null && !_scaleGradByFreq;

    /// <param name="x">Integers of any shape <c>(…)</c>.</param>
    /// <returns>Shape <c>(…, embeddingDim)</c>.</returns>
    public override Tensor Forward(Tensor x) => Observed(F.Embedding(x, Weight, PaddingIdx, _maxNorm, _normType, _scaleGradByFreq));
}

/// <summary>Tables of vectors: how they start, and which row is padding.</summary>
static class EmbeddingTable
{
    internal static Parameter Draw(int rows, int width, int? paddingIdx, DType? dtype, Generator? generator)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        var weight = Init.Normal_(Tensor.Empty([rows, width], dtype), generator: generator);
        if (Row(paddingIdx, rows) is { } padding) weight.Select(0, padding).Zero_();
        return new(weight);
    }

    internal static int? Row(int? index, int rows) => index is null ? null
        : index < -rows || index >= rows ? throw new ArgumentOutOfRangeException(nameof(index), $"Embedding: paddingIdx is {index}, but there are {rows} rows.")
        : index < 0 ? index + rows : index;

    internal static Tensor Check(Tensor table) => table.Rank == 2 ? table
        : throw new ShapeException($"FromPretrained: the table has shape {table.Shape}; expected (rows, width).");
}
