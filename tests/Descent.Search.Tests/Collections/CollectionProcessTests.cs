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

    [Fact]
    public async Task Closing_saves_an_index_that_opening_would_have_to_link_again()
    {
        var options = new CollectionOptions { Dimension = Invented.Dimension, ExactUpTo = 20 };
        using (var collection = VectorCollection.Open<long>(_folder.Path, options))
        {
            collection.Upsert(Enumerable.Range(0, 1000).Select(i => Invented.Record((long)i, i)));
            while (collection.Statistics.Index is not { Count: > 500 }) await Task.Delay(5);
        }
        long linked;
        using (var collection = VectorCollection.OpenReadOnly<long>(_folder.Path, options with { CreateIndex = static _ => throw new InvalidOperationException("The index was made anew.") }))
        {
            Assert.Empty(collection.Statistics.Notes);
            linked = collection.Statistics.Index!.Count;
            Assert.InRange(linked, 501, 1000);
        }
        // Nothing new, so nothing is written.
        string[] before = _folder.Names;
        VectorCollection.Open<long>(_folder.Path, options with { ExactUpTo = 5000 }).Dispose();
        Assert.Equal(before.Where(n => n.StartsWith("index-", StringComparison.Ordinal)), _folder.Names.Where(n => n.StartsWith("index-", StringComparison.Ordinal)));
        using var again = VectorCollection.Open<long>(_folder.Path, options);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(i, again.Search(Invented.Vector((long)i, i), 1)[0].Key));
    }

    [Fact]
    public async Task Folders_may_have_any_name_and_readers_write_nothing_into_them()
    {
        string folder = _folder.At("a b – ü 数 %41 #");
        using (var collection = VectorCollection.Open<string>(folder, new() { Dimension = Invented.Dimension, ExactUpTo = 20 }))
        {
            collection.Upsert(Enumerable.Range(0, 50).Select(i => Invented.Record($"{i} – ü 数", i)));
            await collection.CompactAsync();
            collection.Upsert([Invented.Record("last", 1)]);
        }
        var before = Files();
        using (var reader = VectorCollection.OpenReadOnly<string>(folder))
        {
            Assert.Equal(51, reader.Count);
            Assert.Equal(7, Invented.Check(reader.Get("7 – ü 数", includeVector: true)!));
            Assert.Equal("last", reader.Search(Invented.Vector("last", 1), 1)[0].Key);
            Assert.False(reader.Refresh());
        }
        Assert.Equal(before, Files());

        (string, DateTime, long)[] Files() => [.. new DirectoryInfo(folder).GetFiles().OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => (f.Name, f.LastWriteTimeUtc, f.Length))];
    }

    [Fact]
    public async Task Where_the_disk_is_full_a_write_fails_and_nothing_else()
    {
        if (OperatingSystem.IsWindows()) return;
        using var process = Program.StartLimited(200, "fill", _folder.Path);
        string output = await process.StandardOutput.ReadToEndAsync();
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // What was refused once, and what to do.
        Assert.Contains("make room", lines[0], StringComparison.Ordinal);
        Assert.Contains("nothing", lines[0], StringComparison.OrdinalIgnoreCase);
        var acknowledged = lines[1..].Select(long.Parse).ToHashSet();
        Assert.InRange(acknowledged.Count, 1000, 10_000);
        using var collection = VectorCollection.Open<long>(_folder.Path);
        Assert.Empty(collection.Statistics.Notes);
        Assert.Equal(acknowledged.Order(), collection.Records(includeVectors: true).Select(r =>
        {
            Assert.Equal(r.Key, Invented.Check(r));
            return r.Key;
        }).Order());
    }
}
