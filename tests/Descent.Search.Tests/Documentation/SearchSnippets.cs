using Descent.Tensors;

namespace Descent.Search.Tests.Documentation;

/// <summary>The examples of docs/concepts/search.md.</summary>
public sealed class SearchSnippets : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-search-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Build_search_filter_save_open()
    {
        string path = Path.Combine(_folder, "a.index");
        float[] vectors = VectorSamples.Clusters(2_000, 32, clusters: 10), query = VectorSamples.Clusters(1, 32, clusters: 10, draw: 1);
        long[] ids = [.. Enumerable.Range(0, 2_000).Select(i => (long)i)];

        using var index = new HnswIndex(dimension: 32, VectorMetric.Cosine);
        index.Add(ids, vectors);                                                     // many at once, on all threads
        index.Add(5_000, query);                                                     // or one
        Neighbor[] nearest = index.Search(query, k: 3);                              // (Id, Distance), nearest first

        Neighbor[] even = index.Search(query, k: 3, new() { Filter = id => id % 2 == 0 });
        Neighbor[] surer = index.Search(query, k: 3, new() { Ef = 200 });            // more in view: slower, and finds more
        Neighbor[] within = index.SearchRange(query, radius: 0.1f);
        Neighbor[] many = index.SearchMany(vectors.AsSpan(0, 100 * 32), k: 5);       // (100, 5), on all threads

        index.Remove(5_000);
        index.Save(path);
        using var again = VectorIndex.Open(path);

        Assert.Equal(5_000, nearest[0].Id);
        Assert.All(even, n => Assert.Equal(0, n.Id % 2));
        Assert.Equal(nearest, surer);
        Assert.All(within, n => Assert.True(n.Distance <= 0.1f));
        Assert.Equal(500, many.Length);
        Assert.Equal(2_000, again.Count);
        Assert.False(again.Contains(5_000));
        Assert.Equal(index.Search(query, 3), again.Search(query, 3));
    }

    [Fact]
    public void Measure_and_set_how_far_searches_look()
    {
        float[] vectors = VectorSamples.Cloud(3_000, 32, latent: 16), queries = VectorSamples.Cloud(100, 32, latent: 16, draw: 1);
        long[] ids = [.. Enumerable.Range(0, 3_000).Select(i => (long)i)];
        using var exact = new FlatIndex(32);
        exact.Add(ids, vectors);
        using var index = new NsgIndex(32);
        index.Add(ids, vectors);

        var truth = TrueNeighbors.Find(exact, queries, k: 10);
        foreach (var point in RecallCurve.Measure(index, queries, truth, enough: 0.95))
            index.DefaultEf = point.Ef;                     // the first that is enough; it is saved with the index
        double recall = truth.Recall(index.SearchMany(queries, k: 10));

        Assert.InRange(recall, 0.95, 1);
    }

    [Fact]
    public void Files_of_vectors()
    {
        string path = Path.Combine(_folder, "texts.jsonl");
        File.WriteAllText(path, """
            {"id": 17, "vector": [0.1, 0.7, 0.2], "text": "what else there is, is left out"}
            {"id": 18, "vector": [0.3, 0.1, 0.6]}
            """);
        var set = VectorFiles.LoadWithIds(path);            // .fvecs, .bvecs, .ivecs, .npy, .csv, .tsv, .txt, .jsonl
        using var index = IndexKinds.Create("flat", new(set.Dimension) { Metric = VectorMetric.InnerProduct });
        index.Add(set.Ids, set.Vectors.AsSpan<float>());

        Assert.Equal([17, 18], index.ListIds());
        Assert.Equal(17, index.Search([0, 1, 0], 1)[0].Id);
    }
}
