using System.Diagnostics;
using System.Globalization;
using Descent.NN;
using Descent.Search;
using Descent.Tabular;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>The first seconds of a process: when steps were done, and the speed of each second beside that of the last ones.</summary>
/// <remarks>
/// Each row runs in a process of its own. What takes a second or more a time is done three times: the first beside the last tells
/// what is lost while code is compiled.
/// </remarks>
static class FirstTask
{
    const int Dimension = 128;

    // Ends of the stretches of time whose speeds are told; the last is the full speed.
    static readonly double[] s_ends = [0.5, 1, 2, 3, 4, 6];

    public static void Run(Report report)
    {
        foreach (string name in (string[])["mlp", "cnn", "gpt-small"])
            Alone(report, "steps-" + name, () => TrainTask.Run(report, name, row => Steps(report, row.Task, row.Config, row.Units, row.Unit, row.Step)));
        Alone(report, "steps-flat", () => Flat(report));
        Alone(report, "times-boosting", () =>
        {
            var table = GbdtTable.Make(100_000, 0);
            var x = Features.FromRows(table.X, table.Columns);
            Times(report, "boosting", "fit rows100000 depth6 r100", () => new BoostingRegressor { MaxDepth = 6, LearningRate = 0.1f, Rounds = 100, Method = TreeMethod.Histogram }.Fit(x, table.Y));
        });
        foreach (string kind in (string[])["hnsw", "qg"])
            Alone(report, "times-" + kind, () =>
            {
                var (ids, vectors) = Vectors(20_000);
                Times(report, kind, "build n20000 d128", () =>
                {
                    using var index = IndexKinds.Create(kind, new(Dimension));
                    index.Add(ids, vectors);
                });
            });
    }

    static void Alone(Report report, string name, Action measure)
    {
        if (report.Wants(name)) OwnProcess.Run(report, "first", name, measure);
    }

    static void Flat(Report report)
    {
        const int Queries = 1_000, Count = 100_000;
        var (ids, vectors) = Vectors(Count);
        float[] queries = VectorSamples.Clusters(Queries, Dimension, draw: 1);
        using var index = new FlatIndex(Dimension);
        index.Add(ids, vectors);
        Steps(report, "flat", "batch1000 n100000 d128", 2e-9 * Queries * Dimension * Count, "GFLOP/s", () => index.SearchMany(queries, 10));
    }

    static (long[] Ids, float[] Vectors) Vectors(int count) => ([.. Enumerable.Range(0, count).Select(i => (long)i)], VectorSamples.Clusters(count, Dimension));

    static void Steps(Report report, string task, string config, double units, string unit, Action step)
    {
        double made = SinceStart();
        var watch = Stopwatch.StartNew();
        List<double> done = [];
        while (done.Count == 0 || done[^1] < s_ends[^1])
        {
            step();
            done.Add(watch.Elapsed.TotalSeconds);
        }
        report.Emit(task, config, "made", made, "s", 0);
        foreach (int count in (int[])[1, 10, 100])
            if (count <= done.Count) report.Emit(task, config, string.Create(CultureInfo.InvariantCulture, $"step {count}"), done[count - 1], "s", 0);
        double full = Speed(s_ends[^2], s_ends[^1]), from = 0;
        foreach (double to in s_ends)
        {
            report.Emit(task, config, string.Create(CultureInfo.InvariantCulture, $"{from}-{to} s"), units * Speed(from, to), unit, 0);
            report.Emit(task, config, string.Create(CultureInfo.InvariantCulture, $"{from}-{to} s"), Speed(from, to) / full, "of full", 0);
            from = to;
        }

        // Steps a second between two times; one under way at either counts by its share.
        double Speed(double from, double to) => (Done(to) - Done(from)) / (to - from);

        double Done(double at)
        {
            int next = done.FindIndex(d => d > at);
            double before = next == 0 ? 0 : done[next - 1];
            return next + (at - before) / (done[next] - before);
        }
    }

    static void Times(Report report, string task, string config, Action work)
    {
        report.Emit(task, config, "made", SinceStart(), "s", 0);
        foreach (string which in (string[])["first", "second", "third"])
        {
            long begin = Stopwatch.GetTimestamp();
            work();
            report.Emit(task, config, which, Stopwatch.GetElapsedTime(begin).TotalSeconds, "s", 0);
        }
    }

    static double SinceStart()
    {
        using var process = Process.GetCurrentProcess();
        return (DateTime.Now - process.StartTime).TotalSeconds;
    }
}
