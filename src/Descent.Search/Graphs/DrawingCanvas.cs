using System.Globalization;
using System.Text;

namespace Descent.Search;

/// <summary>SVG of points, lines and areas, in the colours that all drawings of graphs share.</summary>
sealed class DrawingCanvas
{
    internal const string Edge = "#4a6f8a", Way = "#c2410c", Start = "#2a7f3f", Point = "#1f2d3a", Cell = "#d8b36a", Faint = "#94a3b8";

    readonly StringBuilder _svg = new();

    internal DrawingCanvas(double width, double height)
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:0.#} {height:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\">\n");
        _svg.Append(CultureInfo.InvariantCulture, $"<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"11\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"{Edge}\"/></marker></defs>\n");
        _svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    }

    public override string ToString() => $"{_svg}</svg>\n";

    internal void Line((double X, double Y) a, (double X, double Y) b, string style) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{a.X:0.##}\" y1=\"{a.Y:0.##}\" x2=\"{b.X:0.##}\" y2=\"{b.Y:0.##}\" {style}/>\n");

    internal void Circle((double X, double Y) at, double radius, string style) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{at.X:0.##}\" cy=\"{at.Y:0.##}\" r=\"{radius}\" {style}/>\n");

    internal void Dot((double X, double Y) at, double radius, string color) => Circle(at, radius, $"fill=\"{color}\"");

    internal void Area(IEnumerable<(double X, double Y)> corners, string style) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{string.Join(' ', corners.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.X:0.##},{c.Y:0.##}")))}\" {style}/>\n");

    internal void Text((double X, double Y) at, string text, string style = "") =>
        _svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at.X:0.##}\" y=\"{at.Y:0.##}\" font-family=\"sans-serif\" font-size=\"13\" fill=\"{Point}\" {style}>{text}</text>\n");

    /// <summary>The edges of a graph: a line where one leads back, an arrow where none does.</summary>
    internal void Edges(ProximityGraph graph, Func<int, (double X, double Y)> at)
    {
        for (int p = 0; p < graph.Points.Count; p++)
            foreach (int q in graph.Neighbors(p))
            {
                bool isMutual = graph.Contains(q, p);
                if (!isMutual || p < q) Line(at(p), at(q), isMutual ? $"stroke=\"{Edge}\"" : $"stroke=\"{Edge}\" marker-end=\"url(#head)\"");
            }
    }

    /// <summary>The steps of a search.</summary>
    internal void Path(SearchPath path, Func<int, (double X, double Y)> at)
    {
        for (int i = 0; i < path.Hops; i++) Line(at(path.Points[i]), at(path.Points[i + 1]), $"stroke=\"{Way}\" stroke-width=\"3\" class=\"path\"");
    }
}
