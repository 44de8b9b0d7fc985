namespace Descent.Search.Tests;

/// <summary>Writes into a collection until no more fits into its log, makes room by compaction, and goes on.</summary>
static class FullDisk
{
    internal static void Fill(string folder)
    {
        using var collection = VectorCollection.Open<long>(folder, new() { Dimension = Invented.Dimension, FlushInterval = Timeout.InfiniteTimeSpan });
        var acknowledged = new List<long>();
        string? refused = null;
        for (long i = 0; ; i++)
        {
            try
            {
                collection.Upsert([Invented.Record(i, i)]);
                acknowledged.Add(i);
            }
            catch (IOException error)
            {
                refused = error.Message;
                // A smaller one may fit.
                if (collection.Get(i) is not null) throw new InvalidOperationException("What was refused is there.", error);
                break;
            }
        }
        collection.CompactAsync().GetAwaiter().GetResult();
        for (long i = 1_000_000; i < 1_000_200; i++)
        {
            collection.Upsert([Invented.Record(i, i)]);
            acknowledged.Add(i);
        }
        Console.WriteLine(refused);
        foreach (long key in acknowledged) Console.WriteLine(key);
    }
}
