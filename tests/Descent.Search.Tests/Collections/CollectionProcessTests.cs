using System.Globalization;

namespace Descent.Search.Tests;

public sealed class CollectionProcessTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Another_process_is_kept_out_by_name_until_it_is_gone_however_it_goes()
    {
        using var process = Program.Start("hold", _folder.Path);
        Assert.Equal("held", process.StandardOutput.ReadLine());
        var error = Assert.Throws<IOException>(() => VectorCollection.Open<string>(_folder.Path));
        Assert.Contains(process.Id.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        using (var reader = VectorCollection.OpenReadOnly<string>(_folder.Path)) Assert.Equal(0, reader.Count);
        process.Kill();
        process.WaitForExit();
        using var collection = VectorCollection.Open<string>(_folder.Path);
        collection.Upsert("a", new float[2]);
        // This process too has one writer.
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Assert.Throws<IOException>(() => VectorCollection.Open<string>(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => VectorCollection.Delete(_folder.Path));
    }

    [Theory, MemberData(nameof(CollectionCase.Names), MemberType = typeof(CollectionCase))]
    public async Task A_reader_sees_what_was_written_since_when_it_refreshes(string name)
    {
        using var writer = VectorCollection.Open<string>(_folder.Path, CollectionCase.All[name].Options);
        using var reader = VectorCollection.OpenReadOnly<string>(_folder.Path, CollectionCase.All[name].Options);
        Assert.True(reader.IsReadOnly);
        Assert.Throws<InvalidOperationException>(() => reader.Upsert("a", new float[Invented.Dimension]));
        for (int round = 0; round < 30; round++)
        {
            Assert.False(reader.Refresh());
            int before = reader.Count;
            writer.Upsert(Enumerable.Range(5 * round, 20).Select(i => Invented.Record($"{i}", round)));
            writer.Delete($"{5 * round}");
            Assert.Equal(before, reader.Count);
            // Compactions take away the log that the reader follows, and more than one.
            for (int i = round % 4; i > 1; i--) await writer.CompactAsync();
            Assert.True(reader.Refresh());
            Assert.Equal(writer.Records(includeVectors: true).Select(r => (r.Key, Invented.Check(r))), reader.Records(includeVectors: true).Select(r => (r.Key, Invented.Check(r))));
            float[] query = Invented.Vector("query", round);
            Assert.Equal(writer.Search(query, 5, new() { Ef = 1000 }).Select(h => h.Key), reader.Search(query, 5, new() { Ef = 1000 }).Select(h => h.Key));
        }
    }

    [Fact]
    public async Task Compaction_leaves_only_the_files_that_are_needed()
    {
        using (var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = Invented.Dimension, ExactUpTo = 20 }))
        {
            for (int round = 0; round < 12; round++)
            {
                collection.Upsert(Enumerable.Range(100 * round, 100).Select(i => Invented.Record((long)i, i)));
                await collection.CompactAsync();
                var statistics = collection.Statistics;
                Assert.InRange(statistics.Segments, 1, 5);
                Assert.Equal(statistics.Segments, _folder.Names.Count(n => n.StartsWith("segment-", StringComparison.Ordinal)));
                Assert.Single(_folder.Names, n => n.StartsWith("log-", StringComparison.Ordinal));
                Assert.Single(_folder.Names, n => n.StartsWith("index-", StringComparison.Ordinal));
                Assert.Equal(LogFormat.HeaderBytes, statistics.LogBytes);
                Assert.Equal(0, statistics.Unindexed);
                Assert.Equal(100 * (round + 1), statistics.Index!.Count);
            }
            collection.Delete(Enumerable.Range(0, 1200).Select(i => (long)i));
            await collection.CompactAsync();
            Assert.Equal(0, collection.Statistics.Segments);
        }
        using var again = VectorCollection.Open<long>(_folder.Path);
        Assert.Equal(0, again.Count);
        Assert.Empty(again.Statistics.Notes);
    }
}
