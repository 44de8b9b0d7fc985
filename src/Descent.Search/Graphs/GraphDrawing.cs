using System.Globalization;
using System.Text;

namespace Descent.Search;

/// <summary>A picture of a graph over points of the plane.</summary>
public sealed record GraphDrawing
{
    /// <summary>What is drawn; an edge that has no edge back gets an arrowhead.</summary>
    /// <exception cref="ArgumentException">The dimension is not 2.</exception>
    public required ProximityGraph Graph
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Points.RequirePlane(nameof(GraphDrawing));
            field = value;
        }
    }

    /// <summary>Cells to draw behind it.</summary>
    public VoronoiDiagram? Cells { get; init; }

    /// <summary>A search to draw over it.</summary>
    public SearchPath? Path { get; init; }

    /// <summary>What the search looked for.</summary>
    public (double X, double Y)? Query { get; init; }

    /// <summary>Pixels of the longer side.</summary>
    public int Size { get; init => field = Check.AtLeast(50, value); } = 480;

    /// <summary>The picture as SVG.</summary>
    public string ToSvg()
    {
        var frame = new Frame(this);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {frame.Width:0.#} {frame.Height:0.#}\" width=\"{frame.Width:0.#}\" height=\"{frame.Height:0.#}\">\n");
        svg.Append("<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"11\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#4a6f8a\"/></marker></defs>\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        DrawCells(svg, frame);
        DrawEdges(svg, frame);
        DrawPath(svg, frame);
        for (int p = 0; p < Graph.Points.Count; p++) Circle(svg, frame.Map(Graph.Points.X(p), Graph.Points.Y(p)), 3, "#1f2d3a");
        if (Path is { } path) Circle(svg, frame.Map(Graph.Points.X(path.Points[0]), Graph.Points.Y(path.Points[0])), 4.5, "#2a7f3f");
        if (Query is { } query) Circle(svg, frame.Map(query.X, query.Y), 4.5, "#c2410c");
        return svg.Append("</svg>\n").ToString();
    }

    void DrawCells(StringBuilder svg, Frame frame)
    {
        if (Cells is null) return;
        for (int p = 0; p < Graph.Points.Count; p++)
        {
            var corners = Cells.Cell(p, frame.Low, frame.High).Select(c => frame.Map(c.X, c.Y))
                .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.X:0.##},{c.Y:0.##}"));
            svg.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{string.Join(' ', corners)}\" fill=\"none\" stroke=\"#d8b36a\"/>\n");
        }
    }

    void DrawEdges(StringBuilder svg, Frame frame)
    {
        for (int p = 0; p < Graph.Points.Count; p++)
            foreach (int q in Graph.Neighbors(p))
            {
                bool isMutual = Graph.Contains(q, p);
                if (!isMutual || p < q)
                    Line(svg, frame, p, q, isMutual ? "stroke=\"#4a6f8a\"" : "stroke=\"#4a6f8a\" marker-end=\"url(#head)\"");
            }
    }

    void DrawPath(StringBuilder svg, Frame frame)
    {
        if (Path is null) return;
        for (int i = 0; i < Path.Hops; i++)
            Line(svg, frame, Path.Points[i], Path.Points[i + 1], "stroke=\"#c2410c\" stroke-width=\"3\" class=\"path\"");
    }

    void Line(StringBuilder svg, Frame frame, int p, int q, string style)
    {
        var (a, b) = (frame.Map(Graph.Points.X(p), Graph.Points.Y(p)), frame.Map(Graph.Points.X(q), Graph.Points.Y(q)));
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{a.X:0.##}\" y1=\"{a.Y:0.##}\" x2=\"{b.X:0.##}\" y2=\"{b.Y:0.##}\" {style}/>\n");
    }

    static void Circle(StringBuilder svg, (double X, double Y) at, double radius, string color) =>
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{at.X:0.##}\" cy=\"{at.Y:0.##}\" r=\"{radius}\" fill=\"{color}\"/>\n");

    /// <summary>The part of the plane that is shown, and where its points lie in the picture.</summary>
    sealed class Frame
    {
        const double Margin = 0.06;

        readonly double _scale;

        internal Frame(GraphDrawing drawing)
        {
            var points = drawing.Graph.Points;
            List<(double X, double Y)> shown = [.. Enumerable.Range(0, points.Count).Select(p => (points.X(p), points.Y(p)))];
            if (drawing.Query is { } query) shown.Add(query);
            if (shown.Count == 0) shown.Add((0, 0));
            var (low, high) = ((X: shown.Min(s => s.X), Y: shown.Min(s => s.Y)), (X: shown.Max(s => s.X), Y: shown.Max(s => s.Y)));
            double side = Math.Max(high.X - low.X, high.Y - low.Y), margin = side > 0 ? side * Margin : 1;
            (Low, High) = ((low.X - margin, low.Y - margin), (high.X + margin, high.Y + margin));
            _scale = drawing.Size / (Math.Max(High.X - Low.X, High.Y - Low.Y));
        }

        internal (double X, double Y) Low { get; }

        internal (double X, double Y) High { get; }

        internal double Width => (High.X - Low.X) * _scale;

        internal double Height => (High.Y - Low.Y) * _scale;

        internal (double X, double Y) Map(double x, double y) => ((x - Low.X) * _scale, (High.Y - y) * _scale);
    }
}
