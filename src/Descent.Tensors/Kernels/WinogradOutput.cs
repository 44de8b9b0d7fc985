using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The products of a block of tiles and the outputs Aᵀ·m·A that they give: an item is a block and some of the channels
/// that are made.
/// </summary>
/// <param name="tiles">The tiles.</param>
/// <param name="filters">Where the transformed filters come from.</param>
/// <param name="filterPanels">All of them, or null: then each item transforms those it needs.</param>
/// <param name="inputs">The transformed inputs of the blocks.</param>
/// <param name="reduced">Channels summed over.</param>
/// <param name="made">Channels of the group that are made.</param>
/// <param name="blocks">The blocks that all tiles make.</param>
/// <param name="firstBlock">The first block of <paramref name="inputs"/>.</param>
/// <param name="blockCount">The blocks of <paramref name="inputs"/>.</param>
/// <param name="bias">One value per channel made, or null.</param>
/// <param name="y">The group's outputs.</param>
/// <param name="imageStride">From an image of y to the next.</param>
/// <param name="isFinite">Set to 0 where a result is not finite.</param>
unsafe readonly struct WinogradOutput<F, V, L, VP, LP>(
    WinogradTiles tiles, WinogradFilters<F, VP, LP> filters, float* filterPanels, float* inputs, int reduced, int made,
    WinogradBlocks blocks, int firstBlock, int blockCount, float* bias, float* y, nint imageStride, int* isFinite) : IParallelBody
    where F : struct, IWinogradForm
    where V : struct
    where L : IVectorLanes<float, V>
    where VP : struct
    where LP : IVectorLanes<float, VP>
{
    // 36 × 32 × 48 products, 216 KiB, stay in L2 beside a product's operands.
    const int ChannelsOfItem = 32;
    const int Stagger = 16;

    static int Width => GemmTile<float, V, L>.MostVectors * L.Count;

    static int Rows => GemmTile<float, V, L>.MostRows;

    public static int ChannelGroups(int made) => (made + ChannelsOfItem - 1) / ChannelsOfItem;

    /// <summary>Items where filters are all there: each block with each group of channels. Else each group, for all blocks.</summary>
    public int Items => ChannelGroups(made) * (filterPanels == null ? 1 : blockCount);

    public void Invoke(int index)
    {
        int groups = ChannelGroups(made), group = index % groups;
        int first = group * ChannelsOfItem, count = Math.Min(ChannelsOfItem, made - first);
        int panels = (count + Rows - 1) / Rows, firstPanel = first / Rows;
        nint productStride = (nint)panels * Rows * Width + Stagger;
        float* products = Scratch.Get<float>(ScratchSlot.Columns, F.Inputs * F.Inputs * productStride);
        if (filterPanels != null)
        {
            Block(index / groups, first, count, filterPanels + firstPanel * filters.PanelStride, panels, products, productStride);
            return;
        }
        float* own = Scratch.Get<float>(ScratchSlot.RightPanels, panels * filters.PanelStride);
        for (int p = 0; p < panels; p++)
            filters.Transform(firstPanel + p, own + p * filters.PanelStride);
        for (int b = 0; b < blockCount; b++)
            Block(b, first, count, own, panels, products, productStride);
    }

    [SkipLocalsInit]
    void Block(int block, int first, int count, float* panel, int panels, float* products, nint productStride)
    {
        int firstVector = blocks.First(firstBlock + block), vectors = blocks.First(firstBlock + block + 1) - firstVector;
        int width = vectors * L.Count;
        float* input = inputs + block * WinogradGather<F, V, L>.BlockStride(reduced);
        nint inputStride = WinogradGather<F, V, L>.ProductStride(reduced);
        for (int i = 0; i < F.Inputs * F.Inputs; i++, input += inputStride)
            for (int p = 0; p < panels; p++)
                WinogradProduct<V, L>.Run(vectors, reduced, panel + p * filters.PanelStride + i * filters.ProductStride, input,
                    products + i * productStride + (nint)p * Rows * width, width);

        Place* places = stackalloc Place[width];
        int present = Math.Min(width, tiles.Count - firstVector * L.Count);
        for (int t = 0; t < present; t++)
            places[t] = PlaceOf(firstVector * L.Count + t);
        float* half = stackalloc float[F.Outputs * F.Inputs * L.Count];
        float* outputs = stackalloc float[F.Outputs * F.Outputs * L.Count];
        V sound = default;
        for (int o = 0; o < count; o++)
        {
            float* from = products + (nint)o * width;
            float* plane = y + (nint)(first + o) * tiles.Shape.OutPlane;
            V shift = L.Broadcast(bias == null ? 0 : bias[first + o]);
            for (int v = 0; v < width; v += L.Count)
            {
                for (int j = 0; j < F.Inputs; j++)
                    WinogradLines<OutputLine<F>, V, L>.Run(from + v + j * productStride, F.Inputs * productStride,
                        half + j * L.Count, F.Inputs * L.Count);
                for (int i = 0; i < F.Outputs; i++)
                    WinogradLines<OutputLine<F>, V, L>.Run(half + i * F.Inputs * L.Count, L.Count, outputs + i * F.Outputs * L.Count, L.Count);
                for (int e = 0; e < F.Outputs * F.Outputs; e++)
                {
                    V value = L.Add(L.Load(outputs + e * L.Count), shift);
                    L.Store(value, outputs + e * L.Count);
                    // 0 · y is 0, unless y is infinite or not a number.
                    sound = L.MultiplyAdd(value, default, sound);
                }
                Write(outputs, plane, places + v, Math.Min(L.Count, present - v));
            }
        }
        if (L.Sum(sound) != 0)
            Volatile.Write(ref *isFinite, 0);
    }

    Place PlaceOf(int tile)
    {
        var (image, row) = tiles.Strip(tile / tiles.Across);
        int across = tile % tiles.Across;
        return new()
        {
            Offset = image * imageStride + (nint)row * F.Outputs * tiles.Shape.OutW + across * F.Outputs,
            Rows = Math.Min(F.Outputs, tiles.Shape.OutH - row * F.Outputs),
            Columns = Math.Min(F.Outputs, tiles.Shape.OutW - across * F.Outputs),
        };
    }

    void Write(float* outputs, float* plane, Place* places, int count)
    {
        nint width = tiles.Shape.OutW;
        int t = 0;
        if (F.Outputs == 4)
            for (; t + 4 <= count; t += 4)
                for (int i = 0; i < 4; i++)
                {
                    float* from = outputs + 4 * i * L.Count + t;
                    Vector128<float> r0 = Vector128.Load(from), r1 = Vector128.Load(from + L.Count);
                    Vector128<float> r2 = Vector128.Load(from + 2 * L.Count), r3 = Vector128.Load(from + 3 * L.Count);
                    Quad.Transpose(ref r0, ref r1, ref r2, ref r3);
                    float* row = plane + i * width;
                    Store(r0, row, places + t, i);
                    Store(r1, row, places + t + 1, i);
                    Store(r2, row, places + t + 2, i);
                    Store(r3, row, places + t + 3, i);
                }
        for (; t < count; t++)
            for (int i = 0; i < places[t].Rows; i++)
                for (int j = 0; j < places[t].Columns; j++)
                    plane[places[t].Offset + i * width + j] = outputs[(i * F.Outputs + j) * L.Count + t];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector128<float> values, float* row, Place* place, int i)
    {
        if (i >= place->Rows)
            return;
        if (place->Columns == 4)
            values.Store(row + place->Offset);
        else
            for (int j = 0; j < place->Columns; j++)
                row[place->Offset + j] = values[j];
    }

    /// <summary>Where a tile's outputs go, and how many of them there are: less than m at the lower and the right edge.</summary>
    struct Place
    {
        public nint Offset;
        public int Rows;
        public int Columns;
    }
}
