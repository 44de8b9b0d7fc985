using System.Diagnostics;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// What an index does beside plain searches, on the peers' sets, on one thread: streams of neighbours against searches for as many,
/// and files opened, read and mapped.
/// </summary>
static class AnnServeTask
{
    const int Queries = 200;

    public static void Run(Report report) =>
        AnnTask.ForEach(report, ["mix100k", "hard200k", "mix1m"], (set, path, config, create) => Measure(report, set, path, config, create));

    static void Measure(Report report, string set, string path, string config, Func<int, VectorIndex> create)
    {
        using var data = VectorFiles.Load(path + ".base.fvecs");
        using var queries = VectorFiles.Load(path + ".query.fvecs");
        int dimension = data.Shape[1], count = data.Shape[0];
        float[] vectors = data.ToArray<float>(), query = queries.ToArray<float>()[..(Queries * dimension)];
        using var index = create(dimension);
        index.Add([.. Enumerable.Range(0, count).Select(i => (long)i)], vectors);
        using var one = new SingleThread();
        using var flat = new FlatIndex(dimension);
        flat.Add([.. Enumerable.Range(0, count).Select(i => (long)i)], vectors);
        foreach (int k in (int[])[10, 100, 1000]) Stream(report, set, config, index, flat, query, k);
        Open(report, set, config, index);
        Open(report, set, "flat", flat);
    }

    static void Stream(Report report, string set, string config, VectorIndex index, FlatIndex flat, float[] queries, int k)
    {
        int dimension = index.Dimension, count = queries.Length / dimension;
        var truth = flat.SearchMany(queries, k);
        var found = new Neighbor[k];
        int hitsOfStream = 0, hitsOfSearch = 0;
        for (int q = 0; q < count; q++)
        {
            float last = truth[q * k + k - 1].Distance;
            hitsOfStream += index.Stream(queries.AsSpan(q * dimension, dimension)).Take(k).Count(n => n.Distance <= last);
            index.Search(queries.AsSpan(q * dimension, dimension), found);
            hitsOfSearch += found.Count(n => n.Distance <= last);
        }
        int next = 0;
        var (streamed, spread) = Stopwatches.Median(() =>
        {
            foreach (var _ in index.Stream(queries.AsSpan(next++ % count * dimension, dimension)).Take(k))
            {
            }
        }, 0.1, 0.5, 3);
        report.Emit("ann-stream-" + set, $"{config}, first {k}", "stream", 1e6 * streamed, "us", spread);
        var (searched, spreadOfSearch) = Stopwatches.Median(() => index.Search(queries.AsSpan(next++ % count * dimension, dimension), found), 0.1, 0.5, 3);
        report.Emit("ann-stream-" + set, $"{config}, first {k}", "search", 1e6 * searched, "us", spreadOfSearch);
        report.Emit("ann-stream-" + set, $"{config}, first {k}", "recall of stream", (double)hitsOfStream / truth.Length, "share", 0);
        report.Emit("ann-stream-" + set, $"{config}, first {k}", "recall of search", (double)hitsOfSearch / truth.Length, "share", 0);
    }

    static void Open(Report report, string set, string config, VectorIndex index)
    {
        string file = Path.GetTempFileName();
        index.Save(file);
        foreach (bool isMapped in (bool[])[false, true])
        {
            // The first time code is compiled.
            for (int time = 0; time < 2; time++)
            {
                long begin = Stopwatch.GetTimestamp();
                using var opened = VectorIndex.Open(file, isMapped);
                if (time > 0) report.Emit("ann-open-" + set, config, isMapped ? "mapped" : "read", 1000 * Stopwatch.GetElapsedTime(begin).TotalSeconds, "ms", 0);
            }
        }
        File.Delete(file);
    }
}
