using System.Diagnostics;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// How the time of a query at recall@10 of 0.95 and that of building grow with the number of vectors: on clusters of the peers'
/// recipe, of about 500 vectors whatever their number, and on their cloud, which has none and grows denser. Of each series the
/// slope in logarithms is printed: 0 for what does not grow, 1 for what grows like n; and how well log n, and n log n for
/// building, explain the times.
/// </summary>
static class AnnScalingTask
{
    const int K = 10, Queries = 1000;
    const double Target = 0.95;

    static readonly (string Name, int Count)[] s_counts = [("10k", 10_000), ("20k", 20_000), ("50k", 50_000), ("100k", 100_000), ("200k", 200_000), ("500k", 500_000), ("1m", 1_000_000)];

    static readonly (string Name, int Dimension, Func<int, int, ulong, float[]> Draw)[] s_sets =
    [
        ("clusters", 128, static (all, count, draw) => VectorSamples.Clusters(count, 128, clusters: all / 500, latent: 12, seed: 11, draw)),
        ("cloud", 96, static (_, count, draw) => VectorSamples.Cloud(count, 96, latent: 48, seed: 22, draw)),
    ];

    /// <summary>Up to 200,000 vectors, a million with <c>--large</c>.</summary>
    public static void Run(Report report)
    {
        foreach (var (set, dimension, draw) in s_sets)
            foreach (var (name, config, create) in AnnTask.s_graphs)
            {
                var points = new List<(int Count, double Build, double Query)>();
                foreach (var (size, count) in s_counts)
                    if (report.Wants($"/{name}-{set}-{size}") && (count <= 200_000 || report.Large)) points.Add(Measure(report, $"ann-scaling-{set}", config, count, dimension, draw, create));
                if (points.Count > 2) Fit(report, $"ann-scaling-{set}", config, points);
            }
    }

    static (int, double, double) Measure(Report report, string task, string config, int count, int dimension, Func<int, int, ulong, float[]> draw, Func<int, VectorIndex> create)
    {
        float[] vectors = draw(count, count, 0), queries = draw(count, Queries, 1);
        long[] ids = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        TrueNeighbors truth;
        using (var exact = new FlatIndex(dimension))
        {
            exact.Add(ids, vectors);
            truth = TrueNeighbors.Find(exact, queries, K);
        }
        using var index = create(dimension);
        long begin = Stopwatch.GetTimestamp();
        index.Add(ids, vectors);
        double build = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        using var one = new SingleThread();
        RecallPoint[] points = [.. RecallCurve.Measure(index, queries, truth, Target)];
        double seconds = SecondsAt(Target, points);
        report.Emit(task, $"{config} n={count}", "build", build, "s", 0);
        report.Emit(task, $"{config} n={count}", $"ef@{Target}", points[^1].Ef, "in view", 0);
        report.Emit(task, $"{config} n={count}", $"query@{Target}", seconds * 1e6, "us", 0);
        return (count, build, seconds);
    }

    /// <summary>Between the two points around the target, for steps of ef would be steps of time.</summary>
    static double SecondsAt(double target, RecallPoint[] points)
    {
        var above = points[^1];
        if (above.Recall < target) return double.NaN;
        if (points.Length == 1 || above.Recall == points[^2].Recall) return 1 / above.QueriesPerSecond;
        double share = (target - points[^2].Recall) / (above.Recall - points[^2].Recall);
        return (1 - share) / points[^2].QueriesPerSecond + share / above.QueriesPerSecond;
    }

    static void Fit(Report report, string task, string config, List<(int Count, double Build, double Query)> points)
    {
        double[] n = [.. points.Select(p => (double)p.Count)], build = [.. points.Select(p => p.Build)], query = [.. points.Select(p => p.Query)];
        double[] log = [.. n.Select(x => Math.Log(x))], nLog = [.. n.Select(x => x * Math.Log(x))];
        report.Emit(task, config, "query slope", Line(log, [.. query.Select(x => Math.Log(x))]).Slope, "log/log", 0);
        report.Emit(task, config, "build slope", Line(log, [.. build.Select(x => Math.Log(x))]).Slope, "log/log", 0);
        var (slope, explained) = Line(log, query);
        report.Emit(task, config, "query / log n", slope * 1e6, "us", 1 - explained);
        // The times of the largest would decide alone, so that logarithms are compared: a slope of 1 is growth like n log n.
        (slope, explained) = Line([.. nLog.Select(x => Math.Log(x))], [.. build.Select(x => Math.Log(x))]);
        report.Emit(task, config, "build / n log n", slope, "log/log", 1 - explained);
    }

    /// <summary>The slope of the line of least squares, and the share of the variance that it explains.</summary>
    static (double Slope, double Explained) Line(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double xx = x.Sum(a => (a - meanX) * (a - meanX)), yy = y.Sum(a => (a - meanY) * (a - meanY)), xy = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return (xy / xx, xy * xy / (xx * yy));
    }
}
