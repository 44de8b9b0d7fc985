using System.Diagnostics;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// The life of an index after its first build, on the peers' sets: built from half, grown to all one by one and in batches, its
/// recall beside that of one built from all at once, and what is removed one by one and in batches. Changes use all threads.
/// </summary>
static class AnnChangesTask
{
    const int K = 10, Batch = 1000;

    // Of each way of changing, so that a slow one does not take all the time.
    const double MostSeconds = 8;

    static readonly int[] s_views = [20, 50, 100, 200];

    public static void Run(Report report) =>
        AnnTask.ForEach(report, ["mix100k", "hard200k"], (set, path, config, create) => Measure(report, "ann-changes-" + set, path, config, create));

    static void Measure(Report report, string task, string path, string config, Func<int, VectorIndex> create)
    {
        using var data = VectorFiles.Load(path + ".base.fvecs");
        using var queries = VectorFiles.Load(path + ".query.fvecs");
        int dimension = data.Shape[1], count = data.Shape[0], next = count / 2;
        float[] vectors = data.ToArray<float>(), query = queries.ToArray<float>();
        long[] ids = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        var truth = TrueNeighbors.Load(path + ".gt.ivecs", K);
        using var index = create(dimension);
        index.Add(ids.AsSpan(0, next), vectors.AsSpan(0, next * dimension));
        foreach (int each in (int[])[1, Batch])
        {
            var (rate, longest, end) = Repeat(next, each == 1 ? Math.Min(count, next + count / 8) : count, each,
                (from, to) => index.Add(ids.AsSpan(from, to - from), vectors.AsSpan(from * dimension, (to - from) * dimension)));
            next = end;
            report.Emit(task, $"{config} add {each}", "rate", rate, "vectors/s", 0);
            report.Emit(task, $"{config} add {each}", "longest", longest * 1000, "ms", 0);
        }
        if (next == count)
        {
            double[] grown = Recalls(index, query, truth);
            using var fresh = create(dimension);
            fresh.Add(ids, vectors);
            double[] built = Recalls(fresh, query, truth);
            for (int i = 0; i < s_views.Length; i++)
            {
                report.Emit(task, $"{config} grown", FormattableString.Invariant($"ef={s_views[i]}"), grown[i], "recall", 0);
                report.Emit(task, $"{config} built", FormattableString.Invariant($"ef={s_views[i]}"), built[i], "recall", 0);
            }
        }
        next = 0;
        foreach (int each in (int[])[1, Batch])
        {
            var (rate, longest, end) = Repeat(next, Math.Min(count / 4, each == 1 ? 1000 : int.MaxValue), each, (from, to) => index.Remove(ids.AsSpan(from, to - from)));
            next = end;
            report.Emit(task, $"{config} remove {each}", "rate", rate, "vectors/s", 0);
            report.Emit(task, $"{config} remove {each}", "longest", longest * 1000, "ms", 0);
        }
    }

    /// <summary>Changes a number of vectors at once again and again.</summary>
    /// <returns>Vectors a second, the seconds of the longest change, and how far it came.</returns>
    static (double Rate, double Longest, int End) Repeat(int from, int to, int each, Action<int, int> change)
    {
        int next = from;
        double longest = 0;
        long begin = Stopwatch.GetTimestamp();
        while (next < to && Stopwatch.GetElapsedTime(begin).TotalSeconds < MostSeconds)
        {
            long start = Stopwatch.GetTimestamp();
            int end = Math.Min(to, next + each);
            change(next, end);
            next = end;
            longest = Math.Max(longest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return ((next - from) / Stopwatch.GetElapsedTime(begin).TotalSeconds, longest, next);
    }

    static double[] Recalls(VectorIndex index, float[] queries, TrueNeighbors truth) =>
        [.. s_views.Select(ef => truth.Recall(index.SearchMany(queries, K, new() { Ef = ef })))];
}
