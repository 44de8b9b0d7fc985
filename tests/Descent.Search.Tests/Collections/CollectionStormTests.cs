using System.Globalization;

namespace Descent.Search.Tests;

public sealed class CollectionStormTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly Dictionary<string, long> _acknowledged = [];
    readonly (bool IsDelete, long Version, string[] Keys)?[] _open = new (bool, long, string[])?[StormWriter.Threads];
    TaskCompletionSource _isWriting = new();
    long _changes;

    /// <summary>More by <c>DESCENT_KILLS</c>.</summary>
    static int Kills => int.TryParse(Environment.GetEnvironmentVariable("DESCENT_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? kills : 5;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task However_often_the_writer_is_killed_what_it_acknowledged_is_there_and_nothing_is_half_there()
    {
        var random = new Random(11);
        int torn = 0, segments = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            using (var process = Program.Start("write", _folder.Path, kill.ToString(CultureInfo.InvariantCulture), (1_000_000L * (kill + 1)).ToString(CultureInfo.InvariantCulture)))
            {
                var complaint = process.StandardError.ReadToEndAsync();
                _isWriting = new();
                var listening = Task.Run(() => Listen(process.StandardOutput));
                // While it recovers every fourth time, else when it has written for a while and compacted some times.
                if (kill % 4 == 3) await Task.Delay(random.Next(50, 300));
                else
                {
                    await Task.WhenAny(_isWriting.Task, listening);
                    await Task.Delay(random.Next(20, 700));
                    FollowWhile(random.Next(0, 300));
                }
                process.Kill();
                await process.WaitForExitAsync();
                await listening;
                Assert.Equal("", await complaint);
            }
            if (!VectorCollection.Exists(_folder.Path)) continue;
            using var collection = VectorCollection.Open<string>(_folder.Path, StormWriter.Options);
            Verify(collection);
            torn += collection.Statistics.Notes.Count;
            segments = Math.Max(segments, collection.Statistics.Segments);
        }
        Console.WriteLine($"{Kills} kills, {_changes} acknowledged writes, {torn} notes, up to {segments} segments, {_acknowledged.Count} records at last.");
        Assert.True(_changes > 20 * Kills, $"only {_changes} writes were acknowledged");
        Assert.True(segments > 0, "nothing was ever compacted");
    }

    /// <summary>Reads beside the writer, as another process does.</summary>
    void FollowWhile(int milliseconds)
    {
        if (!VectorCollection.Exists(_folder.Path)) return;
        using var reader = VectorCollection.OpenReadOnly<string>(_folder.Path, StormWriter.Options with { Dimension = null });
        for (long end = Environment.TickCount64 + milliseconds; Environment.TickCount64 < end; reader.Refresh())
            foreach (var record in reader.Records(includeVectors: true)) Invented.Check(record);
    }

    void Listen(StreamReader output)
    {
        while (output.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            // The last line may be cut off where nobody was left to write the rest.
            if (words is ["done", var by])
            {
                Settle(int.Parse(by, CultureInfo.InvariantCulture), happened: true);
                _changes++;
                _isWriting.TrySetResult();
            }
            else if (words is ["delete" or "upsert", var thread, var version, .. var keys])
                _open[int.Parse(thread, CultureInfo.InvariantCulture)] = (words[0] == "delete", long.Parse(version, CultureInfo.InvariantCulture), keys);
        }
    }

    /// <summary>A thread's open write happened or did not.</summary>
    void Settle(int thread, bool happened)
    {
        if (_open[thread] is not var (isDelete, version, keys)) return;
        _open[thread] = null;
        if (!happened) return;
        foreach (string key in keys)
            if (isDelete) _acknowledged.Remove(key);
            else _acknowledged[key] = version;
    }

    void Verify(VectorCollection<string> collection)
    {
        var found = collection.Records(includeVectors: true).ToDictionary(r => r.Key, Invented.Check);
        for (int thread = 0; thread < _open.Length; thread++)
        {
            if (_open[thread] is not var (isDelete, version, keys)) continue;
            bool[] happened = [.. keys.Where(key => isDelete ? _acknowledged.ContainsKey(key) : true).Select(key => isDelete ? !found.ContainsKey(key) : found.GetValueOrDefault(key) == version).Distinct()];
            Assert.True(happened.Length <= 1, $"write {version} of {string.Join(' ', keys)} is half there");
            Settle(thread, happened is [true]);
        }
        Assert.Equal(_acknowledged.OrderBy(e => e.Key, StringComparer.Ordinal), found.OrderBy(e => e.Key, StringComparer.Ordinal));
        Assert.Equal(_acknowledged.Count, collection.Count);
        // And the index finds them.
        foreach (var (key, version) in _acknowledged.Take(100))
        {
            Assert.Equal(key, collection.Search(Invented.Vector(key, version), 1)[0].Key);
            Assert.Equal(version, Invented.Check(collection.Get(key, includeVector: true)!));
        }
    }
}
