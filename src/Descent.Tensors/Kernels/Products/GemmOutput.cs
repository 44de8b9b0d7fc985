using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Where a product goes: element (i, j) lies at
/// <c>Origin + i · Row + (j / Run) · RunStride + (j % Run) · Column</c>.
/// </summary>
/// <remarks>A matrix is one run; the images of a batch, side by side in j, are a run each.</remarks>
unsafe readonly struct GemmOutput<T>(T* origin, nint row, nint column, int run = int.MaxValue, nint runStride = 0)
    where T : unmanaged
{
    public T* Origin => origin;

    public nint Row => row;

    public nint Column => column;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* At(nint i, int j) =>
        j < run ? origin + i * row + j * column : origin + i * row + j / run * runStride + j % run * column;

    /// <summary>Whether columns j to j + count − 1 are neighbours in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsContiguous(int j, int count) => column == 1 && (j < run ? j : j % run) + count <= run;

    /// <summary>Columns from j on that lie in one run, at most <paramref name="count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int InRun(int j, int count) => Math.Min(count, run - (j < run ? j : j % run));
}

/// <summary>What is added to a product: nothing, one value per row, or one per column.</summary>
unsafe readonly struct GemmBias<T>(T* values, bool perRow) where T : unmanaged
{
    public T* Values => values;

    public bool PerRow => perRow;

    public static GemmBias<T> None => default;

    public TileStart Start => values == null ? TileStart.Zero : perRow ? TileStart.RowBias : TileStart.ColumnBias;
}
