using System.Diagnostics;
using System.Text.Json.Nodes;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// How long single searches and writes take while two threads write 200,000 records, a fifth of them anew, compaction and linking go on behind them, and one searches with
/// and without a filter. Then what opening takes: as a killed process left it, and after it was closed.
/// </summary>
static class CollectionPauseTask
{
    const int Dimension = 128, Upserts = 200_000, Keys = 160_000, Batch = 10;

    public static void Run(Report report)
    {
        string folder = Path.Combine(Path.GetTempPath(), "descent-" + Path.GetRandomFileName());
        try
        {
            float[] vectors = new float[20_000 * Dimension];
            new Generator(1).Normal(vectors);
            using (var collection = VectorCollection.Open<string>(folder, new() { Dimension = Dimension, CompactAt = 32 << 20 }))
            {
                Write(report, collection, vectors);
                string killed = folder + "-killed";
                Directory.CreateDirectory(killed);
                // What a killed process leaves is what the files hold at a moment.
                foreach (string file in Directory.GetFiles(folder))
                    if (Path.GetFileName(file) is not "lock") File.Copy(file, Path.Combine(killed, Path.GetFileName(file)));
                if (report.Wants("open")) Open(report, killed, "as a killed writer left it");
                Directory.Delete(killed, recursive: true);
                long begin = Stopwatch.GetTimestamp();
                collection.Dispose();
                report.Emit("collection-pause", "close", "time", 1000 * Stopwatch.GetElapsedTime(begin).TotalSeconds, "ms", 0);
            }
            if (report.Wants("open")) Open(report, folder, "after closing");
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    static void Write(Report report, VectorCollection<string> collection, float[] vectors)
    {
        List<double>[] writes = [[], []];
        List<double> plain = [], filtered = [];
        int left = writes.Length;
        long begin = Stopwatch.GetTimestamp();
        var threads = writes.Select((times, w) => new Thread(() =>
        {
            for (int i = w * Batch; i < Upserts; i += writes.Length * Batch)
            {
                var records = Enumerable.Range(i, Batch).Select(j => new CollectionRecord<string>($"key {j * 7919L % Keys}", vectors.AsMemory(j % 20_000 * Dimension, Dimension),
                    new JsonObject { ["title"] = $"record number {j}", ["color"] = $"color {j * 31 % 10}", ["price"] = j % 100 })).ToArray();
                long start = Stopwatch.GetTimestamp();
                collection.Upsert(records);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            Interlocked.Decrement(ref left);
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        // The second is asked for when there is much already; whoever asks first for a path waits for its column.
        var filters = new[] { PayloadFilter.EqualTo("color", "color 3"), PayloadFilter.Range("price", lessThan: 10) };
        int used = -1;
        var gate = new Generator(3);
        int unindexed = 0;
        while (Volatile.Read(ref left) > 0)
        {
            int filter = collection.Count > Keys / 2 ? 1 : 0;
            if (filter != used)
            {
                long first = Stopwatch.GetTimestamp();
                collection.CountWhere(filters[used = filter]);
                report.Emit("collection-pause", $"first filter on a path, {collection.Count} records", "time", Stopwatch.GetElapsedTime(first).TotalMilliseconds, "ms", 0);
            }
            int at = (int)gate.NextInt64(0, 20_000) * Dimension;
            foreach (var (times, asked) in new[] { (plain, (PayloadFilter?)null), (filtered, filters[filter]) })
            {
                long start = Stopwatch.GetTimestamp();
                collection.Search(vectors.AsSpan(at, Dimension), 10, new() { Filter = asked });
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            if (plain.Count % 256 == 0) unindexed = Math.Max(unindexed, collection.Statistics.Unindexed);
            Thread.Sleep(1);
        }
        foreach (var thread in threads) thread.Join();
        report.Emit("collection-pause", "200,000 upserts by 10, 2 writers", "rate", Upserts / Stopwatch.GetElapsedTime(begin).TotalSeconds, "records/s", 0);
        Emit(report, "upsert of 10", [.. writes.SelectMany(times => times)]);
        Emit(report, "search", plain);
        Emit(report, "search, 10% pass", filtered);
        report.Emit("collection-pause", "pauses of the collector", "all", GC.GetTotalPauseDuration().TotalMilliseconds, "ms", 0);
        report.Emit("collection-pause", "resident", "peak", Resident.Megabytes(peak: true), "MB", 0);
        report.Emit("collection-pause", "resident", "end", Resident.Megabytes(peak: false), "MB", 0);
        var statistics = collection.Statistics;
        report.Emit("collection-pause", $"{statistics.Count} records, {statistics.Segments} segments", "unindexed", unindexed, "records", 0);
    }

    static void Emit(Report report, string config, List<double> times)
    {
        times.Sort();
        foreach (var (name, at) in new[] { ("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("longest", 1) })
            report.Emit("collection-pause", $"{config}, of {times.Count}", name, times[(int)Math.Min(times.Count - 1, at * times.Count)], "ms", 0);
    }

    static void Open(Report report, string folder, string how)
    {
        long begin = Stopwatch.GetTimestamp();
        using (var reader = VectorCollection.OpenReadOnly<string>(folder))
            report.Emit("collection-pause", $"open to read, {how}", "time", 1000 * Stopwatch.GetElapsedTime(begin).TotalSeconds, "ms", 0);
        begin = Stopwatch.GetTimestamp();
        using var collection = VectorCollection.Open<string>(folder);
        report.Emit("collection-pause", $"open to write, {how}", "time", 1000 * Stopwatch.GetElapsedTime(begin).TotalSeconds, "ms", 0);
        report.Emit("collection-pause", $"open to write, {how}", "unindexed", collection.Statistics.Unindexed, "records", 0);
    }
}
