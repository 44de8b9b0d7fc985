namespace Descent.Tensors.Kernels;

/// <summary>How the output of a product is cut into blocks for the threads.</summary>
/// <param name="Rows">Rows of a block.</param>
/// <param name="Columns">Columns of a block.</param>
readonly record struct GemmGrid(int Rows, int Columns)
{
    const int FewThreads = 4;

    /// <summary>The grid whose slowest thread has the least to do.</summary>
    /// <param name="m">Rows of the output.</param>
    /// <param name="n">Columns of the output.</param>
    /// <param name="cost">What a block costs.</param>
    /// <param name="rowStep">Blocks begin at multiples of so many rows.</param>
    /// <param name="columnStep">Blocks begin at multiples of so many columns.</param>
    /// <param name="most">The most blocks.</param>
    /// <param name="threads">Threads that share the work.</param>
    public static GemmGrid Choose(int m, int n, in BlockCost cost, int rowStep, int columnStep, int most, int threads)
    {
        var best = new GemmGrid(RoundUp(m, 1, rowStep), RoundUp(n, 1, columnStep));
        double bestTime = double.MaxValue;
        Span<double> loads = stackalloc double[threads];
        for (int down = 1; down <= most && (down - 1) * rowStep < m; down++)
            for (int across = 1; down * across <= most && (across - 1) * columnStep < n; across++)
            {
                var grid = new GemmGrid(RoundUp(m, down, rowStep), RoundUp(n, across, columnStep));
                double time = grid.Time(m, n, cost, loads);
                if (time < bestTime) (best, bestTime) = (grid, time);
            }
        return best;
    }

    /// <summary>A part of <paramref name="length"/>, of <paramref name="parts"/>, rounded up to whole steps.</summary>
    public static int RoundUp(int length, int parts, int step) =>
        ((length + parts - 1) / parts + step - 1) / step * step;

    /// <summary>Multiply-adds of vectors per k of the slowest thread when each takes the next block as it becomes free.</summary>
    /// <param name="m">Rows of the output.</param>
    /// <param name="n">Columns of the output.</param>
    /// <param name="cost">What a block costs.</param>
    /// <param name="loads">A number for each thread.</param>
    internal double Time(int m, int n, in BlockCost cost, Span<double> loads)
    {
        double largest = cost.Of(Math.Min(Rows, m), Math.Min(Columns, n), Columns < n), slowest = 0;
        if (loads.Length > FewThreads)
        {
            // Too many to follow one by one: as if the last round were half full.
            double blocks = (double)((m + Rows - 1) / Rows) * ((n + Columns - 1) / Columns);
            double total = largest * ((double)m * n / ((double)Math.Min(Rows, m) * Math.Min(Columns, n)));
            slowest = Math.Max(largest, total / loads.Length + (blocks % loads.Length == 0 ? 0 : largest / 2));
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
                    loads[free] += cost.Of(Math.Min(Rows, m - top), Math.Min(Columns, n - left), Columns < n);
                }
            foreach (double load in loads)
                slowest = Math.Max(slowest, load);
        }
        // Other work on the machine delays one thread or another: smaller blocks make up for it.
        return slowest + largest / 8;
    }
}
