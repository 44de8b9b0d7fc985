namespace Descent.Search.Tests.Documentation;

/// <summary>The same points as a tree, a table of hashes, inverted lists and a graph see them, with what a search for one query looks at.</summary>
static class Families
{
    const int Count = 70, Side = 300;

    const string Cut = "stroke=\"#d8b36a\" stroke-width=\"1.3\"", Seen = "#c2410c";

    static readonly PointSet s_points = Plates.Points(Count, 4);
    static readonly (double X, double Y) s_query = (0.62, 0.38);

    internal static string Draw() => Plates.Join(2, Side, Side,
        ("a k-d tree: halves of halves", Tree()), ("hashing: sides of random lines", Hashes()),
        ("inverted lists: cells of centres", Lists()), ("a graph: edges to near ones", Graph()));

    static (double X, double Y) Map(double x, double y) => (10 + x * (Side - 20), 10 + (1 - y) * (Side - 20));

    static (double X, double Y) At(int p) => Map(s_points[p][0], s_points[p][1]);

    static string Finish(DrawingCanvas canvas, IEnumerable<int> seen)
    {
        for (int p = 0; p < Count; p++) canvas.Dot(At(p), 3, DrawingCanvas.Point);
        foreach (int p in seen) canvas.Dot(At(p), 3.6, Seen);
        var (x, y) = Map(s_query.X, s_query.Y);
        canvas.Line((x - 6, y), (x + 6, y), $"stroke=\"{Seen}\" stroke-width=\"2\"");
        canvas.Line((x, y - 6), (x, y + 6), $"stroke=\"{Seen}\" stroke-width=\"2\"");
        return canvas.ToString();
    }

    static string Tree()
    {
        var canvas = new DrawingCanvas(Side, Side);
        var seen = new List<int>();
        Split([.. Enumerable.Range(0, Count)], 0, (0, 0), (1, 1), isIn: true);
        return Finish(canvas, seen);

        void Split(int[] part, int depth, (double X, double Y) low, (double X, double Y) high, bool isIn)
        {
            if (part.Length <= 5)
            {
                if (isIn) seen.AddRange(part);
                return;
            }
            int axis = depth % 2;
            int[] sorted = [.. part.OrderBy(p => s_points[p][axis])];
            double at = (s_points[sorted[part.Length / 2 - 1]][axis] + s_points[sorted[part.Length / 2]][axis]) / 2;
            canvas.Line(axis == 0 ? Map(at, low.Y) : Map(low.X, at), axis == 0 ? Map(at, high.Y) : Map(high.X, at), Cut);
            bool isLow = (axis == 0 ? s_query.X : s_query.Y) < at;
            Split(sorted[..(part.Length / 2)], depth + 1, low, axis == 0 ? (at, high.Y) : (high.X, at), isIn && isLow);
            Split(sorted[(part.Length / 2)..], depth + 1, axis == 0 ? (at, low.Y) : (low.X, at), high, isIn && !isLow);
        }
    }

    static string Hashes()
    {
        var canvas = new DrawingCanvas(Side, Side);
        (double Angle, double Offset)[] lines = [(0.35, 0.12), (1.25, 0.08), (2.2, -0.13), (2.85, 0.02)];
        int Hash(double x, double y) => lines.Select((l, i) => Math.Cos(l.Angle) * (x - 0.5) + Math.Sin(l.Angle) * (y - 0.5) > l.Offset ? 1 << i : 0).Sum();
        foreach (var (angle, offset) in lines)
        {
            var (nx, ny) = (Math.Cos(angle), Math.Sin(angle));
            var (cx, cy) = (0.5 + nx * offset, 0.5 + ny * offset);
            canvas.Line(Map(cx - ny * 2, cy + nx * 2), Map(cx + ny * 2, cy - nx * 2), Cut);
        }
        int wanted = Hash(s_query.X, s_query.Y);
        return Finish(canvas, Enumerable.Range(0, Count).Where(p => Hash(s_points[p][0], s_points[p][1]) == wanted));
    }

    static string Lists()
    {
        var centers = Enumerable.Range(0, 8).Select(c => (X: s_points[c * 9][0], Y: s_points[c * 9][1])).ToArray();
        int Nearest(double x, double y) => Enumerable.Range(0, centers.Length).MinBy(c => Math.Pow(centers[c].X - x, 2) + Math.Pow(centers[c].Y - y, 2));
        for (int round = 0; round < 10; round++)
            for (int c = 0; c < centers.Length; c++)
            {
                int[] mine = [.. Enumerable.Range(0, Count).Where(p => Nearest(s_points[p][0], s_points[p][1]) == c)];
                centers[c] = (mine.Average(p => s_points[p][0]), mine.Average(p => s_points[p][1]));
            }
        var canvas = new DrawingCanvas(Side, Side);
        var cells = new VoronoiDiagram(new(new PointSet([.. centers.SelectMany(c => (double[])[c.X, c.Y])], 2)));
        for (int c = 0; c < centers.Length; c++) canvas.Area(cells.Cell(c, (0, 0), (1, 1)).Select(p => Map(p.X, p.Y)), $"fill=\"none\" {Cut}");
        foreach (var (x, y) in centers) canvas.Circle(Map(x, y), 4, "fill=\"white\" stroke=\"#d8b36a\" stroke-width=\"2\"");
        int[] probed = [.. Enumerable.Range(0, centers.Length).OrderBy(c => Math.Pow(centers[c].X - s_query.X, 2) + Math.Pow(centers[c].Y - s_query.Y, 2)).Take(2)];
        return Finish(canvas, Enumerable.Range(0, Count).Where(p => probed.Contains(Nearest(s_points[p][0], s_points[p][1]))));
    }

    static string Graph()
    {
        var canvas = new DrawingCanvas(Side, Side);
        var graph = ProximityGraphs.MonotonicRelativeNeighborhood(s_points);
        canvas.Edges(graph, At);
        int start = Enumerable.Range(0, Count).MinBy(p => s_points[p][0] - s_points[p][1]);
        var path = graph.SearchGreedily(start, [s_query.X, s_query.Y]);
        canvas.Path(path, At);
        return Finish(canvas, path.Points.SelectMany(p => graph.Neighbors(p)).Append(start).Distinct());
    }
}
