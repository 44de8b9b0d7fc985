using System.Globalization;
using System.Text;

namespace Descent.NN;

/// <summary>The numbers along an axis.</summary>
static class ChartAxis
{
    /// <summary>Bounds widened to round numbers, and the round numbers between them.</summary>
    internal static (double Low, double High, double[] Ticks) Of(double low, double high, bool whole)
    {
        if (high - low < 1e-12) (low, high) = (low - Math.Max(0.5, Math.Abs(low) / 2), high + Math.Max(0.5, Math.Abs(high) / 2));
        double rough = (high - low) / 5, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
        if (whole) step = Math.Max(1, Math.Round(step));
        double first = Math.Floor(low / step) * step, last = Math.Ceiling(high / step) * step;
        int count = (int)Math.Round((last - first) / step);
        return (first, last, [.. Enumerable.Range(0, count + 1).Select(i => first + i * step)]);
    }

    /// <summary>Bounds widened to 1, 2 or 5 times a power of ten, and all such between them.</summary>
    internal static (double Low, double High, double[] Ticks) OfFactors(double low, double high)
    {
        var ticks = new List<double>();
        for (double power = Math.Pow(10, Math.Floor(Math.Log10(low))); ticks.Count < 2 || ticks[^1] < high; power *= 10)
            foreach (int factor in (int[])[1, 2, 5])
            {
                if (factor * power <= low) ticks.Clear();
                if (ticks.Count < 2 || ticks[^1] < high) ticks.Add(factor * power);
            }
        return (ticks[0], ticks[^1], [.. ticks]);
    }

    /// <summary>The axis at the bottom: a line up from each tick, its number below, and a label.</summary>
    /// <param name="svg">What it is added to.</param>
    /// <param name="ticks">The numbers.</param>
    /// <param name="x">Where a number lies.</param>
    /// <param name="plot">The edges of what is plotted.</param>
    /// <param name="height">The height of the picture.</param>
    /// <param name="label">What the numbers are.</param>
    internal static void Bottom(StringBuilder svg, double[] ticks, Func<double, double> x, (int Left, int Right, int Top, int Bottom) plot, int height, string label)
    {
        foreach (double t in ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{x(t):F1}" x2="{x(t):F1}" y1="{plot.Top}" y2="{plot.Bottom}"/>""");
            svg.Append(CultureInfo.InvariantCulture, $"""<text class="tick" text-anchor="middle" x="{x(t):F1}" y="{plot.Bottom + 18}">{Tick(t, ticks)}</text>""");
        }
        svg.Append(CultureInfo.InvariantCulture, $"""<text class="label" text-anchor="middle" x="{(plot.Left + plot.Right) / 2}" y="{height - 8}">{HtmlReport.Escape(label)}</text>""");
    }

    /// <summary>A tick's number, short also where all are tiny or huge.</summary>
    internal static string Tick(double value, double[] ticks) =>
        value.ToString(ticks[1] - ticks[0] < 1e-4 || ticks.Max(Math.Abs) >= 1e6 ? "0.##e-0" : "0.####", CultureInfo.InvariantCulture);
}
