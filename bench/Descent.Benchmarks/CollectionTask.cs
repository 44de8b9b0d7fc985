using System.Diagnostics;
using System.Text.Json.Nodes;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// Collections of vectors of 128 elements with small payloads: writes by one and by eight threads with and without a flush each, search with and
/// without filters, opening.
/// </summary>
static class CollectionTask
{
    const int Dimension = 128, Records = 100_000, Batch = 1000;

    public static void Run(Report report)
    {
        string root = Path.Combine(Path.GetTempPath(), "descent-" + Path.GetRandomFileName());
        try
        {
            if (report.Wants("write")) Floor(report, Directory.CreateDirectory(root).FullName);
            foreach (var (name, interval) in new[] { ("flushed", TimeSpan.Zero), ("unflushed", Timeout.InfiniteTimeSpan) })
                foreach (int writers in (int[])[1, 8])
                    foreach (bool isLinked in (bool[])[true, false])
                        if (report.Wants("write")) Write(report, Path.Combine(root, $"{name}{writers}{isLinked}"), name, interval, writers, isLinked);
            if (report.Wants("search", "open")) Fill(report, Path.Combine(root, "large"));
        }
        finally
        {
            if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>What the disk takes for as many bytes as a record's, each flushed: no log can be faster for one writer.</summary>
    static void Floor(Report report, string folder)
    {
        byte[] bytes = new byte[700];
        using var file = File.OpenHandle(Path.Combine(folder, "floor"), FileMode.Create, FileAccess.Write);
        long length = 0;
        var (seconds, spread) = Stopwatches.Median(() =>
        {
            RandomAccess.Write(file, bytes, length);
            RandomAccess.FlushToDisk(file);
            length += bytes.Length;
        }, 0.1, 0.5, 3);
        report.Emit("collection", "700 bytes written and flushed", "rate", 1 / seconds, "writes/s", spread);
    }

    static void Write(Report report, string folder, string name, TimeSpan interval, int writers, bool isLinked)
    {
        const int each = 24_000;
        float[] vectors = Vectors(each);
        using var collection = VectorCollection.Open<string>(folder, new() { Dimension = Dimension, FlushInterval = interval, ExactUpTo = isLinked ? 4096 : each });
        var threads = Enumerable.Range(0, writers).Select(w => new Thread(() =>
        {
            for (int i = w; i < each; i += writers) collection.Upsert($"key {i}", vectors.AsMemory(i * Dimension, Dimension), Payload(i));
        })).ToArray();
        long begin = Stopwatch.GetTimestamp();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        report.Emit("collection", $"upsert {name}, {writers} writers, {(isLinked ? "graph" : "exact")}", "rate", each / Stopwatch.GetElapsedTime(begin).TotalSeconds, "records/s", 0);
    }

    static void Fill(Report report, string folder)
    {
        float[] vectors = Vectors(Records), queries = Vectors(1000, seed: 2);
        using (var collection = VectorCollection.Open<string>(folder, new() { Dimension = Dimension }))
        {
            long begin = Stopwatch.GetTimestamp();
            for (int start = 0; start < Records; start += Batch)
                collection.Upsert(Enumerable.Range(start, Batch).Select(i => new CollectionRecord<string>($"key {i}", vectors.AsMemory(i * Dimension, Dimension), Payload(i))));
            report.Emit("collection", $"upsert by {Batch}, flushed", "rate", Records / Stopwatch.GetElapsedTime(begin).TotalSeconds, "records/s", 0);
            Open(report, folder, "log and segments, index unsaved", collection);
            begin = Stopwatch.GetTimestamp();
            collection.CompactAsync().GetAwaiter().GetResult();
            report.Emit("collection", "compact and save the index", "time", Stopwatch.GetElapsedTime(begin).TotalSeconds, "s", 0);
            Open(report, folder, "compacted", collection);
            if (report.Wants("search")) Search(report, collection, queries);
        }
    }

    /// <summary>By a reader, which reads the same files.</summary>
    static void Open(Report report, string folder, string how, VectorCollection<string> written)
    {
        long begin = Stopwatch.GetTimestamp();
        using var collection = VectorCollection.OpenReadOnly<string>(folder);
        report.Emit("collection", $"open {collection.Count} records, {how}", "time", 1000 * Stopwatch.GetElapsedTime(begin).TotalSeconds, "ms", 0);
        if (collection.Count != written.Count) throw new InvalidOperationException($"{collection.Count} records were read of {written.Count}.");
    }

    static void Search(Report report, VectorCollection<string> collection, float[] queries)
    {
        var first = PayloadFilter.EqualTo("percent", 7);
        long begin = Stopwatch.GetTimestamp();
        collection.Search(queries.AsSpan(0, Dimension), 10, new() { Filter = first });
        report.Emit("collection", "first filter on a path", "time", 1000 * Stopwatch.GetElapsedTime(begin).TotalSeconds, "ms", 0);
        foreach (var (name, filter) in new (string, PayloadFilter?)[]
        {
            ("no filter", null),
            ("number equal, 1% pass", first),
            ("text equal, 10% pass", PayloadFilter.EqualTo("color", "color 3")),
            ("range and text, 0.5% pass", PayloadFilter.Range("price", atLeast: 5, lessThan: 10) & PayloadFilter.EqualTo("color", "color 3")),
            ("range, 50% pass", PayloadFilter.Range("price", lessThan: 50)),
        })
        {
            int next = 0;
            var (seconds, spread) = Stopwatches.Median(
                () => collection.Search(queries.AsSpan(next++ % 1000 * Dimension, Dimension), 10, new() { Filter = filter }), 0.1, 0.5, 3);
            report.Emit("collection", $"search k=10, {name}", "time", 1e3 * seconds, "ms", spread);
        }
    }

    /// <summary>A mixture, as embeddings are.</summary>
    static float[] Vectors(int count, ulong seed = 1)
    {
        float[] centres = new float[100 * Dimension], vectors = new float[count * Dimension];
        new Generator(7).Normal(centres);
        var random = new Generator(seed);
        random.Normal(vectors);
        for (int i = 0; i < count; i++)
        {
            int centre = (int)random.NextInt64(0, 100);
            for (int j = 0; j < Dimension; j++) vectors[i * Dimension + j] = centres[centre * Dimension + j] + 0.7f * vectors[i * Dimension + j];
        }
        return vectors;
    }

    static JsonObject Payload(int i) => new()
    {
        ["title"] = $"record number {i}",
        ["percent"] = i * 7919L % 100,
        ["price"] = i * 104_729L % 10_000 / 100.0,
        ["color"] = $"color {i * 31 % 10}",
        ["maker"] = new JsonObject { ["country"] = i % 3 == 0 ? "se" : "no" },
    };
}
