using Descent.Search.Storms;
using Descent.Testing;

namespace Descent.Search.Tests;

public class IndexFileTests
{
    public static TheoryData<string> Cases => IndexCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public void Damaged_files_are_refused_with_the_byte(string name)
    {
        byte[] file = Saved(name);
        int refused = 0;
        foreach (byte[] damaged in Mutator.Mutate(file, 300, seed: 13))
        {
            if (damaged.AsSpan().SequenceEqual(file)) continue;
            Assert.Contains("byte ", Assert.Throws<InvalidDataException>(() => Open(damaged)).Message, StringComparison.Ordinal);
            refused++;
        }
        Assert.InRange(refused, 250, 300);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Damage_under_right_checksums_is_refused_or_harmless(string name)
    {
        string path = Path.GetTempFileName();
        byte[] other = Saved(name.StartsWith("flat", StringComparison.Ordinal) ? "hnsw" : "flat");
        var fuzz = new IndexFuzz([Saved(name), other], path);
        fuzz.Run(160, seed: 14);
        Assert.True(fuzz.Refused > 150, $"{fuzz.Refused} refused, {fuzz.Opened} opened");
        Assert.True(fuzz.Opened > 30, $"{fuzz.Refused} refused, {fuzz.Opened} opened");
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_mapped_index_is_like_one_that_was_read(string name)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Saved(name));
            float[] queries = IndexCase.Sample(40, 6, 15), x = IndexCase.Sample(70, 6, 16);
            using (var read = VectorIndex.Open(path))
            using (var mapped = VectorIndex.Open(path, isMapped: true))
            {
                Assert.Equal(read.SearchMany(queries, 5), mapped.SearchMany(queries, 5));
                Assert.Equal(read.Find(103), mapped.Find(103));
                foreach (var index in (VectorIndex[])[read, mapped])
                {
                    // Free slots are filled in place first, then memory grows.
                    index.Remove(IndexCase.Ids(20));
                    index.Add([1, 2], x.AsSpan(0, 12));
                    index.Add([.. Enumerable.Range(1000, 70).Select(i => (long)i)], x);
                }
                Assert.Equal(read.SearchMany(queries, 5), mapped.SearchMany(queries, 5));
                var (one, two) = (new MemoryStream(), new MemoryStream());
                read.Save(one);
                mapped.Save(two);
                Assert.Equal(one.ToArray(), two.ToArray());
            }
            Assert.Equal(Saved(name), File.ReadAllBytes(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_damaged_vector_of_a_mapped_file_is_never_found_and_told_before_a_change()
    {
        string path = Path.GetTempFileName();
        try
        {
            foreach (string name in (string[])["flat", "hnsw", "nsg", "vamana", "qg"])
            {
                byte[] file = Saved(name);
                float[] vector;
                using (var whole = Open(file)) vector = whole.Find(130)!;
                int at = file.AsSpan().IndexOf(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(vector));
                Assert.Equal(0, at % 64);
                BitConverter.TryWriteBytes(file.AsSpan(at + 4), float.NaN);
                File.WriteAllBytes(path, file);
                Assert.Contains("byte ", Assert.Throws<InvalidDataException>(() => VectorIndex.Open(path)).Message, StringComparison.Ordinal);
                using var index = VectorIndex.Open(path, isMapped: true);
                var found = index.Search(vector, 60, new() { Ef = 100 });
                Assert.Equal(59, found.Length);
                Assert.DoesNotContain(found, f => f.Id == 130 || float.IsNaN(f.Distance));
                Assert.Contains("id 130", Assert.Throws<InvalidDataException>(() => index.Add(1, vector)).Message, StringComparison.Ordinal);
                Assert.Equal(60, index.Count);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public unsafe void A_damaged_list_of_a_mapped_file_leads_nowhere_and_is_told_before_it_is_relied_on()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] file = Saved("qg");
            int stride;
            using (var whole = (QuantizedGraphIndex)Open(file)) stride = EdgeCodec.ListBytes(whole.Store.Codec, whole.Options.Degree);
            stride = (stride + 63) / 64 * 64;
            // The last section.
            int lists = file.Length - sizeof(int) - 60 * stride;
            Assert.Equal(0, lists % 64);
            foreach (int link in (int[])[60, int.MaxValue, -2, int.MinValue, 30])
            {
                byte[] damaged = [.. file];
                for (int place = 3; place < 60; place++) BitConverter.TryWriteBytes(damaged.AsSpan(lists + 30 * stride + place * sizeof(int)), link);
                File.WriteAllBytes(path, damaged);
                using var index = VectorIndex.Open(path, isMapped: true);
                float[] query = IndexCase.Sample(1, 6, 91);
                Assert.Equal(10, index.Search(query, 10).Length);
                foreach (Action use in (Action[])[() => _ = index.Statistics, () => ((GraphIndex)index).CopyLayers(), () => index.Save(Stream.Null), () => index.Add(1, query), () => index.Remove(103)])
                    Assert.Contains($"byte {lists + 30 * stride}: ", Assert.Throws<InvalidDataException>(use).Message, StringComparison.Ordinal);
                Assert.Equal(60, index.Count);
                Assert.Equal(10, index.Search(query, 10).Length);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_packed_graph_without_codes_in_its_file_opens_as_before()
    {
        // Of 200 vectors, as they were written before the third version was followed by another.
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Formats", "qg-version3.index"));
        using var index = Open(file);
        using var again = new MemoryStream();
        index.Save(again);
        using var opened = Open(again.ToArray());
        foreach (var one in (VectorIndex[])[index, opened])
        {
            var found = one.Search(IndexCase.Sample(1, 6, 15), 5);
            Assert.Equal((long[])[172, 652, 484, 547, 610], found.Select(f => f.Id));
            Assert.Equal((200, 200), (one.Count, one.Statistics.Reachable));
        }
        Assert.Equal(index.SearchMany(IndexCase.Sample(50, 6, 17), 10), opened.SearchMany(IndexCase.Sample(50, 6, 17), 10));
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_file_cut_off_anywhere_is_refused(string name)
    {
        byte[] file = Saved(name);
        for (int length = 0; length < file.Length; length += length < 64 ? 1 : 97)
            Assert.Throws<InvalidDataException>(() => Open(file[..length]));
    }

    static byte[] Saved(string name)
    {
        using var index = IndexCase.All[name].Filled(60, 6);
        using var file = new MemoryStream();
        index.Save(file);
        return file.ToArray();
    }

    static VectorIndex Open(byte[] file)
    {
        using var stream = new MemoryStream(file, writable: false);
        return IndexFile.Read(stream, "test");
    }
}
