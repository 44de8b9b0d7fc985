namespace Descent.Tensors.Kernels;

/// <summary>How the output of a product is cut into blocks for the threads.</summary>
/// <param name="Rows">Rows of a block, whole tiles.</param>
/// <param name="Columns">Columns of a block, whole tiles.</param>
readonly record struct GemmGrid(int Rows, int Columns)
{
    const int FewThreads = 4;

    /// <summary>The grid whose slowest thread has the least to do, packing included.</summary>
    /// <param name="m">Rows of the output.</param>
    /// <param name="n">Columns of the output.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="tileRows">Rows of a tile.</param>
    /// <param name="tileColumns">Columns of a tile.</param>
    /// <param name="lanes">Columns of a vector.</param>
    /// <param name="threads">Threads that share the work.</param>
    public static GemmGrid Choose(int m, int n, int k, int tileRows, int tileColumns, int lanes, int threads)
    {
        var best = new GemmGrid(RoundUp(m, 1, tileRows), RoundUp(n, 1, tileColumns));
        if (threads == 1 || !CostModel.IsShared((long)m * n * k))
            return best;
        double blockPrice = CostModel.Current.SharingWork / k;

        int most = 6 * threads;
        double bestTime = double.MaxValue;
        Span<double> loads = stackalloc double[threads];
        for (int down = 1; down <= most && (down - 1) * tileRows < m; down++)
            for (int across = 1; down * across <= most && (across - 1) * tileColumns < n; across++)
            {
                var grid = new GemmGrid(RoundUp(m, down, tileRows), RoundUp(n, across, tileColumns));
                double time = grid.Time(m, n, blockPrice, lanes, loads);
                if (time < bestTime)
                    (best, bestTime) = (grid, time);
            }
        return best;
    }

    /// <summary>A part of <paramref name="length"/>, of <paramref name="parts"/>, rounded up to whole steps.</summary>
    public static int RoundUp(int length, int parts, int step) =>
        ((length + parts - 1) / parts + step - 1) / step * step;

    /// <summary>Multiply-adds per k of the slowest thread when each takes the next block as it becomes free.</summary>
    /// <param name="m">Rows of the output.</param>
    /// <param name="n">Columns of the output.</param>
    /// <param name="blockPrice">What a block costs beside its own, in multiply-adds per k.</param>
    /// <param name="lanes">Columns of a vector.</param>
    /// <param name="loads">A number for each thread.</param>
    internal double Time(int m, int n, double blockPrice, int lanes, Span<double> loads)
    {
        double largest = Cost(Math.Min(Rows, m), Math.Min(Columns, n), blockPrice, lanes);
        double slowest = 0;
        if (loads.Length > FewThreads)
        {
            // Too many to follow one by one: as if the last round were half full.
            double down = (m + Rows - 1) / Rows, across = (n + Columns - 1) / Columns;
            double total = (double)m * n + lanes * (m * across + n * down) / 2 + down * across * blockPrice;
            slowest = Math.Max(largest, total / loads.Length + (down * across % loads.Length == 0 ? 0 : largest / 2));
        }
        else
        {
            loads.Clear();
            for (int top = 0; top < m; top += Rows)
                for (int left = 0; left < n; left += Columns)
                {
                    int free = 0;
                    for (int t = 1; t < loads.Length; t++)
                        if (loads[t] < loads[free])
                            free = t;
                    loads[free] += Cost(Math.Min(Rows, m - top), Math.Min(Columns, n - left), blockPrice, lanes);
                }
            foreach (double load in loads)
                slowest = Math.Max(slowest, load);
        }
        // Other work on the machine delays one thread or another: smaller blocks make up for it.
        return slowest + largest / 8;
    }

    // To pack an element takes about half as long as a vector's multiply-add; a block has a price too.
    static double Cost(double rows, double columns, double blockPrice, int lanes) =>
        rows * columns + lanes * (rows + columns) / 2 + blockPrice;
}
