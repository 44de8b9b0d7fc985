using System.Globalization;
using System.Net;
using System.Text;

namespace Descent.NN;

/// <summary>A line chart as inline SVG: axes with round ticks, one coloured line a series, a legend.</summary>
sealed class LineChart(string title, string xLabel, string yLabel)
{
    const int Width = 560, Height = 320, Left = 80, Right = 16, Top = 36, Bottom = 48;

    static readonly string[] s_colours = ["#2563eb", "#dc2626", "#059669", "#d97706"];

    readonly List<(string Name, (double X, double Y)[] Points, bool Dots)> _series = [];

    internal LineChart Add(string name, IEnumerable<(double X, double Y)> points, bool dots = true)
    {
        _series.Add((name, [.. points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))], dots));
        return this;
    }

    internal string ToSvg()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Escape(title)}">""");
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="title" x="{Left}" y="20">{Escape(title)}</text>""");
        var points = _series.SelectMany(s => s.Points).ToArray();
        if (points.Length == 0)
            return svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="{Height / 2}">nothing recorded yet</text></svg>""").ToString();

        var (x0, x1, xTicks) = Axis(points.Min(p => p.X), points.Max(p => p.X), whole: points.Max(p => p.X) > 1);
        var (y0, y1, yTicks) = Axis(points.Min(p => p.Y), points.Max(p => p.Y), whole: false);
        double X(double x) => Left + (x - x0) / (x1 - x0) * (Width - Left - Right);
        double Y(double y) => Height - Bottom - (y - y0) / (y1 - y0) * (Height - Top - Bottom);

        foreach (double t in yTicks)
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Y(t):F1}" y2="{Y(t):F1}"/><text class="tick" text-anchor="end" x="{Left - 8}" y="{Y(t) + 4:F1}">{Tick(t, yTicks)}</text>""");
        foreach (double t in xTicks)
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{X(t):F1}" x2="{X(t):F1}" y1="{Top}" y2="{Height - Bottom}"/><text class="tick" text-anchor="middle" x="{X(t):F1}" y="{Height - Bottom + 18}">{Tick(t, xTicks)}</text>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="label" text-anchor="middle" x="{(Left + Width - Right) / 2}" y="{Height - 8}">{Escape(xLabel)}</text>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="label" text-anchor="middle" transform="translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)">{Escape(yLabel)}</text>""");

        for (int i = 0; i < _series.Count; i++)
        {
            var (name, line, dots) = _series[i];
            string colour = s_colours[i % s_colours.Length];
            string path = string.Join(' ', line.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>""");
            foreach (var (x, y) in dots ? line : [])
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{X(x):F1}" cy="{Y(y):F1}" r="3" fill="{colour}"><title>{Escape(name)}: {y:G5}</title></circle>""");
        }
        // One line alone is what the title says.
        int at = Width - Right;
        for (int i = _series.Count - 1; i >= 0 && _series.Count > 1; i--)
        {
            string name = _series[i].Name;
            at -= 34 + 7 * name.Length;
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{at}" y="11" width="12" height="12" rx="2" fill="{s_colours[i % s_colours.Length]}"/><text class="tick" x="{at + 18}" y="21">{Escape(name)}</text>""");
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Bounds widened to round numbers, and the round numbers between them.</summary>
    internal static (double Low, double High, double[] Ticks) Axis(double low, double high, bool whole)
    {
        if (high - low < 1e-12) (low, high) = (low - Math.Max(0.5, Math.Abs(low) / 2), high + Math.Max(0.5, Math.Abs(high) / 2));
        double rough = (high - low) / 5, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
        if (whole) step = Math.Max(1, Math.Round(step));
        double first = Math.Floor(low / step) * step, last = Math.Ceiling(high / step) * step;
        int count = (int)Math.Round((last - first) / step);
        return (first, last, [.. Enumerable.Range(0, count + 1).Select(i => first + i * step)]);
    }

    /// <summary>A tick's number, short also where all are tiny or huge.</summary>
    internal static string Tick(double value, double[] ticks) =>
        value.ToString(ticks[1] - ticks[0] < 1e-4 || ticks.Max(Math.Abs) >= 1e6 ? "0.##e-0" : "0.####", CultureInfo.InvariantCulture);

    static string Escape(string text) => WebUtility.HtmlEncode(text);
}
