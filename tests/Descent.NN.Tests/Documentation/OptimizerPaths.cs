using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests.Documentation;

/// <summary>The picture of docs/concepts/optimizers.md: ways of optimizers down a long valley. DESCENT_DRAW=1 draws it anew.</summary>
public sealed partial class OptimizerPaths
{
    const string Picture = "docs/concepts/pictures/optimizer-paths.svg";
    const double Width = 720, Height = 260;

    static readonly (string Name, string Colour, Func<Tensor, Optimizer> Make)[] s_optimizers =
    [
        ("SGD", "#d1495b", x => new SGD([x], 1.85)),
        ("SGD with momentum", "#d98a00", x => new SGD([x], 0.3, momentum: 0.85)),
        ("RMSprop", "#2f9e63", x => new RMSprop([x], 0.25, alpha: 0.9)),
        ("Adam", "#2e4057", x => new Adam([x], 0.35)),
    ];

    /// <summary>½(x²/20 + y²) from (−9, 2.6), in the picture's coordinates.</summary>
    static List<(double X, double Y)> Path(Func<Tensor, Optimizer> make)
    {
        var x = new Parameter(Tensor.From<double>([-9, 2.6]));
        var curvature = Tensor.From<double>([0.05, 1]);
        var optimizer = make(x);
        var path = new List<(double, double)>();
        for (int step = 0; step <= 45; step++)
        {
            path.Add(At(x[0].Item(), x[1].Item()));
            optimizer.ZeroGrad();
            ((x * x * curvature).Sum() / 2).Backward();
            optimizer.Step();
        }
        return path;
    }

    static (double X, double Y) At(double x, double y) => (Width * 0.72 + x * 50, Height / 2 - y * 40);

    static string Draw()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"13\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        var (cx, cy) = At(0, 0);
        for (int level = 1; level <= 6; level++)
        {
            double r = 0.55 * level;
            svg.Append(CultureInfo.InvariantCulture, $"<ellipse cx=\"{cx:F1}\" cy=\"{cy:F1}\" rx=\"{r * Math.Sqrt(20) * 50:F1}\" ry=\"{r * 40:F1}\" fill=\"none\" stroke=\"#dddddd\"/>\n");
        }
        foreach (var (i, (name, colour, make)) in s_optimizers.Index())
        {
            string points = string.Join(' ', Path(make).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:F1},{p.Y:F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"><title>{name}</title></polyline>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M560 {24 + 20 * i}h20\" stroke=\"{colour}\" stroke-width=\"3\"/><text x=\"588\" y=\"{28 + 20 * i}\" fill=\"#333333\">{name}</text>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    [Fact]
    public void The_picture_shows_where_they_go()
    {
        string file = System.IO.Path.Combine(RepositoryRoot.Path, Picture);
        if (Environment.GetEnvironmentVariable("DESCENT_DRAW") == "1")
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Draw());
        }
        double[][] drawn = Points(RepositoryRoot.Read(Picture)), expected = Points(Draw());
        Assert.Equal(s_optimizers.Length, drawn.Length);
        foreach (var (a, b) in expected.Zip(drawn)) Assert.Equal(a, b, (e, d) => Math.Abs(e - d) < 0.5);
    }

    [Fact]
    public void All_come_near_the_lowest_point()
    {
        var (x, y) = At(0, 0);
        Assert.All(s_optimizers, o => Assert.True(Math.Abs(Path(o.Make)[^1].X - x) < 80 && Math.Abs(Path(o.Make)[^1].Y - y) < 10, o.Name));
    }

    static double[][] Points(string svg) =>
        [.. Polyline().Matches(svg).Select(m => m.Groups[1].Value.Split([' ', ',']).Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray())];

    [GeneratedRegex("points=\"([^\"]*)\"")]
    private static partial Regex Polyline();
}
