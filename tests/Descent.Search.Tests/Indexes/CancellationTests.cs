namespace Descent.Search.Tests;

public class CancellationTests
{
    const int Dimension = 6;

    public static TheoryData<string> Cases => IndexCase.Names;

    public static TheoryData<string> Graphs => ["hnsw", "nsg", "vamana", "qg", "hnsw by int8 codes"];

    [Theory, MemberData(nameof(Cases))]
    public void A_stopped_addition_leaves_the_index_as_it_was(string name)
    {
        const int n = 400;
        float[] queries = IndexCase.Sample(5, Dimension, 61), x = IndexCase.Sample(900, Dimension, 62);
        foreach (int there in (int[])[0, n])
            foreach (double share in (double[])[0, 0.1, 0.3, 0.6, 0.9])
            {
                using var index = IndexCase.All[name].Create(Dimension);
                if (there > 0) index.Add(IndexCase.Ids(there), IndexCase.Sample(there, Dimension, 5));
                byte[] before = Saved(index);
                var found = index.SearchMany(queries, 7);
                using var source = new CancellationTokenSource();
                var wrong = new List<string>();
                // A third of the ids are there already.
                long[] ids = [.. IndexCase.Ids(there).Take(300), .. Enumerable.Range(0, 900 - Math.Min(there, 300)).Select(i => -1L - i)];
                var progress = new Watch(reached =>
                {
                    if (index.Count != there || index.Contains(-1)) wrong.Add($"something is there at {reached}");
                    if (there > 0 && !index.Search(queries.AsSpan(0, Dimension), 7).AsSpan().SequenceEqual(found.AsSpan(0, 7))) wrong.Add($"another answer at {reached}");
                    if (reached >= share) source.Cancel();
                });
                bool isStopped = false;
                try
                {
                    index.Add(ids, x, progress, source.Token);
                }
                catch (OperationCanceledException)
                {
                    isStopped = true;
                }
                if (!isStopped)
                {
                    // It was told at the end only, when all was done.
                    Assert.Equal(there + 900 - Math.Min(there, 300), index.Count);
                    Assert.True(share > 0 || name.StartsWith("flat", StringComparison.Ordinal));
                    continue;
                }
                Assert.Empty(wrong);
                Assert.Equal(found, index.SearchMany(queries, 7));
                Assert.Equal(before, Saved(index));
                index.Add(ids, x);
                Assert.Equal(there + 900 - Math.Min(there, 300), index.Count);
                Assert.Equal(index.Count, index.Statistics.Reachable);
                float[] one = index.Find(-5)!;
                Assert.Equal(IndexCase.Exact(index, index.ListIds(), one, 1)[0].Distance, index.Search(one, 1)[0].Distance, 1e-3f);
            }
    }

    [Theory, MemberData(nameof(Graphs))]
    public void What_has_joined_a_graph_in_place_is_taken_out_again(string name)
    {
        const int n = 4900, more = 300, dimension = 4;
        using var index = IndexCase.All[name].Filled(n, dimension);
        float[] x = IndexCase.Sample(more, dimension, 63), queries = IndexCase.Sample(20, dimension, 64);
        // Half of them replace.
        long[] ids = [.. IndexCase.Ids(more / 2), .. Enumerable.Range(0, more / 2).Select(i => -1L - i)];
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => index.Add(ids, x, new Watch(reached =>
        {
            // One batch of two has joined.
            if (reached > 0.8) source.Cancel();
        }), source.Token));
        Assert.Equal(IndexCase.Ids(n), index.ListIds());
        Assert.Equal(n, index.Statistics.Reachable);
        double hits = 0;
        for (int q = 0; q < 20; q++)
        {
            var query = queries.AsSpan(q * dimension, dimension);
            var expected = IndexCase.Exact(index, IndexCase.Ids(n), query, 10);
            hits += index.Search(query, 10).Count(f => f.Distance <= expected[^1].Distance + 1e-5f);
        }
        Assert.True(hits >= IndexCase.All[name].Recall * 200, $"{hits} of 200");
        using var opened = IndexFile.Read(new MemoryStream(Saved(index)), "saved");
        Assert.Equal(n, opened.Count);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Progress_rises_from_part_to_part_until_all_is_there(string name)
    {
        using var index = IndexCase.All[name].Create(Dimension);
        var shares = new List<double>();
        index.Add(IndexCase.Ids(2500), IndexCase.Sample(2500, Dimension, 65), new Watch(shares.Add));
        Assert.Equal(1, shares[^1]);
        Assert.True(shares.Zip(shares.Skip(1)).All(s => s.First < s.Second));
        Assert.All(shares, s => Assert.InRange(s, 0, 1));
        if (!name.StartsWith("flat", StringComparison.Ordinal)) Assert.True(shares.Count(s => s < 1) >= 5, string.Join(' ', shares));
    }

    [Theory, MemberData(nameof(Cases))]
    public void What_progress_throws_ends_an_addition_too(string name)
    {
        using var index = IndexCase.All[name].Filled(50, Dimension);
        Assert.Throws<InvalidTimeZoneException>(() => index.Add(IndexCase.Ids(900), IndexCase.Sample(900, Dimension, 66), new Watch(_ => throw new InvalidTimeZoneException())));
        if (!name.StartsWith("flat", StringComparison.Ordinal)) Assert.Equal(50, index.Count);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Searches_and_saving_can_be_stopped(string name)
    {
        using var index = IndexCase.All[name].Filled(300, Dimension);
        float[] queries = IndexCase.Sample(200, Dimension, 67);
        Assert.Throws<OperationCanceledException>(() => index.SearchMany(queries, 5, null, new(true)));
        Assert.Throws<OperationCanceledException>(() => index.Add([1], queries.AsSpan(0, Dimension), null, new(true)));
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            string path = Path.Combine(folder.FullName, "a.index");
            index.Save(path);
            byte[] before = File.ReadAllBytes(path);
            index.Remove(100);
            Assert.Throws<OperationCanceledException>(() => index.Save(path, new(true)));
            Assert.Equal(before, File.ReadAllBytes(path));
            Assert.Single(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static byte[] Saved(VectorIndex index)
    {
        using var file = new MemoryStream();
        index.Save(file);
        return file.ToArray();
    }

    sealed class Watch(Action<double> see) : IProgress<double>
    {
        public void Report(double value) => see(value);
    }
}
