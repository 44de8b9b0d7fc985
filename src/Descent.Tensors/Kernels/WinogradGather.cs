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
/// <param name="firstBlock">The block that item 0 belongs to.</param>
/// <param name="to">The matrices, from block <paramref name="firstBlock"/> on.</param>
unsafe readonly struct WinogradGather<F, V, L>(
    WinogradTiles tiles, float* x, nint imageStride, int channels, WinogradBlocks blocks, int firstBlock, float* to) : IParallelBody
    where F : struct, IWinogradForm
    where V : struct
    where L : IVectorLanes<float, V>
{
    const int ChannelsOfItem = 32;
    const int Stagger = 16;

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

    public static int Items(int channels, int blocks) => (channels + ChannelsOfItem - 1) / ChannelsOfItem * blocks;

    /// <summary>From a product's matrix to the next one's, for the widest block.</summary>
    public static nint ProductStride(int channels) => (nint)channels * Width + Stagger;

    /// <summary>From a block to the next.</summary>
    public static nint BlockStride(int channels) => F.Inputs * F.Inputs * ProductStride(channels);

    static int Width => GemmTile<float, V, L>.MostVectors * L.Count;

    [SkipLocalsInit]
    public void Invoke(int index)
    {
        int groups = (channels + ChannelsOfItem - 1) / ChannelsOfItem;
        int block = index / groups, first = index % groups * ChannelsOfItem, last = Math.Min(channels, first + ChannelsOfItem);
        int vectors = blocks.First(firstBlock + block + 1) - blocks.First(firstBlock + block), width = vectors * L.Count;
        Segment* segments = stackalloc Segment[width];
        int* columns = stackalloc int[width];
        int found = FindSegments(blocks.First(firstBlock + block) * L.Count, width, segments, columns, out int pitch);

        // The widest vector may run over the last segment.
        float* rows = Scratch.Get<float>(ScratchSlot.Rows, F.Inputs * (nint)pitch + tiles.Shape.W + L.Count);
        float* nothing = rows + F.Inputs * (nint)pitch;
        new Span<float>(rows, F.Inputs * pitch + tiles.Shape.W + L.Count).Clear();
        float* windows = stackalloc float[F.Inputs * Width];
        float* target = to + block * BlockStride(channels);
        for (int c = first; c < last; c++)
        {
            float* plane = x + (nint)c * tiles.Shape.Plane;
            for (int s = 0; s < found; s++)
                Down(segments[s], plane, nothing, rows, pitch);
            for (int i = 0; i < F.Inputs; i++)
            {
                Open(rows + i * pitch, columns, width, windows);
                float* line = target + i * F.Inputs * ProductStride(channels) + (nint)c * width;
                for (int v = 0; v < width; v += L.Count)
                    WinogradLines<InputLine<F>, V, L>.Run(windows + v, Width, line + v, ProductStride(channels));
            }
        }
    }

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
                WinogradLines<InputLine<F>, V, L>.Run(lines, at, rows + at, pitch);
            WinogradLines<InputLine<F>, V, L>.Run(lines, end - L.Count, rows + end - L.Count, pitch);
            return;
        }
        for (; at <= end - Vector128<float>.Count; at += Vector128<float>.Count)
            WinogradLines<InputLine<F>, Vector128<float>, Lanes128<float>>.Run(lines, at, rows + at, pitch);
        for (; at < end; at++)
            WinogradLines<InputLine<F>, float, Lane1>.Run(lines, at, rows + at, pitch);
    }

    /// <summary>One row of every window: value j of tile t to <c>windows[j · Width + t]</c>.</summary>
    static void Open(float* row, int* columns, int width, float* windows)
    {
        for (int t = 0; t < width; t += 4)
        {
            float* p0 = row + columns[t], p1 = row + columns[t + 1], p2 = row + columns[t + 2], p3 = row + columns[t + 3];
            Vector128<float> r0 = Vector128.Load(p0), r1 = Vector128.Load(p1), r2 = Vector128.Load(p2), r3 = Vector128.Load(p3);
            Quad.Transpose(ref r0, ref r1, ref r2, ref r3);
            r0.Store(windows + t);
            r1.Store(windows + Width + t);
            r2.Store(windows + 2 * Width + t);
            r3.Store(windows + 3 * Width + t);
            if (F.Inputs == 6)
            {
                var (fourth, fifth) = Quad.TwoColumns(Vector128.Load(p0 + 4), Vector128.Load(p1 + 4), Vector128.Load(p2 + 4), Vector128.Load(p3 + 4));
                fourth.Store(windows + 4 * Width + t);
                fifth.Store(windows + 5 * Width + t);
            }
        }
    }
}
