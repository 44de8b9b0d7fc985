using System.Globalization;

namespace Descent.NN;

/// <summary>A chart of two axes with round ticks, one coloured line or cloud of points a series, and a legend.</summary>
/// <param name="title">Its heading.</param>
/// <param name="xLabel">What the horizontal axis shows.</param>
/// <param name="yLabel">What the vertical axis shows.</param>
public sealed class LineChart(string title, string xLabel, string yLabel) : Chart(title)
{
    const int Height = 320, Left = 80, Right = 16, Top = 36, Bottom = 48;

    enum Form
    {
        Line,
        LineWithDots,
        Cloud,
    }

    readonly List<(string Name, (double X, double Y)[] Points, Form Form)> _series = [];

    /// <summary>Whether equal steps up are equal factors; what is not above 0 is then left out.</summary>
    public bool LogY { get; init; }

    /// <summary>Adds a line through points; what is not finite is left out.</summary>
    public LineChart Add(string name, IEnumerable<(double X, double Y)> points, bool dots = true) => Add(name, points, dots ? Form.LineWithDots : Form.Line);

    /// <summary>Adds points without a line.</summary>
    public LineChart AddCloud(string name, IEnumerable<(double X, double Y)> points) => Add(name, points, Form.Cloud);

    LineChart Add(string name, IEnumerable<(double X, double Y)> points, Form form)
    {
        _series.Add((name, [.. points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y) && !(LogY && p.Y <= 0))], form));
        return this;
    }

    /// <inheritdoc/>
    public override string ToSvg()
    {
        var svg = Begin(Height, Left);
        var points = _series.SelectMany(s => s.Points).ToArray();
        if (points.Length == 0) return End(svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="{Height / 2}">nothing recorded yet</text>"""));

        var (x0, x1, xTicks) = ChartAxis.Of(points.Min(p => p.X), points.Max(p => p.X), whole: points.Max(p => p.X) > 1 && points.All(p => p.X == Math.Floor(p.X)));
        var (y0, y1, yTicks) = LogY ? ChartAxis.OfFactors(points.Min(p => p.Y), points.Max(p => p.Y)) : ChartAxis.Of(points.Min(p => p.Y), points.Max(p => p.Y), whole: false);
        double Scale(double y) => LogY ? Math.Log(y) : y;
        double X(double x) => Left + (x - x0) / (x1 - x0) * (Width - Left - Right);
        double Y(double y) => Height - Bottom - (Scale(y) - Scale(y0)) / (Scale(y1) - Scale(y0)) * (Height - Top - Bottom);

        foreach (double t in yTicks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Y(t):F1}" y2="{Y(t):F1}"/>""");
            svg.Append(CultureInfo.InvariantCulture, $"""<text class="tick" text-anchor="end" x="{Left - 8}" y="{Y(t) + 4:F1}">{ChartAxis.Tick(t, yTicks)}</text>""");
        }
        ChartAxis.Bottom(svg, xTicks, X, (Left, Width - Right, Top, Height - Bottom), Height, xLabel);
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="label" text-anchor="middle" transform="translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)">{HtmlReport.Escape(yLabel)}</text>""");

        for (int i = 0; i < _series.Count; i++)
        {
            var (name, line, form) = _series[i];
            string colour = Colour(i);
            if (form == Form.Cloud)
            {
                // Where many lie over one another it grows darker.
                svg.Append(CultureInfo.InvariantCulture, $"""<g fill="{colour}" fill-opacity="{Math.Clamp(120.0 / line.Length, 0.35, 0.8):F2}">""");
                foreach (var (x, y) in line) svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(x):F1}" cy="{Y(y):F1}" r="2.5"/>""");
                svg.Append("</g>");
                continue;
            }
            string path = string.Join(' ', line.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>""");
            foreach (var (x, y) in form == Form.LineWithDots ? line : [])
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(x):F1}" cy="{Y(y):F1}" r="3" fill="{colour}"><title>{HtmlReport.Escape(name)}: {y:G5}</title></circle>""");
        }
        // One line alone is what the title says.
        int at = Width - Right;
        for (int i = _series.Count - 1; i >= 0 && _series.Count > 1; i--)
        {
            string name = _series[i].Name;
            at -= 34 + 7 * name.Length;
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{at}" y="11" width="12" height="12" rx="2" fill="{Colour(i)}"/><text class="tick" x="{at + 18}" y="21">{HtmlReport.Escape(name)}</text>""");
        }
        return End(svg);
    }
}
