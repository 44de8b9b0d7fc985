using System.Text;
using Descent.Tensors;

namespace Descent.Search.Tests;

/// <summary>
/// Writes a collection from four threads until it is killed, and says on the standard output what it is about to write and what was
/// acknowledged. A thread writes keys of its own, so that who reads knows what must be there: all that was acknowledged, and of the
/// one write of each thread that may be under way all or nothing.
/// </summary>
static class StormWriter
{
    internal const int Threads = 4;

    // Few, so that most writes replace or remove something.
    const int Keys = 300;

    internal static CollectionOptions Options => new() { Dimension = Invented.Dimension, ExactUpTo = 200, CompactAt = 1 << 16 };

    internal static void Run(string folder, ulong seed, long version)
    {
        using var output = Console.OpenStandardOutput();
        using var collection = VectorCollection.Open<string>(folder, Options);
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() => Write(collection, output, t, new(seed, (ulong)t), version + t * 100_000L))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
    }

    static void Write(VectorCollection<string> collection, Stream output, int thread, Generator random, long version)
    {
        while (true)
        {
            string[] keys = [.. Enumerable.Range(0, random.NextInt64(0, 3) == 0 ? (int)random.NextInt64(2, 30) : 1).Select(_ => $"{thread}-{random.NextInt64(0, Keys)}").Distinct()];
            bool isDelete = random.NextInt64(0, 4) == 0;
            Say(output, $"{(isDelete ? "delete" : "upsert")} {thread} {++version} {string.Join(' ', keys)}");
            if (isDelete) collection.Delete(keys);
            else collection.Upsert(keys.Select(key => Invented.Record(key, version)));
            Say(output, $"done {thread}");
        }
    }

    /// <summary>One write to the pipe, which the system does not cut.</summary>
    static void Say(Stream output, string line)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line + "\n");
        lock (output)
        {
            output.Write(bytes);
            output.Flush();
        }
    }
}
