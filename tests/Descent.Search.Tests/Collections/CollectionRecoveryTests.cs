using System.Globalization;
using Descent.Testing;
using Descent.Tensors.Formats;

namespace Descent.Search.Tests;

public sealed class CollectionRecoveryTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    /// <summary>More by <c>DESCENT_MUTATIONS</c>, for each of the files.</summary>
    static int Mutations => int.TryParse(Environment.GetEnvironmentVariable("DESCENT_MUTATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 100;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_cut_off_anywhere_keeps_every_write_before_the_cut_and_nothing_of_the_one_in_it()
    {
        // Where the log ended after each write, and what was there then.
        var states = new List<(long Length, Dictionary<long, long> Records)>();
        using (var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = Invented.Dimension }))
        {
            states.Add((collection.Statistics.LogBytes, []));
            for (int i = 1; i <= 6; i++)
            {
                var records = new Dictionary<long, long>(states[^1].Records);
                if (i == 4) Assert.True(records.Remove(collection.Delete(2) ? 2 : 0));
                else
                {
                    collection.Upsert(Enumerable.Range(i, 3).Select(key => Invented.Record((long)key, i)));
                    foreach (int key in Enumerable.Range(i, 3)) records[key] = i;
                }
                states.Add((collection.Statistics.LogBytes, records));
            }
        }
        byte[] log = File.ReadAllBytes(Log);
        Assert.Equal(states[^1].Length, log.Length);
        for (int length = (int)states[0].Length; length <= log.Length; length += 11)
        {
            // What a disk has of a write that was under way may be less, or as much with other bytes in the end.
            byte[] cut = log[..length];
            var (end, expected) = states.Last(s => s.Length <= length);
            foreach (byte[] rest in new[] { cut, [.. cut[..(int)end], .. new byte[length - end]], [.. cut, 1, 2, 3] })
            {
                using var copy = _folder.Copy();
                File.WriteAllBytes(copy.At(Path.GetFileName(Log)), rest);
                for (int again = 0; again < 2; again++)
                {
                    using var collection = VectorCollection.Open<long>(copy.Path);
                    Assert.Equal(expected, collection.Records(includeVectors: true).ToDictionary(r => r.Key, Invented.Check));
                    Assert.Equal(end, collection.Statistics.LogBytes);
                    if (again == 0 && rest.Length > end) Assert.Contains($"byte {end}: ", Assert.Single(collection.Statistics.Notes), StringComparison.Ordinal);
                    else Assert.Empty(collection.Statistics.Notes);
                }
            }
        }
    }

    [Fact]
    public void Damage_before_the_last_write_is_an_error_that_names_the_byte_and_leaves_the_file()
    {
        var ends = new List<long>();
        using (var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = Invented.Dimension }))
            for (int i = 0; i < 5; i++)
            {
                ends.Add(collection.Statistics.LogBytes);
                collection.Upsert([Invented.Record((long)i, i)]);
            }
        byte[] log = File.ReadAllBytes(Log);
        for (long at = ends[0]; at < ends[4]; at += 7)
        {
            byte[] damaged = (byte[])log.Clone();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(Log, damaged);
            var error = Assert.Throws<InvalidDataException>(() => VectorCollection.Open<long>(_folder.Path));
            Assert.Contains($"byte {ends.Last(end => end <= at)}: ", error.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(Log));
        }
    }

    [Fact]
    public void Damage_before_what_was_never_flushed_is_no_error()
    {
        long second;
        using (var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = Invented.Dimension, FlushInterval = Timeout.InfiniteTimeSpan }))
        {
            collection.Upsert([Invented.Record(1L, 1)]);
            second = collection.Statistics.LogBytes;
            collection.Upsert([Invented.Record(2L, 2)]);
            collection.Upsert([Invented.Record(3L, 3)]);
        }
        // A disk may have the third and not the second.
        byte[] log = File.ReadAllBytes(Log);
        log[second + 50] ^= 1;
        File.WriteAllBytes(Log, log);
        using var again = VectorCollection.Open<long>(_folder.Path);
        Assert.Equal([1], again.Records().Select(r => r.Key));
        Assert.Contains($"byte {second}: ", Assert.Single(again.Statistics.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_that_is_gone_or_damaged_is_made_anew()
    {
        var options = new CollectionOptions { Dimension = Invented.Dimension, ExactUpTo = 50 };
        using (var collection = VectorCollection.Open<long>(_folder.Path, options))
        {
            collection.Upsert(Enumerable.Range(0, 400).Select(i => Invented.Record((long)i, i)));
            await collection.CompactAsync();
            Assert.NotNull(collection.Statistics.Index);
        }
        string index = Index();
        byte[] bytes = File.ReadAllBytes(index);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(index, bytes);
        Verify();
        File.Delete(Index());
        Verify();

        string Index() => _folder.At(_folder.Names.Single(n => n.StartsWith("index-", StringComparison.Ordinal)));

        void Verify()
        {
            using var collection = VectorCollection.Open<long>(_folder.Path, options);
            Assert.Contains("anew", Assert.Single(collection.Statistics.Notes), StringComparison.Ordinal);
            Assert.All(Enumerable.Range(0, 400), i => Assert.Equal(i, collection.Search(Invented.Vector((long)i, i), 1)[0].Key));
            while (collection.Statistics.Index is not { Count: > 100 }) Thread.Sleep(5);
        }
    }

    [Fact]
    public async Task A_compaction_broken_off_between_any_two_files_leaves_the_collection_as_it_was()
    {
        await Fill();
        using var before = _folder.Copy();
        Dictionary<long, long> expected;
        using (var collection = VectorCollection.Open<long>(_folder.Path, new() { ExactUpTo = 20 }))
        {
            expected = collection.Records(includeVectors: true).ToDictionary(r => r.Key, Invented.Check);
            // What a log ends with.
            byte[] log = File.ReadAllBytes(before.At("log-00000002"));
            File.WriteAllBytes(before.At("ended"), [.. log, .. LogFormat.Frame(new(0, 0, collection.Statistics.Sequence + 1, log.Length), [])]);
            await collection.CompactAsync();
        }
        string[] old = [.. before.Names.Except(["manifest", "owner", "ended"])], made = [.. _folder.Names.Except(["manifest", "owner", "lock"]).Except(old)];
        Assert.Contains("log-00000003", made);
        Assert.True(made.Length >= 3, string.Join(' ', made));
        var copies = new List<Action<string>>
        {
            folder => Copy(before, folder, [.. old, "manifest"]),
            folder => Copy(_folder, folder, ["log-00000003"]),
            folder => File.Copy(before.At("ended"), Path.Combine(folder, "log-00000002"), overwrite: true),
        };
        foreach (string file in made) copies.Add(folder => Copy(_folder, folder, [file]));
        copies.Add(folder => Copy(_folder, folder, ["manifest"]));
        foreach (string file in old.Except(_folder.Names)) copies.Add(folder => File.Delete(Path.Combine(folder, file)));
        for (int steps = 1; steps <= copies.Count; steps++)
        {
            using var state = new TemporaryFolder();
            Directory.CreateDirectory(state.Path);
            foreach (var copy in copies.Take(steps)) copy(state.Path);
            using (var reader = VectorCollection.OpenReadOnly<long>(state.Path)) Assert.Equal(expected.Count, reader.Count);
            using var collection = VectorCollection.Open<long>(state.Path, new() { ExactUpTo = 20 });
            Assert.Equal(expected, collection.Records(includeVectors: true).ToDictionary(r => r.Key, Invented.Check));
            Assert.Empty(collection.Statistics.Notes);
            collection.Upsert([Invented.Record(1000L, 5)]);
            await collection.CompactAsync();
            Assert.Equal(5, Invented.Check(collection.Get(1000, includeVector: true)!));
            Assert.Equal(2 + collection.Statistics.Segments, state.Names.Count(n => n is not ("lock" or "owner" or "manifest")));
        }

        static void Copy(TemporaryFolder from, string to, string[] names)
        {
            foreach (string name in names) File.Copy(from.At(name), Path.Combine(to, name), overwrite: true);
        }
    }

    [Fact]
    public void A_log_of_another_collection_is_refused()
    {
        foreach (string name in new[] { "a", "b" })
        {
            using var collection = VectorCollection.Open<long>(_folder.At(name), new() { Dimension = Invented.Dimension });
            collection.Upsert([Invented.Record(1L, 1)]);
        }
        File.Copy(Path.Combine(_folder.At("a"), "log-00000001"), Path.Combine(_folder.At("b"), "log-00000001"), overwrite: true);
        Assert.Contains("byte 0: ", Assert.Throws<InvalidDataException>(() => VectorCollection.Open<long>(_folder.At("b"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("log-")]
    [InlineData("segment-")]
    public async Task A_file_that_is_missing_is_named(string start)
    {
        await Fill();
        string name = _folder.Names.First(n => n.StartsWith(start, StringComparison.Ordinal));
        File.Delete(_folder.At(name));
        Assert.Contains(name, Assert.ThrowsAny<IOException>(Open).Message, StringComparison.Ordinal);

        void Open()
        {
            try
            {
                VectorCollection.Open<long>(_folder.Path, new() { Dimension = Invented.Dimension }).Dispose();
            }
            catch (InvalidDataException error)
            {
                throw new IOException(error.Message, error);
            }
        }
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("log-")]
    [InlineData("segment-")]
    [InlineData("index-")]
    public async Task Damaged_files_are_refused_or_harmless(string start)
    {
        await Fill();
        string name = _folder.Names.Last(n => n.StartsWith(start, StringComparison.Ordinal));
        byte[] file = File.ReadAllBytes(_folder.At(name));
        Fuzz.Verify(Mutator.Mutate(file, Mutations, seed: 15), damaged => Use(name, damaged), constant: 4 << 20);
    }

    /// <summary>Damage that the checksums do not tell, as somebody makes it who knows them.</summary>
    [Theory]
    [InlineData("manifest")]
    [InlineData("log-")]
    [InlineData("segment-")]
    public async Task Damage_under_right_checksums_is_refused_or_harmless(string start)
    {
        await Fill();
        string name = _folder.Names.Last(n => n.StartsWith(start, StringComparison.Ordinal));
        byte[] file = File.ReadAllBytes(_folder.At(name));
        Fuzz.Verify(Mutator.Mutate(file, Mutations, seed: 16), damaged => Use(name, Sealed(start, damaged)), constant: 4 << 20);
    }

    /// <summary>A collection with a segment, an index and something in the log.</summary>
    async Task Fill()
    {
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Dimension = Invented.Dimension, ExactUpTo = 20 });
        collection.Upsert(Enumerable.Range(0, 60).Select(i => Invented.Record((long)i, i)));
        collection.Delete(Enumerable.Range(0, 5).Select(i => (long)i));
        await collection.CompactAsync();
        collection.Upsert(Enumerable.Range(50, 20).Select(i => Invented.Record((long)i, i)));
        collection.Delete(7);
        collection.Upsert([Invented.Record(7L, 7)]);
    }

    /// <summary>Opens a copy of the collection with another file, and uses what is there.</summary>
    void Use(string name, byte[] file)
    {
        using var copy = _folder.Copy();
        File.WriteAllBytes(copy.At(name), file);
        // A manifest may come to be that of a sound collection with other keys, which is no damage.
        if (file.AsSpan().StartsWith("DESCCOL"u8) && file.Length > 32 && file[28] == 1) return;
        using (var reader = VectorCollection.OpenReadOnly<long>(copy.Path)) reader.Refresh();
        using var collection = VectorCollection.Open<long>(copy.Path);
        foreach (var record in collection.Records(PayloadFilter.EqualTo("even", true), includeVectors: true)) Assert.Equal(record.Vector.Length, collection.Dimension);
        collection.Search(new float[collection.Dimension], 5);
        collection.Upsert(1, new float[collection.Dimension]);
    }

    string Log => _folder.At("log-00000001");

    /// <summary>The file with the checksums that it should have.</summary>
    static byte[] Sealed(string start, byte[] file)
    {
        if (start == "manifest" && file.Length > 4) Put(file.Length - 4, Crc32.Compute(file.AsSpan(0, file.Length - 4)));
        if (start == "segment-" && file.Length >= 64)
        {
            long table = BitConverter.ToInt64(file, 36);
            if (table >= 0 && table <= file.Length) Put(44, Crc32.Compute(file.AsSpan((int)table)));
            Put(48, Crc32.Compute(file.AsSpan(0, 48)));
        }
        if (start == "log-" && file.Length >= 32)
        {
            Put(28, Crc32.Compute(file.AsSpan(0, 28)));
            for (long at = 32; at + 32 <= file.Length;)
            {
                int length = BitConverter.ToInt32(file, (int)at + 4);
                if (length < 0 || length > file.Length - at - 32) break;
                Put((int)at + 28, Crc32.Compute(file.AsSpan((int)at + 32, length), Crc32.Compute(file.AsSpan((int)at, 28))));
                at += 32 + length;
            }
        }
        return file;

        void Put(int at, uint checksum) => BitConverter.TryWriteBytes(file.AsSpan(at), checksum);
    }
}
