using Descent.Tensors;
using Descent.Testing;

namespace Descent.Search.Tests.Documentation;

/// <summary>The examples of docs/concepts/nearest-neighbours.md.</summary>
public sealed class NearestNeighboursSnippets
{
    [Fact]
    public void Exact_and_approximate_search()
    {
        float[] vectors = VectorSamples.Cloud(10_000, 64, seed: 7), queries = VectorSamples.Cloud(200, 64, seed: 7, draw: 1);
        long[] ids = [.. Enumerable.Range(0, 10_000).Select(i => (long)i)];

        using var exact = new FlatIndex(dimension: 64);
        exact.Add(ids, vectors);
        using var graph = new HnswIndex(dimension: 64);
        graph.Add(ids, vectors);

        var truth = TrueNeighbors.Find(exact, queries, k: 10);
        double few = truth.Recall(graph.SearchMany(queries, k: 10, new() { Ef = 10 }));
        double more = truth.Recall(graph.SearchMany(queries, k: 10, new() { Ef = 100 }));

        Assert.Equal(0.69, few, 0.03);
        Assert.Equal(0.99, more, 0.01);
        Assert.Equal(1, truth.Recall(exact.SearchMany(queries, 10)));
    }

    [Fact]
    public void Distances_grow_alike_with_the_dimension()
    {
        static double Contrast(int dimension)
        {
            double[] points = new double[1000 * dimension];
            new Generator(1).Uniform(points);
            double[] distances = [.. points.Chunk(dimension).Select(p => Math.Sqrt(p.Sum(x => (x - 0.5) * (x - 0.5)))).Order()];
            return distances[^1] / distances[0];
        }

        double plane = Contrast(2), many = Contrast(512);    // farthest over nearest of 1,000 points from the centre of a cube

        Assert.Equal("94 1.14", FormattableString.Invariant($"{plane:F0} {many:F2}"));
        Assert.Equal("2.8 1.5", FormattableString.Invariant($"{Contrast(8):F1} {Contrast(64):F1}"));
    }

    [Fact]
    public void The_picture_shows_four_families() => Pictures.Same("search-families.svg", Families.Draw());
}
