using Descent.Tensors;
using Descent.Testing;

namespace Descent.Search.Tests.Documentation;

/// <summary>The examples of the pages on proximity graphs, from Delaunay to MRNG.</summary>
public sealed class GraphSnippets
{
    static string F(FormattableString text) => FormattableString.Invariant(text);

    static PointSet Uniform(int count)
    {
        double[] coordinates = new double[2 * count];
        new Generator(1).Uniform(coordinates);
        return new(coordinates, dimension: 2);
    }

    [Fact]
    public void Voronoi_and_Delaunay()
    {
        var points = Uniform(500);
        var delaunay = new DelaunayTriangulation(points);
        var cells = new VoronoiDiagram(delaunay);
        double degree = delaunay.Graph.AverageDegree;                    // less than 6, by Euler's formula
        var corners = cells.Cell(17, low: (0, 0), high: (1, 1));         // the polygon of all that is nearest to point 17

        // From any point, greedy steps end at the point whose cell the query is in.
        var path = delaunay.Graph.SearchGreedily(start: 0, query: [0.9, 0.1]);
        int nearest = Enumerable.Range(0, 500).MinBy(p => Math.Pow(points[p][0] - 0.9, 2) + Math.Pow(points[p][1] - 0.1, 2));

        Assert.Equal(nearest, path.Found);
        Assert.Equal("5.92 17 118", F($"{degree:F2} {path.Hops} {path.Distances}"));
        Assert.InRange(corners.Length, 3, 12);
        Assert.Equal(500, Enumerable.Range(0, 500).Sum(start => delaunay.Graph.SearchGreedily(start, [0.9, 0.1]).Found == nearest ? 1 : 0));
    }

    [Fact]
    public void Picture_of_Voronoi_and_Delaunay()
    {
        var delaunay = new DelaunayTriangulation(Plates.Points(40, 5));
        var none = new ProximityGraph(delaunay.Points, [.. Enumerable.Range(0, 40).Select(_ => Array.Empty<int>())]);
        int start = Enumerable.Range(0, 40).MinBy(p => delaunay.Points[p][0] - delaunay.Points[p][1]);
        Pictures.Same("voronoi-delaunay.svg", Plates.Join(2, 340, 340,
            ("cells", new GraphDrawing { Graph = none, Cells = new(delaunay), Query = (0.85, 0.3) }.ToSvg()),
            ("their dual, and a greedy search", new GraphDrawing { Graph = delaunay.Graph, Cells = new(delaunay), Query = (0.85, 0.3), Path = delaunay.Graph.SearchGreedily(start, [0.85, 0.3]) }.ToSvg())));
    }

    [Fact]
    public void The_chain_of_inclusions()
    {
        var points = Uniform(200);
        var tree = ProximityGraphs.MinimumSpanningTree(points);
        var rng = ProximityGraphs.RelativeNeighborhood(points);
        var gabriel = ProximityGraphs.Gabriel(points);
        var delaunay = new DelaunayTriangulation(points).Graph;
        bool chain = tree.IsSubgraphOf(rng) && rng.IsSubgraphOf(gabriel) && gabriel.IsSubgraphOf(delaunay);
        var blocked = rng.FindBlockedPair();    // from the first of these two no edge leads nearer to the second

        Assert.True(chain);
        Assert.NotNull(blocked);
        Assert.Equal("199 236 371 586", F($"{tree.Edges / 2} {rng.Edges / 2} {gabriel.Edges / 2} {delaunay.Edges / 2}"));

        var few = Plates.Points(40, 5);
        Pictures.Same("inclusions.svg", Plates.Join(4, 230, 230, [.. new (string, ProximityGraph)[]
        {
            ("minimum spanning tree", ProximityGraphs.MinimumSpanningTree(few)), ("⊆ RNG", ProximityGraphs.RelativeNeighborhood(few)),
            ("⊆ Gabriel", ProximityGraphs.Gabriel(few)), ("⊆ Delaunay", new DelaunayTriangulation(few).Graph),
        }.Select(g => (g.Item1, new GraphDrawing { Graph = g.Item2 }.ToSvg()))]));
    }

    [Fact]
    public void Monotonic_search_networks()
    {
        var points = Uniform(300);
        var network = ProximityGraphs.MonotonicSearchNetwork(points);
        bool holds = network.IsMonotonic();

        // Between all pairs: greedy search arrives, and never stands farther away than before.
        double hops = 0;
        for (int from = 0; from < 300; from++)
            for (int to = 0; to < 300; to++)
            {
                var path = network.SearchGreedily(from, points[to]);
                Assert.Equal(to, path.Found);
                hops += path.Hops / (300.0 * 300);
            }

        Assert.True(holds);
        Assert.Equal("3.17 9.84", F($"{network.AverageDegree:F2} {hops:F2}"));
        // Without any one of its edges it is none.
        var without = new ProximityGraph(points, [.. Enumerable.Range(0, 300).Select(p => network.Neighbors(p).Skip(p == 0 ? 1 : 0))]);
        Assert.False(without.IsMonotonic());
    }

    [Fact]
    public void Picture_of_a_search_that_is_blocked_and_of_one_that_is_not()
    {
        var points = Plates.Points(60, 2);
        var (rng, network) = (ProximityGraphs.RelativeNeighborhood(points), ProximityGraphs.MonotonicSearchNetwork(points));
        // The pair farthest apart between which the greedy search on the RNG goes some way and then stands still.
        var (from, to) = (from a in Enumerable.Range(0, 60) from b in Enumerable.Range(0, 60)
            where rng.SearchGreedily(a, points[b]) is var path && path.Found != b && path.Hops >= 3
            orderby Math.Pow(points[a][0] - points[b][0], 2) + Math.Pow(points[a][1] - points[b][1], 2) descending select (a, b)).First();
        var query = (points[to][0], points[to][1]);
        Pictures.Same("monotonic.svg", Plates.Join(2, 340, 340,
            ("RNG: stuck", new GraphDrawing { Graph = rng, Query = query, Path = rng.SearchGreedily(from, points[to]) }.ToSvg()),
            ("MSNET: arrives", new GraphDrawing { Graph = network, Query = query, Path = network.SearchGreedily(from, points[to]) }.ToSvg())));
    }

    [Fact]
    public void Monotonic_relative_neighbourhood_graphs()
    {
        var points = Uniform(1000);
        var rng = ProximityGraphs.RelativeNeighborhood(points);
        var mrng = ProximityGraphs.MonotonicRelativeNeighborhood(points);
        bool contains = rng.IsSubgraphOf(mrng), monotonic = mrng.IsMonotonic();    // both true

        Assert.True(contains && monotonic);
        int Arrivals(ProximityGraph g) => Enumerable.Range(0, 1000).Count(p => g.SearchGreedily(p, points[(p * 7 + 3) % 1000]).Found == (p * 7 + 3) % 1000);
        double Hops(ProximityGraph g) => Enumerable.Range(0, 1000).Average(p => g.SearchGreedily(p, points[(p * 7 + 3) % 1000]).Hops);
        Assert.Equal("2.51 4 | 3.23 4 | 283 1000 19.8", F($"{rng.AverageDegree:F2} {rng.MaxDegree} | {mrng.AverageDegree:F2} {mrng.MaxDegree} | {Arrivals(rng)} {Arrivals(mrng)} {Hops(mrng):F1}"));
    }

    [Theory]
    [InlineData(2, "3.09 4, 3.16 4, 3.23 4")]
    [InlineData(3, "3.95 6, 4.15 7, 4.28 6")]
    [InlineData(8, "6.6 14, 7.4 15, 8.2 17")]
    public void Degrees_of_an_Mrng(int dimension, string expected)
    {
        string found = string.Join(", ", new[] { 250, 500, 1000 }.Select(n =>
        {
            double[] coordinates = new double[n * dimension];
            new Generator(1).Uniform(coordinates);
            var graph = ProximityGraphs.MonotonicRelativeNeighborhood(new(coordinates, dimension));
            return dimension < 8 ? F($"{graph.AverageDegree:F2} {graph.MaxDegree}") : F($"{graph.AverageDegree:F1} {graph.MaxDegree}");
        }));
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Picture_of_the_rule_of_edges()
    {
        var points = Plates.Points(60, 2);
        var mrng = ProximityGraphs.MonotonicRelativeNeighborhood(points);
        int p = Enumerable.Range(0, 60).MinBy(i => Math.Pow(points[i][0] - 0.5, 2) + Math.Pow(points[i][1] - 0.5, 2));
        int from = Enumerable.Range(0, 60).MinBy(i => points[i][0] + points[i][1]), to = Enumerable.Range(0, 60).MaxBy(i => points[i][0] + points[i][1]);
        Pictures.Same("mrng.svg", Plates.Join(2, 340, 340, ("edges of one point, and which stop others", Rule(points, mrng, p)),
            ("all edges, and a monotonic path", new GraphDrawing { Graph = mrng, Query = (points[to][0], points[to][1]), Path = mrng.SearchGreedily(from, points[to]) }.ToSvg())));
    }

    /// <summary>The edges of a point in blue; to each other point a faint line to the edge's end that stops it: it is nearer to that than the point is.</summary>
    static string Rule(PointSet points, ProximityGraph graph, int p)
    {
        const int Side = 340;
        var canvas = new DrawingCanvas(Side, Side);
        (double, double) At(int i) => (12 + points[i][0] * (Side - 24), 12 + (1 - points[i][1]) * (Side - 24));
        double Square(int a, int b) => Math.Pow(points[a][0] - points[b][0], 2) + Math.Pow(points[a][1] - points[b][1], 2);
        for (int q = 0; q < points.Count; q++)
        {
            if (q == p || graph.Contains(p, q)) continue;
            int by = graph.Neighbors(p).Where(r => Square(p, r) < Square(p, q) && Square(r, q) < Square(p, q)).MinBy(r => Square(r, q));
            canvas.Line(At(q), At(by), "stroke=\"#94a3b8\" stroke-dasharray=\"3 3\"");
        }
        foreach (int q in graph.Neighbors(p)) canvas.Line(At(p), At(q), $"stroke=\"{DrawingCanvas.Edge}\" stroke-width=\"2.5\"");
        for (int q = 0; q < points.Count; q++) canvas.Dot(At(q), 3, DrawingCanvas.Point);
        canvas.Dot(At(p), 5, DrawingCanvas.Start);
        return canvas.ToString();
    }
}
