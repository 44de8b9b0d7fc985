using System.Diagnostics;
using System.Text.Json.Nodes;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// Filters over a collection of 100 clusters: what they cost alone, and searches with them by what share passes, where that has nothing to do with
/// the query, is its own clusters, or is clusters other than its own.
/// </summary>
static class CollectionFilterTask
{
    const int Dimension = 128, Records = 100_000, Clusters = 100, K = 10, Queries = 200;

    public static void Run(Report report)
    {
        string folder = Path.Combine(Path.GetTempPath(), "descent-" + Path.GetRandomFileName());
        try
        {
            using var collection = VectorCollection.Open<long>(folder, new() { Dimension = Dimension, FlushInterval = Timeout.InfiniteTimeSpan });
            using var flat = new FlatIndex(Dimension, VectorMetric.Cosine);
            var (vectors, clusters) = Mixture(Records, 1);
            foreach (int[] part in Enumerable.Range(0, Records).Chunk(2000))
                collection.Upsert(part.Select(i => new CollectionRecord<long>(i, vectors.AsMemory(i * Dimension, Dimension), Payload(i, clusters[i]))));
            flat.Add([.. Enumerable.Range(0, Records).Select(i => (long)i)], vectors);
            collection.CompactAsync().GetAwaiter().GetResult();
            if (report.Wants("count")) Count(report, collection);
            if (report.Wants("search")) Search(report, collection, flat, clusters);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    static void Count(Report report, VectorCollection<long> collection)
    {
        foreach (var (name, filter) in new (string, PayloadFilter)[]
        {
            ("number equal, 1%", PayloadFilter.EqualTo("cluster", 7)),
            ("text equal, 10%", PayloadFilter.EqualTo("color", "color 3")),
            ("text equal, one record", PayloadFilter.EqualTo("title", "record number 777")),
            ("text in 3 of 10", PayloadFilter.In("color", "color 3", "color 5", "color 7")),
            ("element of an array equal, 3%", PayloadFilter.EqualTo("tags", "tag 17")),
            ("range of numbers, 50%", PayloadFilter.Range("price", lessThan: 50)),
            ("range of dates, 8%", PayloadFilter.Range("day", atLeast: "2024-05-01", lessThan: "2024-06-01")),
            ("range of unique times, 8%", PayloadFilter.Range("time", atLeast: "2024-05-01", lessThan: "2024-06-01")),
            ("exists, 33%", PayloadFilter.Exists("maker.country")),
            ("and, or, not of six", (PayloadFilter.EqualTo("color", "color 3") | PayloadFilter.EqualTo("tags", "tag 17")) & PayloadFilter.Range("price", atLeast: 5, lessThan: 90) &
                !PayloadFilter.In("cluster", 1, 2, 3) & PayloadFilter.Exists("maker.country") & PayloadFilter.Range("day", atLeast: "2024-03")),
        })
        {
            long begin = Stopwatch.GetTimestamp();
            int count = collection.CountWhere(filter);
            report.Emit("collection-filter", $"{name}, {count} pass, first", "time", 1000 * Stopwatch.GetElapsedTime(begin).TotalSeconds, "ms", 0);
            var (seconds, spread) = Stopwatches.Median(() => collection.CountWhere(filter), 0.1, 0.2, 3);
            report.Emit("collection-filter", name, "time", 1e6 * seconds, "us", spread);
        }
    }

    static void Search(Report report, VectorCollection<long> collection, FlatIndex flat, int[] clusters)
    {
        var (queries, of) = Mixture(Queries, 2);
        foreach (var (share, name) in new (double, string)[] { (0.001, "0.1%"), (0.01, "1%"), (0.1, "10%"), (0.5, "50%"), (1, "none") })
            foreach (string kind in (string[])["any", "own", "other"])
            {
                if (share == 1 && kind != "any") continue;
                int lots = (int)Math.Round(1000 * share), some = Math.Max(1, (int)Math.Round(Clusters * share));
                var filters = new PayloadFilter?[Queries];
                var passes = new Predicate<long>[Queries];
                for (int q = 0; q < Queries; q++)
                {
                    if (kind == "any")
                    {
                        filters[q] = share == 1 ? null : PayloadFilter.Range("lot", lessThan: lots);
                        passes[q] = id => Lot((int)id) < lots;
                        continue;
                    }
                    // Its own cluster and the next, or as many from the next but one on.
                    HashSet<int> wanted = [.. Enumerable.Range(of[q] + (kind == "own" ? 0 : 2), some).Select(c => c % Clusters)];
                    PayloadFilter filter = PayloadFilter.In("cluster", wanted.Select(c => (PayloadValue)(long)c));
                    bool isTenth = share < 0.01;
                    filters[q] = isTenth ? filter & PayloadFilter.Range("lot", lessThan: 100) : filter;
                    passes[q] = id => wanted.Contains(clusters[id]) && (!isTenth || Lot((int)id) < 100);
                }
                int hits = 0, expected = 0;
                for (int q = 0; q < Queries; q++)
                {
                    float[] query = queries[(q * Dimension)..((q + 1) * Dimension)];
                    var truth = flat.Search(query, K, new() { Filter = passes[q] });
                    expected += truth.Length;
                    hits += collection.Search(query, K, new() { Filter = filters[q] }).Count(hit => hit.Distance <= truth[^1].Distance);
                }
                int next = 0;
                double[] each = new double[Queries];
                var (seconds, spread) = Stopwatches.Median(() =>
                {
                    int q = next++ % Queries;
                    long begin = Stopwatch.GetTimestamp();
                    collection.Search(queries.AsSpan(q * Dimension, Dimension), K, new() { Filter = filters[q] });
                    each[q] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                }, 0.1, 0.3, 3);
                string config = $"search k=10, {name} pass, {kind}";
                report.Emit("collection-filter", config, "recall", (double)hits / expected, "share", 0);
                report.Emit("collection-filter", config, "time", 1e3 * seconds, "ms", spread);
                report.Emit("collection-filter", config, "slowest", each.Max(), "ms", 0);
            }
    }

    static (float[] Vectors, int[] Clusters) Mixture(int count, ulong seed)
    {
        float[] centres = new float[Clusters * Dimension], vectors = new float[count * Dimension];
        int[] clusters = new int[count];
        new Generator(7).Normal(centres);
        var random = new Generator(seed);
        random.Normal(vectors);
        for (int i = 0; i < count; i++)
        {
            clusters[i] = (int)random.NextInt64(0, Clusters);
            for (int j = 0; j < Dimension; j++) vectors[i * Dimension + j] = centres[clusters[i] * Dimension + j] + 0.7f * vectors[i * Dimension + j];
        }
        return (vectors, clusters);
    }

    static int Lot(int i) => (int)(i * 2654435761L % 1_000_003 % 1000);

    static JsonObject Payload(int i, int cluster)
    {
        var day = new DateTime(2024, 1, 1).AddSeconds(i * 7919L % Records * 315);
        var payload = new JsonObject
        {
            ["title"] = $"record number {i}",
            ["cluster"] = cluster,
            ["lot"] = Lot(i),
            ["price"] = i * 104_729L % 10_000 / 100.0,
            ["color"] = $"color {i * 31 % 10}",
            ["day"] = day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            ["time"] = day.ToString("s", System.Globalization.CultureInfo.InvariantCulture),
            ["tags"] = new JsonArray($"tag {i % 100}", $"tag {i * 7 % 90}", $"tag {i * 11 % 80}"),
        };
        if (i % 3 == 0) payload["maker"] = new JsonObject { ["country"] = "se" };
        return payload;
    }
}
