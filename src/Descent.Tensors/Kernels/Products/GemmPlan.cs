namespace Descent.Tensors.Kernels;

/// <summary>How a product by packed panels is done: the register tile, the blocks that stay in the caches, the items for the threads.</summary>
/// <param name="Rows">Rows of a register tile.</param>
/// <param name="Vectors">Vectors in a row of a register tile.</param>
/// <param name="Depth">Steps of k in a block.</param>
/// <param name="BlockRows">Rows of A that are packed together.</param>
/// <param name="BlockColumns">Columns of B that are packed together, whole tiles.</param>
/// <param name="Grid">Items of work.</param>
readonly record struct GemmPlan(int Rows, int Vectors, int Depth, int BlockRows, int BlockColumns, GemmGrid Grid)
{
    // Long enough that C is seldom read and written, short enough that a panel of A stays in L1: 8 rows of 512 floats
    // are 16 KiB.
    const int BytesOfDepth = 512 * sizeof(float);

    // Blocks for each thread at most.
    const int MostBlocks = 6;

    // Rows of A that are read in place though all fall on the same set of the first cache: fewer than it has lines.
    const int RowsOfSet = 6;

    [ThreadStatic]
    static ShapeMemory<Key, GemmPlan>? t_memory;

    readonly record struct Key(object Tiles, int M, int N, int K, int MostRows, bool PacksLeft, int Threads);

    /// <summary>The most rows of a tile that reads rows of A in place, so many bytes apart.</summary>
    public static int MostRowsInPlace(nint apart) => Math.Max(RowsOfSet, CacheLines.MostApart(apart));

    /// <summary>The plan for a shape, remembered for the next product of that shape.</summary>
    /// <param name="tiles">The tiles of the tier.</param>
    /// <param name="m">Rows of the output.</param>
    /// <param name="n">Columns of the output.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="mostRows">The most rows of a tile, for the sake of how A lies.</param>
    /// <param name="packsLeft">A is packed, not read where it lies.</param>
    public static GemmPlan For<T>(GemmTiles<T> tiles, int m, int n, int k, int mostRows, bool packsLeft) where T : unmanaged
    {
        var key = new Key(tiles, m, n, k, mostRows, packsLeft, Numerics.Threads);
        ref var plan = ref (t_memory ??= new()).Find(m, n, k, key, out bool isKnown);
        if (!isKnown) plan = Make(tiles, m, n, k, mostRows, packsLeft, key.Threads);
        return plan;
    }

    /// <summary>What blocks of a product cost that is done with tiles of this plan.</summary>
    public BlockCost Cost(int lanes, int k, bool packsLeft) =>
        new(Rows, Vectors, lanes, k, packsLeft ? BlockCost.Packed : BlockCost.FromCache, BlockCost.Packed, CostModel.Current.BlockWork / Math.Max(k, 1) / lanes);

    static unsafe GemmPlan Make<T>(GemmTiles<T> tiles, int m, int n, int k, int mostRows, bool packsLeft, int threads) where T : unmanaged
    {
        var (rows, vectors) = Tile(tiles, m, n, k, mostRows);
        int tileColumns = vectors * tiles.Lanes;
        int parts = Math.Max(1, (k * sizeof(T) + BytesOfDepth - 1) / BytesOfDepth);
        int depth = Math.Max(1, (k + parts - 1) / parts);
        var caches = Processor.Caches;
        // Of the second level the block of B takes most; the rest is for C and the panel of A. Blocks of A stay in the third.
        int columns = Math.Max(1, caches.L2 / 8 * 5 / sizeof(T) / depth / tileColumns) * tileColumns;
        int blockRows = Math.Max(1, Math.Max(caches.L3 / 8, caches.L2) / sizeof(T) / depth / rows) * rows;
        var plan = new GemmPlan(rows, vectors, depth, blockRows, columns, new(m, n));
        if (threads == 1 || !CostModel.IsShared((long)m * n * k)) return plan;
        return plan with { Grid = GemmGrid.Choose(m, n, plan.Cost(tiles.Lanes, k, packsLeft), rows, tiles.Lanes, MostBlocks * threads, threads) };
    }

    /// <summary>The tile that covers C in the least time.</summary>
    static (int Rows, int Vectors) Tile<T>(GemmTiles<T> tiles, int m, int n, int k, int mostRows) where T : unmanaged
    {
        if (tiles is not GeneratedTiles<T>) return (tiles.MostRows(tiles.MostVectors), tiles.MostVectors);
        int all = (n + tiles.Lanes - 1) / tiles.Lanes;
        (int Rows, int Vectors) best = (1, 1);
        double bestTime = double.MaxValue;
        for (int most = 1; most <= tiles.MostVectors; most++)
        {
            int across = (all + most - 1) / most, vectors = (all + across - 1) / across;
            int tall = Math.Min(mostRows, tiles.MostRows(vectors));
            if (tall == 0) continue;
            int down = (m + tall - 1) / tall, rows = (m + down - 1) / down;
            double time = new BlockCost(rows, vectors, tiles.Lanes, k).Of(m, n, isPart: false);
            if (time < bestTime) (best, bestTime) = ((rows, vectors), time);
        }
        return best;
    }
}
