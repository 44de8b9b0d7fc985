using Descent.Tensors;

namespace Descent.Search.Tests;

public class IvfIndexTests
{
    [Fact]
    public void Looking_through_more_cells_finds_as_much_and_through_all_everything()
    {
        const int count = 20_000, dimension = 16, queries = 50;
        using var index = new IvfIndex(dimension);
        float[] x = IndexCase.Sample(count, dimension, 12), asked = IndexCase.Sample(queries, dimension, 13);
        index.Add(IndexCase.Ids(count), x);
        using var exact = new FlatIndex(dimension);
        exact.Add(IndexCase.Ids(count), x);
        var truth = TrueNeighbors.Find(exact, asked, 10);
        double before = 0;
        // Few and many cells are found in different ways.
        foreach (int probes in (int[])[1, 10, 16, 17, 60, 300, 564, 565, 10_000])
        {
            double recall = truth.Recall(index.SearchMany(asked, 10, new() { Probes = probes }));
            Assert.True(recall >= before - 0.005, $"{recall} by {probes} cells after {before}");
            before = recall;
        }
        Assert.InRange(before, 0.998, 1);
        Assert.Equal(10, index.Search(asked.AsSpan(0, dimension), 10, new() { Probes = 1, Ef = 1 }).Length);
        Assert.Equal(1000, index.Search(asked.AsSpan(0, dimension), 1000, new() { Probes = 1 }).Length);
    }

    [Theory, InlineData(VectorCode.RaBitQ1), InlineData(VectorCode.RaBitQ4), InlineData(VectorCode.RaBitQ8), InlineData(VectorCode.Int8), InlineData(VectorCode.Product2)]
    public void Clusters_that_are_far_apart_for_their_size_are_searched_as_well(VectorCode code)
    {
        const int count = 4000, dimension = 24, queries = 50, clusters = 5;
        float[] centres = new float[clusters * dimension], x = new float[(count + queries) * dimension];
        new Generator(4).Normal(centres, 0, 1000);
        new Generator(5).Normal(x, 0, 0.5f);
        for (int i = 0; i < x.Length; i++) x[i] += centres[i / dimension % clusters * dimension + i % dimension];
        var (known, asked) = (x[..(count * dimension)], x[(count * dimension)..]);
        using var index = new IvfIndex(dimension, options: new() { Code = code });
        using var exact = new FlatIndex(dimension);
        index.Add(IndexCase.Ids(count), known);
        exact.Add(IndexCase.Ids(count), known);
        Assert.InRange(TrueNeighbors.Find(exact, asked, 10).Recall(index.SearchMany(asked, 10, new() { Probes = 60 })), 0.99, 1);
    }

    [Theory, InlineData(2), InlineData(10), InlineData(100), InlineData(2000)]
    public void What_a_filter_lets_through_of_clusters_is_found_wherever_it_is(int each)
    {
        const int count = 20_000, dimension = 32, queries = 40;
        float[] x = VectorSamples.Clusters(count, dimension, clusters: 150, seed: 3), asked = VectorSamples.Clusters(queries, dimension, clusters: 150, seed: 3, draw: 1);
        using var index = new IvfIndex(dimension) { DefaultProbes = 10 };
        using var exact = new FlatIndex(dimension);
        long[] ids = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        index.Add(ids, x);
        exact.Add(ids, x);
        var options = new SearchOptions { Filter = id => id * 2654435761 % 1_000_003 % each == 0 };
        Neighbor[] found = index.SearchMany(asked, 10, options), expected = exact.SearchMany(asked, 10, options);
        double hits = Enumerable.Range(0, found.Length).Average(i => found[i].Distance <= expected[i / 10 * 10 + 9].Distance ? 1.0 : 0);
        Assert.InRange(hits, 0.95, 1);
    }

    [Fact]
    public void Cells_looked_through_by_default_are_saved()
    {
        using var index = new IvfIndex(4) { DefaultProbes = 3 };
        index.Add(IndexCase.Ids(100), IndexCase.Sample(100, 4, 3));
        using var file = new MemoryStream();
        index.Save(file);
        file.Position = 0;
        using var opened = Assert.IsType<IvfIndex>(IndexFile.Read(file, "saved"));
        Assert.Equal(3, opened.DefaultProbes);
        Assert.Throws<ArgumentOutOfRangeException>(() => index.DefaultProbes = 0);
    }

    [Fact]
    public void Bits_have_no_centres() =>
        Assert.Contains("which bits have not", Assert.Throws<ArgumentException>(() => new IvfIndex(8, VectorMetric.Hamming, VectorElement.Binary)).Message, StringComparison.Ordinal);
}
