using System.Globalization;
using System.Text;
using Descent.Tensors;

namespace Descent.Search.Tests.Documentation;

/// <summary>Pictures side by side, each with a line of text above.</summary>
static class Plates
{
    internal static PointSet Points(int count, ulong seed = 1)
    {
        double[] coordinates = new double[2 * count];
        new Generator(seed).Uniform(coordinates);
        return new(coordinates, 2);
    }

    internal static string Join(int columns, int width, int height, params (string Title, string Svg)[] plates)
    {
        const int Head = 24;
        int rows = (plates.Length + columns - 1) / columns;
        var svg = new StringBuilder($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {columns * width} {rows * (height + Head)}\" width=\"{columns * width}\" height=\"{rows * (height + Head)}\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        foreach (var (i, (title, plate)) in plates.Index())
        {
            int x = i % columns * width, y = i / columns * (height + Head);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + width / 2}\" y=\"{y + 17}\" text-anchor=\"middle\" font-family=\"sans-serif\" font-size=\"14\" fill=\"#1f2d3a\">{title}</text>\n");
            string inner = plate[plate.IndexOf("viewBox", StringComparison.Ordinal)..];
            string view = inner.Split('"')[1];
            svg.Append(CultureInfo.InvariantCulture, $"<svg x=\"{x}\" y=\"{y + Head}\" width=\"{width}\" height=\"{height}\" viewBox=\"{view}\">\n{inner[(inner.IndexOf('>') + 2)..]}");
        }
        return svg.Append("</svg>\n").ToString();
    }
}
