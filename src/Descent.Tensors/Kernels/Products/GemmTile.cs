namespace Descent.Tensors.Kernels;

/// <summary>
/// The register tile for code that is written for one width of vectors: generated where the tier in use has that width,
/// else in C#. Panels are as <see cref="GemmTiles{T}"/> has them.
/// </summary>
static unsafe class GemmTile<T, V, L>
    where T : unmanaged
    where V : struct
    where L : IVectorLanes<T, V>
{
    /// <inheritdoc cref="GemmPortableTile{T, V, L}.MostVectors"/>
    public const int MostVectors = GemmPortableTile<T, V, L>.MostVectors;

    /// <inheritdoc cref="GemmPortableTile{T, V, L}.MostRows"/>
    public static int MostRows => GemmPortableTile<T, V, L>.MostRows;

    /// <summary>C of 1, 2, 4 or 8 rows, at most <see cref="MostRows"/>, and 1 to 3 whole vectors.</summary>
    public static void Run(int rows, int vectors, nint k, T* a, T* b, T* c, nint cRow, TileStart start, T* bias)
    {
        if (GemmTiles<T>.Current is GeneratedTiles<T> tiles && tiles.Lanes == L.Count && rows <= tiles.MostRows(vectors))
            tiles.Run(rows, vectors * L.Count, k, a, b, c, cRow, start, bias);
        else
            GemmPortableTile<T, V, L>.Run(rows, vectors, k, a, b, c, cRow, start, bias);
    }
}
