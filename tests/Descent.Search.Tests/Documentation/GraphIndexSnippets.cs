using System.Collections.Immutable;
using Descent.Tensors;
using Descent.Testing;

namespace Descent.Search.Tests.Documentation;

/// <summary>The examples of the pages on indexes that are graphs.</summary>
public sealed class GraphIndexSnippets
{
    static string F(FormattableString text) => FormattableString.Invariant(text);

    static PointSet Uniform(int count, int dimension = 2)
    {
        double[] coordinates = new double[count * dimension];
        new Generator(1).Uniform(coordinates);
        return new(coordinates, dimension);
    }

    static void Fill(VectorIndex index, PointSet points) =>
        index.Add([.. Enumerable.Range(0, points.Count).Select(p => (long)p)], [.. Enumerable.Range(0, points.Count).SelectMany(p => points[p].ToArray()).Select(x => (float)x)]);

    [Fact]
    public void A_navigating_spreading_out_graph()
    {
        float[] vectors = VectorSamples.Cloud(5_000, 32, latent: 16, seed: 3), queries = VectorSamples.Cloud(200, 32, latent: 16, seed: 3, draw: 1);
        long[] ids = [.. Enumerable.Range(0, 5_000).Select(i => (long)i)];
        using var index = new NsgIndex(dimension: 32, options: new() { Degree = 32, Neighbors = 32 });
        index.Add(ids, vectors);
        var figures = index.Statistics;                              // edges of a vector on average, and how many can be reached
        var nearest = index.SearchMany(queries, k: 10, new() { Ef = 40 });

        using var exact = new FlatIndex(32);
        exact.Add(ids, vectors);
        double recall = TrueNeighbors.Find(exact, queries, 10).Recall(nearest);
        Assert.Equal(5_000, figures.Reachable);
        Assert.Equal(15, figures.AverageDegree, 2.0);
        Assert.InRange(recall, 0.985, 1);
    }

    [Fact]
    public void The_candidates_of_all_give_the_edges_of_an_Mrng()
    {
        var points = Uniform(400);
        var mrng = ProximityGraphs.MonotonicRelativeNeighborhood(points);
        using var index = new NsgIndex(2, options: new() { Neighbors = 300, EfConstruction = 400 });
        Fill(index, points);
        var graph = index.CopyLayers()[0].Over(points);
        bool contains = mrng.IsSubgraphOf(graph);       // with all as candidates it has every edge of an MRNG, and edges back

        Assert.True(contains);
        Assert.True(graph.IsMonotonic());
        Assert.Equal("3.15 3.75", F($"{mrng.AverageDegree:F2} {graph.AverageDegree:F2}"));
    }

    [Fact]
    public void Picture_of_an_Nsg()
    {
        var points = Plates.Points(60, 2);
        using var index = new NsgIndex(2, options: new() { Degree = 8, Neighbors = 8, EfConstruction = 8 });
        Fill(index, points);
        var layer = index.CopyLayers()[0];
        var graph = layer.Over(points);
        int to = Enumerable.Range(0, 60).MaxBy(i => points[i][0] - points[i][1]);
        var nearest = Nearest(points, 8);
        Pictures.Same("nsg.svg", Plates.Join(2, 340, 340,
            ("candidates: the eight nearest of each", new GraphDrawing { Graph = nearest }.ToSvg()),
            ("NSG, and a search from its navigating node", new GraphDrawing { Graph = graph, Query = (points[to][0], points[to][1]), Path = graph.SearchGreedily((int)layer.Ids[layer.Start], points[to]) }.ToSvg())));
    }

    static ProximityGraph Nearest(PointSet points, int k) => new(points, [.. Enumerable.Range(0, points.Count).Select(p =>
        Enumerable.Range(0, points.Count).Where(q => q != p).OrderBy(q => Math.Pow(points[p][0] - points[q][0], 2) + Math.Pow(points[p][1] - points[q][1], 2)).Take(k))]);

    [Fact]
    public void Layers_of_a_hierarchical_graph()
    {
        var points = Uniform(4_000, dimension: 4);
        using var index = new HnswIndex(dimension: 4, options: new() { M = 8, EfConstruction = 60 });
        Fill(index, points);
        var layers = index.CopyLayers();                                   // that of all vectors first
        int[] sizes = [.. layers.Select(layer => layer.Ids.Length)];       // about an eighth of the one below
        var (hops, distances) = Descend(points, layers, [0.5, 0.5, 0.5, 0.5]);

        Assert.Equal([4000, 519, 74, 11], sizes);
        Assert.InRange(hops, 2, 12);
        Assert.InRange(distances, 30, 150);
    }

    /// <summary>Greedy steps down through the layers.</summary>
    static (int Hops, int Distances) Descend(PointSet points, ImmutableArray<IndexLayer> layers, double[] query)
    {
        int at = (int)layers[^1].Ids[layers[^1].Start], hops = 0, distances = 0;
        foreach (var layer in layers.Reverse())
        {
            var path = layer.Over(points).SearchGreedily(at, query);
            (at, hops, distances) = (path.Found, hops + path.Hops, distances + path.Distances);
        }
        return (hops, distances);
    }

    [Theory]
    [InlineData(500, 4.1, 45)]
    [InlineData(2_000, 4.8, 60)]
    [InlineData(8_000, 5.7, 72)]
    public void Hops_grow_like_the_logarithm(int count, double hops, double distances)
    {
        var points = Uniform(count, 4);
        using var index = new HnswIndex(4, options: new() { M = 8, EfConstruction = 60 });
        Fill(index, points);
        var layers = index.CopyLayers();
        var graphs = layers.Select(l => l.Over(points)).ToArray();
        var found = Enumerable.Range(0, 200).Select(q =>
        {
            double[] query = new double[4];
            new Generator(9, (ulong)q).Uniform(query);
            int at = (int)layers[^1].Ids[layers[^1].Start], h = 0, d = 0;
            foreach (var graph in graphs.Reverse())
            {
                var path = graph.SearchGreedily(at, query);
                (at, h, d) = (path.Found, h + path.Hops, d + path.Distances);
            }
            return (h, d);
        }).ToArray();
        Assert.Equal(hops, found.Average(f => f.h), 0.4);
        Assert.Equal(distances, found.Average(f => f.d), 6.0);
    }

    [Fact]
    public void Picture_of_layers()
    {
        var points = Plates.Points(150, 3);
        using var index = new HnswIndex(2, options: new() { M = 4, EfConstruction = 40, Seed = 5 });
        Fill(index, points);
        var layers = index.CopyLayers();
        int start = (int)layers[^1].Ids[layers[^1].Start];
        // The corner farthest from where the search begins.
        var query = (points[start][0] < 0.5 ? 0.92 : 0.08, points[start][1] < 0.5 ? 0.92 : 0.08);
        Pictures.Same("hnsw.svg", new LayersDrawing(points, layers, query).ToSvg(520));
    }
}
