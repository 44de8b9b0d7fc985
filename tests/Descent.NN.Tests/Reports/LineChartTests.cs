using System.Globalization;
using System.Text.RegularExpressions;

namespace Descent.NN.Tests;

public class LineChartTests
{
    public static TheoryData<double, double> Ranges => new() { { 0, 1 }, { 0, 2e-6 }, { 0, 0.002 }, { 1, 1 }, { -3, 12 }, { 0, 3e7 }, { 0.99, 0.991 } };

    [Theory, MemberData(nameof(Ranges))]
    public void Ticks_are_different_and_short_and_surround_the_values(double low, double high)
    {
        var (first, last, ticks) = ChartAxis.Of(low, high, whole: false);
        Assert.True(first <= low && last >= high);
        string[] shown = [.. ticks.Select(t => ChartAxis.Tick(t, ticks))];
        Assert.Equal(shown.Length, shown.Distinct().Count());
        Assert.All(shown, s => Assert.InRange(s.Length, 1, 7));
        Assert.All(shown.Zip(ticks), p => Assert.Equal(p.Second, double.Parse(p.First, CultureInfo.InvariantCulture), 1e-9 + Math.Abs(p.Second) * 1e-3));
    }

    [Fact]
    public void A_legend_stands_where_there_are_several_lines()
    {
        Assert.DoesNotContain("<rect", new LineChart("One", "x", "y").Add("alone", [(0, 1), (1, 2)]).ToSvg());
        string svg = new LineChart("Receiver operating characteristic", "x", "y").Add("all classes", [(0, 1), (1, 2)]).Add("chance", [(0, 1)]).ToSvg();
        int[] places = [.. Regex.Matches(svg, "<rect x=\"(\\d+)\"").Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(2, places.Length);
        // To the right of the title, which takes some 8 pixels a letter, at most.
        Assert.All(places, x => Assert.InRange(x, 76 + 8 * 33, 560));
    }

    public static TheoryData<Chart> Charts =>
    [
        new LineChart("a < b & c", "x", "y").Add("<line>", [(0, 1), (1, double.NaN), (2, 3)]).AddCloud("cloud", [(0.5, 2)]),
        new BarChart("a < b & c", "effect").Add("<good>", 0.5, spread: 0.1).Add("bad", -0.25).Add("unknown", double.NaN),
        new SwarmChart("a < b & c", "effect", "value").Add("<feature>", Enumerable.Range(0, 300).Select(i => (i / 300.0 - 0.3, i % 7 == 0 ? double.NaN : i / 300.0))),
        new LineChart("a < b & c", "x", "y"),
        new BarChart("a < b & c", "x"),
        new SwarmChart("a < b & c", "x", "y"),
    ];

    [Theory, MemberData(nameof(Charts))]
    public void A_chart_is_well_formed_and_says_what_it_is(Chart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        var svg = System.Xml.Linq.XElement.Parse(chart.ToDocument());
        Assert.Equal("a < b & c", svg.Attribute("aria-label")!.Value);
        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.DoesNotContain("NaN", chart.ToSvg(), StringComparison.Ordinal);
        string[] box = svg.Attribute("viewBox")!.Value.Split(' ');
        double width = double.Parse(box[2], CultureInfo.InvariantCulture), height = double.Parse(box[3], CultureInfo.InvariantCulture);
        foreach (var circle in svg.Descendants().Where(e => e.Name.LocalName == "circle"))
        {
            Assert.InRange(double.Parse(circle.Attribute("cx")!.Value, CultureInfo.InvariantCulture), 0, width);
            Assert.InRange(double.Parse(circle.Attribute("cy")!.Value, CultureInfo.InvariantCulture), 0, height);
        }
    }
}
