using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The transformed inputs Bᵀ·d·B as right operands of the products: for each block of tiles and each product a matrix
/// <c>(channels, tiles)</c>. Lanes are tiles.
/// </summary>
/// <remarks>
/// First down the columns, along whole rows of the image; then the windows are taken apart, four floats of four tiles at a
/// time; then along the rows.
/// </remarks>
/// <param name="tiles">The tiles.</param>
/// <param name="x">The group's images.</param>
/// <param name="imageStride">From an image to the next.</param>
/// <param name="channels">Channels of the group.</param>
/// <param name="blocks">The blocks that all tiles make.</param>
unsafe readonly struct WinogradGather<F, V, L>(WinogradTiles tiles, float* x, nint imageStride, int channels, WinogradBlocks blocks)
    where F : struct, IWinogradForm
    where V : struct
    where L : IVectorLanes<float, V>
{
    const int Stagger = 16;

    public float* X { get; init; } = x;

    public WinogradBlocks Blocks { get; init; } = blocks;

    /// <summary>Tiles of one row of tiles that belong to the block.</summary>
    struct Segment
    {
        public int Image;
        public int Top;

        /// <summary>The column of the image that <see cref="Column"/> stands for.</summary>
        public int Left;

        /// <summary>The segment's first column in the rows.</summary>
        public int Column;

        /// <summary>Columns of the segment that lie in the image: from, to.</summary>
        public int Begin;
        public int End;
    }

    /// <summary>Tiles of the widest block.</summary>
    int Width => Blocks.Most * L.Count;

    /// <summary>From a product's matrix to the next one's.</summary>
    public nint ProductStride => (nint)channels * Width + Stagger;

    /// <summary>Space that a block takes.</summary>
    public nint BlockStride => F.Inputs * F.Inputs * ProductStride;

    /// <summary>Some channels of a block.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Transform(int block, int first, int last, float* target)
    {
        int vectors = Blocks.First(block + 1) - Blocks.First(block), width = vectors * L.Count;
        Segment* segments = stackalloc Segment[width];
        int* columns = stackalloc int[width];
        int found = FindSegments(Blocks.First(block) * L.Count, width, segments, columns, out int pitch);

        // The widest vector may run over the last segment.
        float* rows = Scratch.Get<float>(ScratchSlot.Rows, F.Inputs * (nint)pitch + tiles.Shape.W + L.Count);
        float* nothing = rows + F.Inputs * (nint)pitch;
        new Span<float>(rows, F.Inputs * pitch + tiles.Shape.W + L.Count).Clear();
        for (int c = first; c < last; c++)
        {
            float* plane = X + (nint)c * tiles.Shape.Plane;
            for (int s = 0; s < found; s++)
                Down(segments[s], plane, nothing, rows, pitch);
            for (int i = 0; i < F.Inputs; i++)
                Along(rows + i * pitch, columns, width, target + i * F.Inputs * ProductStride + (nint)c * width);
        }
    }

    /// <summary>One row of every window, taken apart and transformed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Along(float* row, int* columns, int width, float* to)
    {
        nint step = ProductStride;
        for (int t = 0; t < width; t += L.Count, to += L.Count)
        {
            V v4 = default, v5 = default;
            TileLanes<V, L>.Open(row, columns + t, out V v0, out V v1, out V v2, out V v3);
            if (F.Inputs > 4)
                TileLanes<V, L>.Open(row + 4, columns + t, out v4, out v5, out _, out _);
            F.Input<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
            L.Store(v0, to);
            L.Store(v1, to + step);
            L.Store(v2, to + 2 * step);
            L.Store(v3, to + 3 * step);
            if (F.Inputs > 4)
            {
                L.Store(v4, to + 4 * step);
                if (F.Inputs > 5)
                    L.Store(v5, to + 5 * step);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    int FindSegments(int firstTile, int width, Segment* segments, int* columns, out int pitch)
    {
        int found = 0, lane = 0, last = Math.Min(tiles.Count, firstTile + width);
        pitch = 0;
        for (int tile = firstTile; tile < last;)
        {
            var (image, row) = tiles.Strip(tile / tiles.Across);
            int across = tile % tiles.Across, count = Math.Min(tiles.Across - across, last - tile);
            int left = across * F.Outputs - tiles.Shape.PadLeft;
            // Windows are read in quads: the last one takes up to four columns more than it needs.
            int size = (count - 1) * F.Outputs + 8;
            segments[found++] = new Segment
            {
                Image = image,
                Top = row * F.Outputs - tiles.Shape.PadTop,
                Left = left,
                Column = pitch,
                Begin = pitch + Math.Max(0, -left),
                End = pitch + Math.Min(size, tiles.Shape.W - left),
            };
            for (int i = 0; i < count; i++)
                columns[lane++] = pitch + i * F.Outputs;
            pitch += size;
            tile += count;
        }
        // What hangs over the end repeats the last tile.
        for (; lane < width; lane++)
            columns[lane] = columns[lane - 1];
        return found;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Down(in Segment segment, float* plane, float* nothing, float* rows, int pitch)
    {
        float** lines = stackalloc float*[6];
        float* image = plane + segment.Image * imageStride;
        for (int i = 0; i < F.Inputs; i++)
        {
            int y = segment.Top + i;
            // Column q of the rows is column q − Column + Left of the image.
            lines[i] = (uint)y < (uint)tiles.Shape.H ? image + (nint)y * tiles.Shape.W + segment.Left - segment.Column
                : nothing - segment.Begin;
        }
        int at = segment.Begin, end = segment.End;
        if (end - at >= L.Count)
        {
            for (; at < end - L.Count; at += L.Count)
            {
                // The rows of the next channel that this one has not asked for with another strip.
                for (int i = 0; i < F.Outputs; i++)
                    CacheHint.Fetch(lines[i] + at + tiles.Shape.Plane);
                WinogradLines<InputLine<F>, V, L>.Run(lines, at, rows + at, pitch);
            }
            WinogradLines<InputLine<F>, V, L>.Run(lines, end - L.Count, rows + end - L.Count, pitch);
            return;
        }
        for (; at <= end - Vector128<float>.Count; at += Vector128<float>.Count)
            WinogradLines<InputLine<F>, Vector128<float>, Lanes128<float>>.Run(lines, at, rows + at, pitch);
        for (; at < end; at++)
            WinogradLines<InputLine<F>, float, Lane1>.Run(lines, at, rows + at, pitch);
    }
}
