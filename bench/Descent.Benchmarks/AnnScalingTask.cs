using System.Diagnostics;
using System.Globalization;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// How a query at recall@10 of 0.95 and building grow with the number of vectors. What a query does, the lists it follows and the
/// distances it measures, is told apart from its time, since a larger set also lies farther away in memory.
/// </summary>
/// <remarks>
/// Three sets: the peers' clusters, of about 500 vectors whatever their number; a sheet of few directions without clusters, where
/// theory expects log n; and their cloud of 48 directions, which only grows denser. The folder named by <c>PEERS_DATA</c> gets
/// the sets, so that peers can search the same; that named by <c>ANN_INDEXES</c> keeps what is built, for other ways of searching it.
/// </remarks>
static class AnnScalingTask
{
    const int K = 10, Queries = 1000, FixedEf = 64;
    const double Target = 0.95;

    static readonly (string Name, int Count)[] s_counts = [("10k", 10_000), ("20k", 20_000), ("50k", 50_000), ("100k", 100_000), ("200k", 200_000), ("500k", 500_000), ("1m", 1_000_000)];

    static readonly (string Name, int Dimension, Func<int, int, ulong, float[]> Draw)[] s_sets =
    [
        ("clusters", 128, static (all, count, draw) => VectorSamples.Clusters(count, 128, clusters: all / 500, latent: 12, seed: 11, draw)),
        ("sheet", 96, static (_, count, draw) => VectorSamples.Cloud(count, 96, latent: 10, seed: 33, draw)),
        ("cloud", 96, static (_, count, draw) => VectorSamples.Cloud(count, 96, latent: 48, seed: 22, draw)),
    ];

    static readonly string[] s_kinds = ["hnsw", "nsg", "qg"];

    /// <summary>What a query takes and does, at the target or with as much in view for all numbers of vectors.</summary>
    readonly record struct Query(double Ef, double Recall, double Seconds, double Visits, double Measured, double Estimated)
    {
        internal double Distances => Measured + Estimated;

        internal static Query Of(RecallPoint point) =>
            new(point.Ef, point.Recall, 1 / point.QueriesPerSecond, point.Work.Visits, point.Work.Measured, point.Work.Estimated);

        internal static Query Between(Query a, Query b, double share)
        {
            double Mix(double x, double y) => (1 - share) * x + share * y;
            return new(Mix(a.Ef, b.Ef), Mix(a.Recall, b.Recall), Mix(a.Seconds, b.Seconds), Mix(a.Visits, b.Visits), Mix(a.Measured, b.Measured), Mix(a.Estimated, b.Estimated));
        }
    }

    readonly record struct Row(int Count, double Build, Query AtTarget, Query AtFixedEf)
    {
        internal double LogCount => Math.Log(Count);

        internal double BuildPerLog => Build / (Count * LogCount);
    }

    /// <summary>Up to 200,000 vectors, a million with <c>--large</c>.</summary>
    public static void Run(Report report)
    {
        foreach (var (set, dimension, draw) in s_sets)
            foreach (var (name, config, create) in AnnTask.s_graphs.Where(graph => s_kinds.Contains(graph.Name)))
            {
                var rows = new List<Row>();
                foreach (var (size, count) in s_counts)
                    if (report.Wants($"/{name}-{set}-{size}/") && (count <= 200_000 || report.Large))
                        rows.Add(Measure(new(set, size, count, dimension, draw), name, () => create(dimension)));
                if (rows.Count > 0) Print(report, set, config, rows);
            }
    }

    static Row Measure(ScalingSet set, string name, Func<VectorIndex> create)
    {
        float[] queries = set.Queries(Queries);
        var truth = set.FindTruth(queries, K);
        using var index = set.Build(name, create, out double build);
        using var one = new SingleThread();
        var points = new List<Query>();
        foreach (var point in RecallCurve.Measure(index, queries, truth, enough: double.PositiveInfinity))
        {
            points.Add(Query.Of(point));
            if (point.Recall >= Target && point.Ef >= FixedEf) break;
        }
        return new(set.Count, build, AtTarget(points), points.First(p => p.Ef >= FixedEf));
    }

    /// <summary>Between the two points around the target, for steps of ef would be steps of time.</summary>
    static Query AtTarget(List<Query> points)
    {
        int above = points.FindIndex(p => p.Recall >= Target);
        if (above < 0) return default(Query) with { Seconds = double.NaN };
        if (above == 0 || points[above].Recall == points[above - 1].Recall) return points[above];
        return Query.Between(points[above - 1], points[above], (Target - points[above - 1].Recall) / (points[above].Recall - points[above - 1].Recall));
    }

    static void Print(Report report, string set, string config, List<Row> rows)
    {
        string task = $"ann-scaling-{set}";
        foreach (var row in rows)
        {
            string at = FormattableString.Invariant($"{config} n={row.Count}");
            report.Emit(task, at, "build", row.Build, "s", 0);
            report.Emit(task, at, $"query@{Target}", row.AtTarget.Seconds * 1e6, "us", 0);
            report.Emit(task, at, $"visits@{Target}", row.AtTarget.Visits, "", 0);
            report.Emit(task, at, $"distances@{Target}", row.AtTarget.Distances, "", 0);
        }
        report.Say($"\n{config}, {set}");
        report.Say("|       n | build s | ns / n ln n | at 0.95: ef | visits | measured | estimated | us | us / ln n | ns / visit | ns / distance | ef 64: recall | visits | us |");
        report.Say("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            var (at, wide) = (row.AtTarget, row.AtFixedEf);
            report.Say(string.Create(CultureInfo.InvariantCulture,
                $"| {row.Count,7} | {row.Build:F2} | {row.BuildPerLog * 1e9:F0} | {at.Ef:F1} | {at.Visits:F1} | {at.Measured:F0} | {at.Estimated:F0} | {at.Seconds * 1e6:F1} | {at.Seconds * 1e6 / row.LogCount:F2} | {at.Seconds / at.Visits * 1e9:F0} | {at.Seconds / at.Distances * 1e9:F1} | {wide.Recall:F4} | {wide.Visits:F1} | {wide.Seconds * 1e6:F1} |"));
        }
        if (rows.Count < 3) return;
        Fit(report, task, config, "visits", rows, row => row.AtTarget.Visits);
        Fit(report, task, config, "distances", rows, row => row.AtTarget.Distances);
        Fit(report, task, config, "query", rows, row => row.AtTarget.Seconds * 1e6);
        Fit(report, task, config, "time of a visit", rows, row => row.AtTarget.Seconds / row.AtTarget.Visits * 1e9);
        Fit(report, task, config, "time of a distance", rows, row => row.AtTarget.Seconds / row.AtTarget.Distances * 1e9);
        Fit(report, task, config, "query at ef 64", rows, row => row.AtFixedEf.Seconds * 1e6);
        report.Emit(task, config, "build slope", Line([.. rows.Select(r => r.LogCount)], [.. rows.Select(r => Math.Log(r.Build))]).Slope, "log/log", 0);
        var (slope, _, explained) = Line([.. rows.Select(r => Math.Log(r.Count * r.LogCount))], [.. rows.Select(r => Math.Log(r.Build))]);
        report.Emit(task, config, "build / n log n", slope, "log/log", 1 - explained);
    }

    /// <summary>The power of n, for which 0 is no growth, and the line a + b ln n with the share of variance that it leaves open.</summary>
    static void Fit(Report report, string task, string config, string what, List<Row> rows, Func<Row, double> value)
    {
        double[] log = [.. rows.Select(r => r.LogCount)], values = [.. rows.Select(value)];
        var power = Line(log, [.. values.Select(x => Math.Log(x))]);
        report.Emit(task, config, what + " slope", power.Slope, "log/log", 1 - power.Explained);
        var line = Line(log, values);
        report.Emit(task, config, what + " at ln n = 0", line.Start, "", 1 - line.Explained);
        report.Emit(task, config, what + " by ln n", line.Slope, "", 1 - line.Explained);
    }

    /// <summary>The slope of the line of least squares, its value at 0, and the share of the variance that it explains.</summary>
    static (double Slope, double Start, double Explained) Line(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double xx = x.Sum(a => (a - meanX) * (a - meanX)), yy = y.Sum(a => (a - meanY) * (a - meanY)), xy = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return (xy / xx, meanY - xy / xx * meanX, xy * xy / (xx * yy));
    }
}
