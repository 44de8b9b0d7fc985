using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// Filtered searches of the peers' sets, on one thread, by a predicate and by a set of ids: recall@10 among what passes, and queries
/// per second.
/// </summary>
static class AnnFilterTask
{
    const int K = 10, Queries = 200;

    public static void Run(Report report) =>
        AnnTask.ForEach(report, ["mix100k", "hard200k"], (set, path, config, create) => Measure(report, set, path, config, create));

    static void Measure(Report report, string set, string path, string config, Func<int, VectorIndex> create)
    {
        using var data = VectorFiles.Load(path + ".base.fvecs");
        using var queries = VectorFiles.Load(path + ".query.fvecs");
        int dimension = data.Shape[1], count = data.Shape[0];
        float[] vectors = data.ToArray<float>(), query = queries.ToArray<float>()[..(Queries * dimension)];
        long[] ids = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        using var flat = new FlatIndex(dimension);
        flat.Add(ids, vectors);
        using var index = create(dimension);
        index.Add(ids, vectors);
        using var one = new SingleThread();
        foreach (int each in (int[])[1, 2, 10, 100, 1000])
        {
            Predicate<long> filter = id => id * 2654435761 % 1_000_003 % each == 0;
            var among = new IdSet([.. ids.Where(id => filter(id))]);
            var truth = flat.SearchMany(query, K, new() { Filter = filter });
            foreach (var (way, options) in ((string, SearchOptions)[])[("predicate", new() { Filter = filter }), ("set", new() { Among = among })])
            {
                var found = index.SearchMany(query, K, options);
                double hits = Enumerable.Range(0, found.Length).Count(i => found[i].Distance <= truth[i / K * K + K - 1].Distance);
                var (seconds, spread) = Stopwatches.Median(() => index.SearchMany(query, K, options), 0.1, 0.3, 3);
                report.Emit("ann-filter-" + set, $"{config}, 1 of {each}, {way}", "recall", hits / found.Length, "share", 0);
                report.Emit("ann-filter-" + set, $"{config}, 1 of {each}, {way}", "qps", Queries / seconds, "q/s", spread);
            }
        }
    }
}
