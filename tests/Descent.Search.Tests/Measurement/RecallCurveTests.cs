namespace Descent.Search.Tests;

public class RecallCurveTests
{
    [Fact]
    public void More_in_view_finds_more_until_it_is_enough()
    {
        const int n = 3000, dimension = 24;
        float[] base_ = VectorSamples.Cloud(n, dimension, latent: 16, seed: 2), queries = VectorSamples.Cloud(100, dimension, latent: 16, seed: 2, draw: 1);
        long[] ids = [.. Enumerable.Range(0, n).Select(i => (long)i)];
        using var exact = new FlatIndex(dimension);
        using var graph = new HnswIndex(dimension, options: new() { M = 4, EfConstruction = 20 });
        exact.Add(ids, base_);
        graph.Add(ids, base_);
        var truth = TrueNeighbors.Find(exact, queries, 5);
        Assert.Equal((5, 100), (truth.K, truth.Queries));
        Assert.Equal(1, Assert.Single(RecallCurve.Measure(exact, queries, truth)).Recall);

        var points = RecallCurve.Measure(graph, queries, truth, enough: 0.97).ToList();
        Assert.True(points.Count > 2);
        Assert.All(points[..^1], p => Assert.True(p.Recall < 0.97));
        Assert.True(points[^1].Recall >= 0.97);
        Assert.True(points[0].Recall < points[^1].Recall && points[0].Ef < points[^1].Ef);
        Assert.Equal(points[^1], RecallCurve.Fastest(points, 0.97));
        Assert.Null(RecallCurve.Fastest(points[..^1], 0.97));
    }

    [Fact]
    public void A_curve_tells_what_queries_do_besides_their_time()
    {
        const int n = 2000, dimension = 24, first = 10;
        float[] vectors = VectorSamples.Cloud(n, dimension, latent: 8, seed: 3), queries = VectorSamples.Cloud(50, dimension, latent: 8, seed: 3, draw: 1);
        long[] ids = [.. Enumerable.Range(0, n).Select(i => (long)i)];
        using var exact = new FlatIndex(dimension);
        using var graph = new HnswIndex(dimension);
        using var packed = new QuantizedGraphIndex(dimension);
        foreach (VectorIndex index in (VectorIndex[])[exact, graph, packed]) index.Add(ids, vectors);
        var truth = TrueNeighbors.Find(exact, queries, 5);
        SearchWork WorkOf(VectorIndex index) => RecallCurve.Measure(index, queries, truth).First().Work;

        Assert.Equal(default, WorkOf(exact));
        // All in view are visited in the end, and in each layer one.
        Assert.True(WorkOf(graph) is { Visits: > first, Measured: > 2 * first and < n, Estimated: 0 });
        var work = WorkOf(packed);
        Assert.Equal((first, first), (work.Visits, work.Measured));
        Assert.InRange(work.Estimated, 64 * (first - 3), 64 * first);
    }

    [Fact]
    public void Those_as_near_as_the_last_count_too()
    {
        using var exact = new FlatIndex(8, VectorMetric.Hamming, VectorElement.Binary);
        exact.Add([1, 2, 3, 4], [1, 0, 0, 0, 0, 0, 0, 0, /**/ 0, 1, 0, 0, 0, 0, 0, 0, /**/ 0, 0, 0, 0, 0, 0, 0, 0, /**/ 1, 1, 1, 0, 0, 0, 0, 0]);
        var truth = TrueNeighbors.Find(exact, new float[8], 2);
        Assert.Equal(1, truth.Recall([new(3, 0), new(2, 1)]));
        Assert.Equal(1, truth.Recall([new(3, 0), new(1, 1)]));
        Assert.Equal(0.5, truth.Recall([new(3, 0), new(4, 3)]));
        Assert.Throws<ArgumentException>(() => truth.Recall([new(3, 0)]));
    }

    [Fact]
    public void A_file_of_too_few_is_refused()
    {
        string path = Path.GetTempFileName();
        VectorFiles.SaveIntegers(path, [[1, 2], [3, 4]]);
        Assert.Equal(0.5, TrueNeighbors.Load(path, 1).Recall([new(1, 0), new(9, 0)]));
        Assert.Contains("expected at least 3", Assert.Throws<InvalidDataException>(() => TrueNeighbors.Load(path, 3)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }
}
