using System.Globalization;

namespace Descent.NN;

/// <summary>Named bars that lie below one another, to the right of zero or to the left, with whiskers where a value is uncertain.</summary>
/// <param name="title">Its heading.</param>
/// <param name="xLabel">What the lengths are.</param>
/// <param name="signed">Whether bars to the right and to the left mean opposite things, and so have colours of their own.</param>
public sealed class BarChart(string title, string xLabel, bool signed = false) : Chart(title)
{
    const int Left = 190, Right = 64, Top = 36, Bottom = 48, Row = 22, LongestName = 27;

    readonly List<(string Name, double Value, double Spread)> _bars = [];

    /// <summary>Adds a bar below those there are.</summary>
    /// <param name="name">What stands beside it.</param>
    /// <param name="value">Its length.</param>
    /// <param name="spread">Half the length of the whiskers; 0 for none.</param>
    public BarChart Add(string name, double value, double spread = 0)
    {
        if (double.IsFinite(value)) _bars.Add((name, value, double.IsFinite(spread) ? Math.Abs(spread) : 0));
        return this;
    }

    /// <inheritdoc/>
    public override string ToSvg()
    {
        int height = Top + Row * Math.Max(1, _bars.Count) + Bottom;
        var svg = Begin(height, 12);
        if (_bars.Count == 0) return End(svg.Append(CultureInfo.InvariantCulture, $"""<text x="12" y="{height / 2}">there is none</text>"""));
        var (x0, x1, ticks) = ChartAxis.Of(Math.Min(0, _bars.Min(b => b.Value - b.Spread)), Math.Max(0, _bars.Max(b => b.Value + b.Spread)), whole: false);
        double X(double x) => Left + (x - x0) / (x1 - x0) * (Width - Left - Right);
        ChartAxis.Bottom(svg, ticks, X, (Left, Width - Right, Top, height - Bottom), height, xLabel);
        for (int i = 0; i < _bars.Count; i++)
        {
            var (name, value, spread) = _bars[i];
            double y = Top + Row * i, middle = y + Row / 2.0, from = X(Math.Min(0, value)), to = X(Math.Max(0, value));
            string shown = value.ToString("G3", CultureInfo.InvariantCulture), whole = HtmlReport.Escape(name);
            svg.Append(CultureInfo.InvariantCulture, $"""<text class="tick" text-anchor="end" x="{Left - 8}" y="{middle + 4:F1}">{HtmlReport.Escape(Cut(name, LongestName))}<title>{whole}</title></text>""");
            svg.Append(CultureInfo.InvariantCulture, $"""<rect x="{from:F1}" y="{y + 3:F1}" width="{Math.Max(0.5, to - from):F1}" height="{Row - 6}" rx="2" fill="{Colour(signed && value > 0 ? 1 : 0)}"><title>{whole}: {value:G5}{(spread > 0 ? string.Create(CultureInfo.InvariantCulture, $" ± {spread:G2}") : "")}</title></rect>""");
            if (spread > 0)
                svg.Append(CultureInfo.InvariantCulture, $"""<line stroke="currentColor" x1="{X(value - spread):F1}" x2="{X(value + spread):F1}" y1="{middle:F1}" y2="{middle:F1}"/>""");
            svg.Append(CultureInfo.InvariantCulture, $"""<text class="tick" x="{Math.Max(to, X(value + spread)) + 5:F1}" y="{middle + 4:F1}">{shown}</text>""");
        }
        return End(svg);
    }
}
