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
    const int Remembered = 64;

    // Long enough that C is seldom read and written, short enough that a panel of A stays in L1: 8 rows of 512 floats
    // are 16 KiB.
    const int BytesOfDepth = 512 * sizeof(float);

    // Multiply-adds that a tile costs beside its own: the call, and the elements of C to load and store.
    const double TilePrice = 40;

    // Elements of A from L1 and vectors of B from L2, in the time of a multiply-add; so that 8 x 3 comes out first, as measured.
    const double LoadPrice = 0.1;

    // Fewer multiply-adds than this in a step of k wait for each other.
    const int LeastProducts = 8;

    // Rows of A that are read in place though all fall on the same set of the first cache: fewer than it has lines.
    const int RowsOfSet = 6;

    [ThreadStatic]
    static Memory[]? t_memory;

    readonly record struct Key(object Tiles, int M, int N, int K, int MostRows, int Threads);

    readonly record struct Memory(Key Key, GemmPlan Plan);

    /// <summary>The most rows of a tile that reads rows of A in place, so many bytes apart.</summary>
    public static int MostRowsInPlace(nint apart) => Math.Max(RowsOfSet, CacheLines.MostApart(apart));

    /// <summary>The plan for a shape, remembered for the next product of that shape.</summary>
    /// <param name="tiles">The tiles of the tier.</param>
    /// <param name="m">Rows of the output.</param>
    /// <param name="n">Columns of the output.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="mostRows">The most rows of a tile, for the sake of how A lies.</param>
    public static GemmPlan For<T>(GemmTiles<T> tiles, int m, int n, int k, int mostRows) where T : unmanaged
    {
        var key = new Key(tiles, m, n, k, mostRows, Numerics.Threads);
        ref Memory memory = ref (t_memory ??= new Memory[Remembered])[(uint)HashCode.Combine(m, n, k) % Remembered];
        if (memory.Key != key) memory = new(key, Make(tiles, m, n, k, mostRows, key.Threads));
        return memory.Plan;
    }

    static unsafe GemmPlan Make<T>(GemmTiles<T> tiles, int m, int n, int k, int mostRows, int threads) where T : unmanaged
    {
        var (rows, vectors) = Tile(tiles, m, n, k, mostRows);
        int tileColumns = vectors * tiles.Lanes;
        int parts = Math.Max(1, (k * sizeof(T) + BytesOfDepth - 1) / BytesOfDepth);
        int depth = Math.Max(1, (k + parts - 1) / parts);
        var caches = Processor.Caches;
        // Of the second level the block of B takes most; the rest is for C and the panel of A. Blocks of A stay in the third.
        int columns = Math.Max(1, caches.L2 / 8 * 5 / sizeof(T) / depth / tileColumns) * tileColumns;
        int blockRows = Math.Max(1, Math.Max(caches.L3 / 8, caches.L2) / sizeof(T) / depth / rows) * rows;
        return new(rows, vectors, depth, blockRows, columns, GemmGrid.Choose(m, n, k, rows, tileColumns, tiles.Lanes, threads));
    }

    /// <summary>The tile that covers C in the least time, counting multiply-adds, loads and the price of a tile.</summary>
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
            double loads = LoadPrice * (3 * rows + 8 * vectors) + (TilePrice + 2 * rows * vectors) / Math.Max(k, 1);
            double time = (double)m * all + (double)down * across * (loads + Math.Max(0, LeastProducts - rows * vectors));
            if (time < bestTime) (best, bestTime) = ((rows, vectors), time);
        }
        return best;
    }
}
