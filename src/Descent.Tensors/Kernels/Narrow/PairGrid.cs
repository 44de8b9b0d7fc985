namespace Descent.Tensors.Kernels;

/// <summary>How the output of a product of narrow numbers is cut into blocks for the threads.</summary>
static class PairGrid
{
    // Below so many multiply-adds (about 3 µs) work is not worth handing to another thread.
    const long LeastWork = 256 * 1024;

    // To pack an element costs about as much as so many multiply-adds.
    const double Packing = 16;

    /// <summary>The grid whose slowest thread has the least to do, packing included.</summary>
    public static GemmGrid Choose(int m, int n, int k, int mostRows, int mostColumns, int tileRows, int tileColumns, int threads)
    {
        int leastDown = (m + mostRows - 1) / mostRows, leastAcross = (int)(((long)n + mostColumns - 1) / mostColumns);
        GemmGrid Cut(int down, int across) => new(GemmGrid.RoundUp(m, down, tileRows), GemmGrid.RoundUp(n, across, tileColumns));
        if (threads == 1 || (long)m * n * k < 2 * LeastWork) return Cut(leastDown, leastAcross);
        var best = Cut(leastDown, leastAcross);
        double bestTime = double.MaxValue;
        for (int down = leastDown; down <= leastDown + 2 * threads && (down - 1) * tileRows < m; down++)
            for (int across = leastAcross; across <= leastAcross + 2 * threads && (across - 1) * tileColumns < n; across++)
            {
                var grid = Cut(down, across);
                double rows = Math.Min(grid.Rows, m), columns = Math.Min(grid.Columns, n);
                double items = Math.Ceiling(m / rows) * Math.Ceiling(n / columns), item = rows * columns + Packing * (rows + columns) + LeastWork / 8.0 / Math.Max(1, k);
                // Other work on the machine delays one thread or another: smaller blocks make up for it.
                double time = Math.Ceiling(items / threads) * item + item / 8;
                if (time < bestTime) (best, bestTime) = (grid, time);
            }
        return best;
    }
}
