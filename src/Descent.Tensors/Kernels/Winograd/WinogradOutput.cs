using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>The outputs Aᵀ·m·A of a block of tiles from its products, put where they belong. Lanes are tiles.</summary>
/// <param name="tiles">The tiles.</param>
/// <param name="blocks">The blocks that all tiles make.</param>
/// <param name="bias">One value per channel made, or null.</param>
/// <param name="y">The group's outputs.</param>
/// <param name="imageStride">From an image of y to the next.</param>
/// <param name="isFinite">Set to 0 where a result is not finite.</param>
unsafe readonly struct WinogradOutput<F, V, L>(
    WinogradTiles tiles, WinogradBlocks blocks, float* bias, float* y, nint imageStride, int* isFinite)
    where F : struct, IWinogradForm
    where V : struct
    where L : IVectorLanes<float, V>
{
    /// <param name="block">The block.</param>
    /// <param name="first">The first channel.</param>
    /// <param name="count">Channels.</param>
    /// <param name="products">For each product a matrix <c>(channels, tiles of the block)</c>.</param>
    /// <param name="productStride">From a matrix to the next.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(int block, int first, int count, float* products, nint productStride)
    {
        int firstTile = blocks.First(block) * L.Count, width = blocks.First(block + 1) * L.Count - firstTile;
        Place* places = stackalloc Place[width];
        int present = Math.Min(width, tiles.Count - firstTile);
        Find(places, firstTile, present);
        for (int t = 0; t < present; t += L.Count)
        {
            places[t].AreWhole = t + L.Count <= present;
            for (int other = t; other < Math.Min(present, t + L.Count); other++)
                places[t].AreWhole &= places[other].Rows == F.Outputs && places[other].Columns == F.Outputs;
        }
        float* half = stackalloc float[F.Outputs * F.Inputs * L.Count];
        V sound = default;
        for (int o = 0; o < count; o++)
        {
            float* from = products + (nint)o * width;
            float* plane = y + (nint)(first + o) * tiles.Shape.OutPlane;
            V shift = L.Broadcast(bias == null ? 0 : bias[first + o]);
            for (int t = 0; t < width; t += L.Count)
            {
                for (int j = 0; j < F.Inputs; j++)
                    WinogradLines<OutputLine<F>, V, L>.Run(from + t + j * productStride, F.Inputs * productStride,
                        half + j * L.Count, F.Inputs * L.Count);
                for (int i = 0; i < F.Outputs; i++)
                    Along(half + i * F.Inputs * L.Count, shift, i, plane + (nint)i * tiles.Shape.OutW, places + t, present - t, ref sound);
            }
        }
        if (L.Sum(sound) != 0)
            Volatile.Write(ref *isFinite, 0);
    }

    /// <summary>A row of every tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Along(float* half, V shift, int i, float* row, Place* places, int present, ref V sound)
    {
        V v0 = L.Load(half), v1 = L.Load(half + L.Count), v2 = L.Load(half + 2 * L.Count), v3 = L.Load(half + 3 * L.Count);
        V v4 = default, v5 = default;
        if (F.Inputs > 4)
            v4 = L.Load(half + 4 * L.Count);
        if (F.Inputs > 5)
            v5 = L.Load(half + 5 * L.Count);
        F.Output<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
        // 0 · y is 0, unless y is infinite or not a number.
        V none = default;
        v0 = L.Add(v0, shift);
        v1 = L.Add(v1, shift);
        sound = L.MultiplyAdd(v1, none, L.MultiplyAdd(v0, none, sound));
        if (F.Outputs > 2)
        {
            v2 = L.Add(v2, shift);
            v3 = L.Add(v3, shift);
            sound = L.MultiplyAdd(v3, none, L.MultiplyAdd(v2, none, sound));
        }
        for (int t = 0; t < Math.Min(L.Count, present); t += 2)
            CacheHint.Fetch(row + places[t].Offset + tiles.Shape.OutPlane);
        if (F.Outputs == 4 && places->AreWhole)
            TileLanes<V, L>.Close(v0, v1, v2, v3, new Rows { Row = row, Places = places });
        else
            WriteEdge(v0, v1, v2, v3, i, row, places, present);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void WriteEdge(V v0, V v1, V v2, V v3, int i, float* row, Place* places, int present)
    {
        float* quads = stackalloc float[4 * L.Count];
        TileLanes<V, L>.Close(v0, v1, v2, v3, new Side { Quads = quads });
        for (int t = 0; t < Math.Min(L.Count, present); t++, quads += 4)
        {
            float* to = row + places[t].Offset;
            if (i >= places[t].Rows)
                continue;
            if (places[t].Columns == 4)
                Vector128.Load(quads).Store(to);
            else
                for (int j = 0; j < places[t].Columns; j++)
                    to[j] = quads[j];
        }
    }

    struct Rows : ITilePlaces
    {
        public float* Row;
        public Place* Places;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly float* Of(int tile) => Row + Places[tile].Offset;
    }

    struct Side : ITilePlaces
    {
        public float* Quads;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly float* Of(int tile) => Quads + 4 * tile;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Find(Place* places, int tile, int count)
    {
        var (image, row) = tiles.Strip(tile / tiles.Across);
        int across = tile % tiles.Across;
        for (int t = 0; t < count; t++)
        {
            places[t] = new()
            {
                Offset = image * imageStride + (nint)row * F.Outputs * tiles.Shape.OutW + across * F.Outputs,
                Rows = (short)Math.Min(F.Outputs, tiles.Shape.OutH - row * F.Outputs),
                Columns = (short)Math.Min(F.Outputs, tiles.Shape.OutW - across * F.Outputs),
            };
            if (++across < tiles.Across)
                continue;
            across = 0;
            if (++row < tiles.Down)
                continue;
            row = 0;
            image++;
        }
    }

    /// <summary>Where a tile's outputs go, and how many of them there are: less than m at the lower and the right edge.</summary>
    struct Place
    {
        public nint Offset;
        public short Rows;
        public short Columns;

        /// <summary>Whether this tile and those after it, as many as a register has lanes, have all their outputs.</summary>
        public bool AreWhole;
    }
}
