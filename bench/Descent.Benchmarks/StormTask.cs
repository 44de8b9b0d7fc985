using System.Diagnostics;
using Descent.Search;
using Descent.Search.Storms;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// Indexes in trouble: every kind changed by two threads and searched by two at once for some seconds, under an oracle; and 10,000
/// damaged files opened and used. <c>wrong</c> is to be 0.
/// </summary>
static class StormTask
{
    const int Files = 10_000;

    public static void Run(Report report)
    {
        foreach (var kind in IndexKinds.All)
        {
            if (!report.Wants(kind.Name)) continue;
            using var index = kind.Create(new(IndexStorm.Dimension));
            var storm = new IndexStorm(index, seed: (ulong)Stopwatch.GetTimestamp());
            long begin = Stopwatch.GetTimestamp();
            storm.Run(0, 0, () => Stopwatch.GetElapsedTime(begin).TotalSeconds > report.Seconds);
            foreach (string wrong in storm.Wrong) Console.Error.WriteLine(wrong);
            string config = $"{kind.Name} {report.Seconds} s";
            report.Emit("storm", config, "changes", storm.Changes, "calls", 0);
            report.Emit("storm", config, "searches", storm.Searches, "count", 0);
            report.Emit("storm", config, "recall", storm.Recall, "share", 0);
            report.Emit("storm", config, "slots", index.Store.Slots, "count", 0);
            report.Emit("storm", config, "wrong", storm.Wrong.Count, "count", 0);
        }
    }

    public static void Fuzz(Report report)
    {
        string path = Path.GetTempFileName();
        var kinds = IndexKinds.All.Where(kind => report.Wants(kind.Name)).ToList();
        var fuzz = new IndexFuzz([.. kinds.SelectMany(kind => (byte[][])[Saved(kind, 70), Saved(kind, 400)])], path);
        long begin = Stopwatch.GetTimestamp();
        fuzz.Run(Files, seed: 5);
        string config = $"{Files} damaged files, 3 ways";
        report.Emit("fuzz-index", config, "refused", fuzz.Refused, "openings", 0);
        report.Emit("fuzz-index", config, "used", fuzz.Opened, "openings", 0);
        report.Emit("fuzz-index", config, "most for one", fuzz.MostAllocated / 1048576.0, "MB", 0);
        report.Emit("fuzz-index", config, "peak", Memory.Statistics.PeakBytes / 1048576.0, "MB", 0);
        report.Emit("fuzz-index", config, "resident", Resident.Megabytes(peak: true), "MB", 0);
        report.Emit("fuzz-index", config, "time", Stopwatch.GetElapsedTime(begin).TotalSeconds, "s", 0);
    }

    static byte[] Saved(IndexKind kind, int count)
    {
        const int dimension = 6;
        using var index = kind.Create(new(dimension));
        float[] x = new float[count * dimension];
        new Generator(7).Normal(x);
        index.Add([.. Enumerable.Range(0, count).Select(i => 3L * i + 100)], x);
        using var file = new MemoryStream();
        index.Save(file);
        return file.ToArray();
    }
}
