using System.Diagnostics;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// Nearest neighbours on vectors in files, with their true neighbours beside them: recall@10 against queries per second on one
/// thread, the batch of all queries at once. Building uses all threads. The files' folder is named by <c>PEERS_DATA</c>.
/// </summary>
static class AnnTask
{
    const int K = 10;

    // A kind is a row here: the name it is selected by, its parameters as figures name them, and the empty index.
    internal static readonly (string Name, string Config, Func<int, VectorIndex> Create)[] s_graphs =
    [
        ("hnsw", "HNSW M16 efC200", static d => new HnswIndex(d)),
        ("qg", "QG64", static d => new QuantizedGraphIndex(d)),
        ("qg32", "QG32", static d => new QuantizedGraphIndex(d, options: new() { Degree = 32 })),
        ("nsg", "NSG64 C150", static d => new NsgIndex(d)),
        ("ivf", "IVF 4√n RaBitQ4", static d => new IvfIndex(d)),
        ("vamana", "Vamana48 L100", static d => new VamanaIndex(d)),
        ("coded-hnsw", "HNSW M16 efC200 int8", static d => new HnswIndex(d, options: new() { Code = VectorCode.Int8 })),
    ];

    /// <summary>Kinds that search by codes with each code there is, as <c>hnsw-by-rabitq4</c>.</summary>
    internal static readonly (string Name, string Config, Func<int, VectorIndex> Create)[] s_coded =
    [
        .. from kind in (string[])["hnsw", "nsg", "vamana", "ivf"]
           from code in Enum.GetNames<VectorCode>()
           where code != nameof(VectorCode.None)
           select ($"{kind}-by-{code.ToLowerInvariant()}", $"{kind} by {code}",
               (Func<int, VectorIndex>)(d => IndexKinds.Create(kind, new(d) { Named = new Dictionary<string, string> { ["code"] = code } }))),
    ];

    public static void Run(Report report) => Run(report, s_graphs);

    public static void RunCodes(Report report) => Run(report, s_coded);

    /// <summary>Measures the kinds of index that are wanted on some of the sets.</summary>
    /// <param name="measure">Takes a set, the path of its files without their ends, the parameters, and what makes the empty index.</param>
    internal static void ForEach(Report report, string[] sets, Action<string, string, string, Func<int, VectorIndex>> measure)
    {
        string folder = Folder();
        foreach (string set in sets)
            foreach (var (name, config, create) in s_graphs)
                if (report.Wants($"{name}-{set}")) measure(set, Path.Combine(folder, set), config, create);
    }

    static string Folder() => Environment.GetEnvironmentVariable("PEERS_DATA") ??
        throw new ArgumentException("Set PEERS_DATA to the folder of the .fvecs and .ivecs files.");

    static void Run(Report report, (string Name, string Config, Func<int, VectorIndex> Create)[] graphs)
    {
        string folder = Folder();
        foreach (string set in (string[])["mix100k", "hard200k", "mix1m"])
        {
            string path = Path.Combine(folder, set);
            if (!File.Exists(path + ".gt.ivecs")) continue;
            if (graphs == s_graphs && report.Wants("flat-" + set)) Flat(report, set, path);
            foreach (var (name, config, create) in graphs)
                if (report.Wants($"{name}-{set}")) Graph(report, set, path, config, create);
        }
    }

    static void Flat(Report report, string set, string path)
    {
        float[] query = Load(path + ".query.fvecs", out int dimension);
        using var index = new FlatIndex(dimension);
        Fill(index, path);
        using var one = new SingleThread();
        int count = query.Length / dimension;
        var (seconds, spread) = Stopwatches.Median(() => index.SearchMany(query, K), 0.1, 0.5, 3);
        report.Emit("ann-" + set, "flat batch1000", "qps", count / seconds, "q/s", spread);
        report.Emit("ann-" + set, "flat batch1000", "rate", 2.0 * count * dimension * index.Count / seconds / 1e9, "GFLOP/s", spread);
        var nearest = new Neighbor[K];
        int next = 0;
        (seconds, spread) = Stopwatches.Median(() => index.Search(query.AsSpan(next++ % count * dimension, dimension), nearest), 0.1, 0.5, 3);
        report.Emit("ann-" + set, "flat one-by-one", "qps", 1 / seconds, "q/s", spread);
        report.Emit("ann-" + set, "flat one-by-one", "bandwidth", 4.0 * dimension * index.Count / seconds / 1e9, "GB/s", spread);
    }

    static void Graph(Report report, string set, string path, string config, Func<int, VectorIndex> create)
    {
        float[] query = Load(path + ".query.fvecs", out int dimension);
        var truth = TrueNeighbors.Load(path + ".gt.ivecs", K);
        using var index = create(dimension);
        double before = Resident.Megabytes(peak: false);
        report.Emit("ann-" + set, config, "build", Fill(index, path), "s", 0);
        report.Emit("ann-" + set, config, "memory", Resident.Megabytes(peak: false) - before, "MB", 0);
        var statistics = index.Statistics;
        report.Emit("ann-" + set, config, "index bytes", (statistics.VectorBytes + statistics.CodeBytes + statistics.GraphBytes) / 1e6, "MB", 0);
        if (statistics.CodeBytes > 0) report.Emit("ann-" + set, config, "code bytes", statistics.CodeBytes / 1e6, "MB", 0);
        report.Emit("ann-" + set, config, "degree", statistics.AverageDegree, "edges", 0);
        report.Emit("ann-" + set, config, "reachable", (double)statistics.Reachable / statistics.Count, "share", 0);
        using var one = new SingleThread();
        var points = new List<RecallPoint>();
        foreach (var point in RecallCurve.Measure(index, query, truth))
        {
            points.Add(point);
            report.Emit("ann-" + set, config, FormattableString.Invariant($"ef={point.Ef}"), point.Recall, "recall", 0);
            report.Emit("ann-" + set, config, FormattableString.Invariant($"ef={point.Ef}"), point.QueriesPerSecond, "q/s", point.Spread);
        }
        foreach (double target in (double[])[0.90, 0.95, 0.99])
        {
            var best = RecallCurve.Fastest(points, target);
            report.Emit("ann-" + set, config, FormattableString.Invariant($"qps@{target:0.00}"), best?.QueriesPerSecond ?? double.NaN, "q/s", best?.Spread ?? 0);
        }
    }

    /// <returns>Seconds that adding took.</returns>
    static double Fill(VectorIndex index, string path)
    {
        float[] vectors = Load(path + ".base.fvecs", out int dimension);
        long[] ids = [.. Enumerable.Range(0, vectors.Length / dimension).Select(i => (long)i)];
        long begin = Stopwatch.GetTimestamp();
        index.Add(ids, vectors);
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    static float[] Load(string path, out int dimension)
    {
        using var vectors = VectorFiles.Load(path);
        dimension = vectors.Shape[1];
        return vectors.ToArray<float>();
    }
}
