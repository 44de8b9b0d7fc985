using System.Globalization;

namespace Descent.NN;

/// <summary>Named rows of points along one axis, those at one place stacked like bees; each point's colour says how high another value is.</summary>
/// <param name="title">Its heading.</param>
/// <param name="xLabel">What the axis shows.</param>
/// <param name="colourLabel">What the colours show.</param>
public sealed class SwarmChart(string title, string xLabel, string colourLabel) : Chart(title)
{
    const int Left = 190, Right = 24, Top = 56, Bottom = 48, Row = 34, LongestName = 27;
    const double Radius = 2.2;

    readonly List<(string Name, (double X, double Colour)[] Points)> _rows = [];

    /// <summary>Adds a row below those there are.</summary>
    /// <param name="name">What stands beside it.</param>
    /// <param name="points">Places, and colours from 0, low, to 1, high; NaN is grey.</param>
    public SwarmChart Add(string name, IEnumerable<(double X, double Colour)> points)
    {
        _rows.Add((name, [.. points.Where(p => double.IsFinite(p.X))]));
        return this;
    }

    /// <inheritdoc/>
    public override string ToSvg()
    {
        int height = Top + Row * Math.Max(1, _rows.Count) + Bottom;
        var svg = Begin(height, 12);
        var all = _rows.SelectMany(r => r.Points).Select(p => p.X).DefaultIfEmpty().ToArray();
        var (x0, x1, ticks) = ChartAxis.Of(Math.Min(0, all.Min()), Math.Max(0, all.Max()), whole: false);
        double X(double x) => Left + (x - x0) / (x1 - x0) * (Width - Left - Right);
        ChartAxis.Bottom(svg, ticks, X, (Left, Width - Right, Top, height - Bottom), height, xLabel);
        svg.Append(CultureInfo.InvariantCulture, $"""<line stroke="currentColor" stroke-opacity="0.5" x1="{X(0):F1}" x2="{X(0):F1}" y1="{Top}" y2="{height - Bottom}"/>""");
        Legend(svg);
        for (int i = 0; i < _rows.Count; i++)
        {
            var (name, points) = _rows[i];
            double middle = Top + Row * (i + 0.5);
            svg.Append(CultureInfo.InvariantCulture, $"""<text class="tick" text-anchor="end" x="{Left - 8}" y="{middle + 4:F1}">{HtmlReport.Escape(Cut(name, LongestName))}<title>{HtmlReport.Escape(name)}</title></text>""");
            var crowd = new Dictionary<int, int>();
            foreach (var (x, colour) in points)
            {
                double place = X(x);
                int bin = (int)Math.Round(place / (1.5 * Radius)), count = crowd.GetValueOrDefault(bin);
                crowd[bin] = count + 1;
                // To and fro about the middle; what finds no room lies on the edge.
                double aside = Math.Min((count + 1) / 2 * Radius, Row / 2.0 - Radius) * (count % 2 == 0 ? 1 : -1);
                svg.Append(CultureInfo.InvariantCulture, $"""<circle cx="{place:F1}" cy="{middle + aside:F1}" r="{Radius}" fill="{Shade(colour)}"/>""");
            }
        }
        return End(svg);
    }

    void Legend(System.Text.StringBuilder svg)
    {
        const int Steps = 12, Step = 8;
        int at = Width - Right - Steps * Step - 34;
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="tick" text-anchor="end" x="{at - 34}" y="41">{HtmlReport.Escape(colourLabel)}:</text><text class="tick" text-anchor="end" x="{at - 6}" y="41">low</text>""");
        for (int i = 0; i < Steps; i++)
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{at + i * Step}" y="31" width="{Step}" height="11" fill="{Shade(i / (Steps - 1.0))}"/>""");
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="tick" x="{at + Steps * Step + 6}" y="41">high</text>""");
    }

    /// <summary>Blue through violet to red; both ends stand out from white and from black.</summary>
    static string Shade(double value)
    {
        if (double.IsNaN(value)) return "#8a8f98";
        double t = Math.Clamp(value, 0, 1);
        static int Mix(double t, int from, int middle, int to) => (int)Math.Round(t < 0.5 ? from + 2 * t * (middle - from) : middle + (2 * t - 1) * (to - middle));
        return string.Create(CultureInfo.InvariantCulture, $"#{Mix(t, 0x1f, 0x8e, 0xf0):x2}{Mix(t, 0x77, 0x4e, 0x1f):x2}{Mix(t, 0xf0, 0xc0, 0x4f):x2}");
    }
}
