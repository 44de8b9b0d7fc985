namespace Descent.Search.Tests;

public class ProximityGraphTests
{
    public static TheoryData<string> Sets => [.. PlaneSets.All.Keys, "space", "seven dimensions"];

    static PointSet Set(string name) => name switch
    {
        "space" => PlaneSets.Uniform(90, 3, seed: 11),
        "seven dimensions" => PlaneSets.Uniform(60, 7, seed: 12),
        _ => PlaneSets.All[name](),
    };

    [Theory, MemberData(nameof(Sets))]
    public void Each_graph_contains_the_one_before(string name)
    {
        var points = Set(name);
        var tree = ProximityGraphs.MinimumSpanningTree(points);
        var rng = ProximityGraphs.RelativeNeighborhood(points);
        var gabriel = ProximityGraphs.Gabriel(points);
        Assert.Equal(2 * (points.Count - 1), tree.Edges);
        Assert.True(tree.IsSubgraphOf(rng));
        Assert.True(rng.IsSubgraphOf(gabriel));
        // Where distances are equal, the one that an MRNG takes for the lesser may stand against an edge of the RNG.
        if (name is "uniform" or "space" or "seven dimensions") Assert.True(rng.IsSubgraphOf(ProximityGraphs.MonotonicRelativeNeighborhood(points)));
        if (points.Dimension == 2) Assert.True(gabriel.IsSubgraphOf(new DelaunayTriangulation(points).Graph));
    }

    [Theory, MemberData(nameof(Sets))]
    public void Delaunay_Mrng_and_Msnet_have_monotonic_paths_between_all_points(string name)
    {
        var points = Set(name);
        Assert.Null(ProximityGraphs.MonotonicRelativeNeighborhood(points).FindBlockedPair());
        Assert.Null(ProximityGraphs.MonotonicSearchNetwork(points).FindBlockedPair());
        if (points.Dimension == 2) Assert.True(new DelaunayTriangulation(points).Graph.IsMonotonic());
    }

    [Fact]
    public void A_relative_neighbourhood_graph_is_not_always_monotonic()
    {
        var rng = ProximityGraphs.RelativeNeighborhood(Set("uniform"));
        var (from, to) = Assert.NotNull(rng.FindBlockedPair());
        // The search stands still at once, at a point that is not the one looked for.
        Assert.Equal(0, rng.SearchGreedily(from, rng.Points[to]).Hops);
    }

    [Theory, MemberData(nameof(Sets))]
    public void An_Msnet_needs_each_of_its_edges(string name)
    {
        var graph = ProximityGraphs.MonotonicSearchNetwork(Set(name));
        for (int p = 0; p < Math.Min(5, graph.Points.Count); p++)
            foreach (int dropped in graph.Neighbors(p))
            {
                var without = Enumerable.Range(0, graph.Points.Count)
                    .Select(i => i == p ? graph.Neighbors(i).Remove(dropped) : graph.Neighbors(i).AsEnumerable()).ToArray();
                Assert.False(new ProximityGraph(graph.Points, without).IsMonotonic());
            }
    }

    [Theory, InlineData("mrng"), InlineData("msnet"), InlineData("delaunay")]
    public void Greedy_search_on_an_Msnet_reaches_every_point_without_going_back(string kind)
    {
        var points = Set("uniform");
        var graph = kind switch
        {
            "mrng" => ProximityGraphs.MonotonicRelativeNeighborhood(points),
            "msnet" => ProximityGraphs.MonotonicSearchNetwork(points),
            _ => new DelaunayTriangulation(points).Graph,
        };
        for (int from = 0; from < points.Count; from += 7)
            for (int to = 0; to < points.Count; to++)
            {
                var path = graph.SearchGreedily(from, points[to]);
                Assert.Equal(to, path.Found);
                Assert.Equal(path.Points.Length, path.Hops + 1);
                for (int i = 0; i < path.Hops; i++)
                {
                    Assert.True(graph.Contains(path.Points[i], path.Points[i + 1]));
                    Assert.True(Square(points, path.Points[i + 1], to) < Square(points, path.Points[i], to));
                }
            }
    }

    [Fact]
    public void The_degree_of_an_Mrng_stays_bounded_as_points_are_added()
    {
        double[] average = [.. new[] { 150, 300, 600, 1200 }.Select(n =>
        {
            var graph = ProximityGraphs.MonotonicRelativeNeighborhood(PlaneSets.Uniform(n, 3, seed: 21));
            // Edges of one point stand 60° or more apart, and no more than 12 such directions fit into space.
            Assert.InRange(graph.MaxDegree, 1, 12);
            return graph.AverageDegree;
        })];
        Assert.InRange(average[^1] / average[0], 0.9, 1.25);
    }

    [Theory, MemberData(nameof(PlaneSets.Names), MemberType = typeof(PlaneSets))]
    public void Edges_of_an_Mrng_in_the_plane_are_at_most_six(string name) =>
        Assert.InRange(ProximityGraphs.MonotonicRelativeNeighborhood(Set(name)).MaxDegree, 0, 6);

    [Fact]
    public void A_unit_square_has_the_edges_of_the_definitions()
    {
        var points = new PointSet([0, 0, 1, 0, 1, 1, 0, 1], 2);
        Assert.Equal(8, ProximityGraphs.RelativeNeighborhood(points).Edges);
        Assert.Equal(8, ProximityGraphs.Gabriel(points).Edges);
        Assert.Equal(6, ProximityGraphs.MinimumSpanningTree(points).Edges);
        Assert.False(ProximityGraphs.Gabriel(points).Contains(0, 2));
    }

    [Fact]
    public void Wrong_points_and_edges_are_refused()
    {
        Assert.Contains("points 0 and 1 are equal", Assert.Throws<ArgumentException>(() => new PointSet([1, 2, 1, 2], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("is NaN", Assert.Throws<ArgumentException>(() => new PointSet([1, double.NaN], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("no multiple", Assert.Throws<ArgumentException>(() => new PointSet([1, 2, 3], 2)).Message, StringComparison.Ordinal);
        var points = new PointSet([0, 0, 1, 1], 2);
        Assert.Throws<ArgumentException>(() => new ProximityGraph(points, [[0], []]));
        Assert.Throws<ArgumentException>(() => new ProximityGraph(points, [[2], []]));
        Assert.Throws<ArgumentException>(() => new ProximityGraph(points, [[1, 1], []]));
        Assert.Throws<ArgumentException>(() => new ProximityGraph(points, [[]]));
        Assert.Throws<ArgumentException>(() => new ProximityGraph(points, [[1], []]).SearchGreedily(0, [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProximityGraph(points, [[1], []]).SearchGreedily(2, [1, 1]));
    }

    [Fact]
    public void A_drawing_shows_cells_edges_and_the_path()
    {
        var delaunay = new DelaunayTriangulation(Set("uniform"));
        var graph = ProximityGraphs.MonotonicRelativeNeighborhood(delaunay.Points);
        var path = graph.SearchGreedily(0, [0.9, 0.9]);
        string svg = new GraphDrawing { Graph = graph, Cells = new(delaunay), Path = path, Query = (0.9, 0.9) }.ToSvg();
        Assert.Equal(path.Hops, svg.Split("class=\"path\"").Length - 1);
        Assert.Equal(graph.Points.Count, svg.Split("<polygon").Length - 1);
        Assert.Equal(graph.Points.Count + 2, svg.Split("<circle").Length - 1);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        System.Xml.Linq.XDocument.Parse(svg);
    }

    static double Square(PointSet points, int p, int q)
    {
        double sum = 0;
        for (int k = 0; k < points.Dimension; k++) sum += Math.Pow(points[p][k] - points[q][k], 2);
        return sum;
    }
}
