using System.Diagnostics;

namespace Descent.Benchmarks;

/// <summary>How long a piece of code takes: the median over runs, each of many calls, after a warm-up.</summary>
static class Stopwatches
{
    /// <returns>Seconds per call, and the distance from the fastest to the slowest run as a share of that.</returns>
    public static (double Seconds, double Spread) Median(Action code, double warm = 0.15, double each = 0.15, int runs = 5)
    {
        long begin = Stopwatch.GetTimestamp();
        long calls = 0;
        double passed;
        do
        {
            code();
            calls++;
            passed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
        while (passed < warm);

        calls = Math.Max(1, (long)(each / (passed / calls)));
        var seconds = new double[runs];
        for (int run = 0; run < runs; run++)
        {
            begin = Stopwatch.GetTimestamp();
            for (long call = 0; call < calls; call++)
                code();
            seconds[run] = Stopwatch.GetElapsedTime(begin).TotalSeconds / calls;
        }
        Array.Sort(seconds);
        double median = seconds[runs / 2];
        return (median, (seconds[^1] - seconds[0]) / median);
    }
}
