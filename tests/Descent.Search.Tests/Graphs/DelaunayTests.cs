namespace Descent.Search.Tests;

public class DelaunayTests
{
    [Theory, MemberData(nameof(PlaneSets.Names), MemberType = typeof(PlaneSets))]
    public void No_circle_around_a_triangle_holds_a_point(string name)
    {
        var delaunay = new DelaunayTriangulation(PlaneSets.All[name]());
        foreach (var (a, b, c) in delaunay.Triangles)
        {
            Assert.True(Predicates.Orientation(delaunay.Points, a, b, c) > 0);
            for (int d = 0; d < delaunay.Points.Count; d++)
                Assert.True(Predicates.InCircle(delaunay.Points, a, b, c, d) <= 0, $"{d} is in the circle around {(a, b, c)}");
        }
    }

    [Theory, MemberData(nameof(PlaneSets.Names), MemberType = typeof(PlaneSets))]
    public void The_triangles_fill_the_hull(string name)
    {
        var delaunay = new DelaunayTriangulation(PlaneSets.All[name]());
        int n = delaunay.Points.Count;
        int hull = HullEdges(delaunay.Points);
        // Euler's formula, with points on the hull's sides counted as its corners; points on one line have no triangle.
        Assert.Equal(hull == 0 ? 0 : 2 * n - 2 - hull, delaunay.Triangles.Length);
        Assert.Equal(hull == 0 ? Math.Max(0, 2 * (n - 1)) : 2 * (3 * n - 3 - hull), delaunay.Graph.Edges);
    }

    [Theory, MemberData(nameof(PlaneSets.Names), MemberType = typeof(PlaneSets))]
    public void A_cell_holds_what_is_nearest_to_its_point(string name)
    {
        var delaunay = new DelaunayTriangulation(PlaneSets.All[name]());
        var voronoi = new VoronoiDiagram(delaunay);
        var points = delaunay.Points;
        (double X, double Y) low = (Enumerable.Range(0, points.Count).Min(points.X) - 1, Enumerable.Range(0, points.Count).Min(points.Y) - 1);
        (double X, double Y) high = (Enumerable.Range(0, points.Count).Max(points.X) + 1, Enumerable.Range(0, points.Count).Max(points.Y) + 1);
        double area = 0, scale = Math.Max(high.X - low.X, high.Y - low.Y);
        for (int p = 0; p < points.Count; p++)
        {
            var cell = voronoi.Cell(p, low, high);
            for (int i = 0; i < cell.Length; i++)
            {
                var (u, v) = (cell[i], cell[(i + 1) % cell.Length]);
                area += ((u.X - low.X) * (v.Y - low.Y) - (v.X - low.X) * (u.Y - low.Y)) / 2;
                double own = Distance(points, p, u);
                for (int q = 0; q < points.Count; q++) Assert.True(own <= Distance(points, q, u) + 1e-7 * scale);
            }
        }
        Assert.Equal(1, area / ((high.X - low.X) * (high.Y - low.Y)), 6);
    }

    [Fact]
    public void The_corners_of_cells_are_the_centres_of_circles()
    {
        var delaunay = new DelaunayTriangulation(PlaneSets.Uniform(50, 2, seed: 4));
        var voronoi = new VoronoiDiagram(delaunay);
        Assert.Equal(delaunay.Triangles.Length, voronoi.Vertices.Length);
        for (int t = 0; t < voronoi.Vertices.Length; t++)
        {
            var (a, b, c) = delaunay.Triangles[t];
            double radius = Distance(delaunay.Points, a, voronoi.Vertices[t]);
            Assert.Equal(1, Distance(delaunay.Points, b, voronoi.Vertices[t]) / radius, 8);
            Assert.Equal(1, Distance(delaunay.Points, c, voronoi.Vertices[t]) / radius, 8);
        }
    }

    [Fact]
    public void Points_in_space_are_refused() =>
        Assert.Contains("dimension 3", Assert.Throws<ArgumentException>(() => new DelaunayTriangulation(new([0, 0, 0, 1, 1, 1], 3))).Message, StringComparison.Ordinal);

    static double Distance(PointSet points, int p, (double X, double Y) to) => Math.Sqrt(Math.Pow(points.X(p) - to.X, 2) + Math.Pow(points.Y(p) - to.Y, 2));

    /// <summary>Pairs with no point to their right and none between them on their line; 0 where all lie on one line.</summary>
    static int HullEdges(PointSet points)
    {
        int n = points.Count, edges = 0;
        bool isLine = true;
        for (int a = 0; a < n; a++)
            for (int b = 0; b < n; b++)
            {
                if (a == b) continue;
                bool isHull = true;
                for (int c = 0; c < n && isHull; c++)
                {
                    if (c == a || c == b) continue;
                    int side = Predicates.Orientation(points, a, b, c);
                    if (side != 0) isLine = false;
                    bool isBetween = side == 0 && (points.X(a) - points.X(c)) * (points.X(b) - points.X(c)) + (points.Y(a) - points.Y(c)) * (points.Y(b) - points.Y(c)) < 0;
                    isHull = side >= 0 && !isBetween;
                }
                if (isHull) edges++;
            }
        return isLine ? 0 : edges;
    }
}
