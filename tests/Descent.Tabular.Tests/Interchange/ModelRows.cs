using System.Globalization;

namespace Descent.Tabular.Tests;

/// <summary>Numbers in files that other programs write and read.</summary>
static class ModelRows
{
    internal static double[] Read(string path) => [.. File.ReadLines(path).SelectMany(line => line.Split(',')).Select(v => v == "nan" ? double.NaN : double.Parse(v, CultureInfo.InvariantCulture))];

    internal static void Write(string path, Features x) =>
        File.WriteAllLines(path, Enumerable.Range(0, x.Rows).Select(i => string.Join(',', Enumerable.Range(0, x.Columns).Select(j => double.IsNaN(x.Column(j)[i]) ? "nan" : x.Column(j)[i].ToString("R", CultureInfo.InvariantCulture)))));

    /// <summary>To float32 rounding: the sum of some trees.</summary>
    internal static void AssertNear(double[] expected, IReadOnlyList<double> actual, string what, double tolerance = 4e-6)
    {
        Assert.True(expected.Length == actual.Count, $"{what}: {actual.Count} numbers, expected {expected.Length}");
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"{what}: {actual[i]} at {i}, expected {expected[i]}");
    }

    internal static double[] Margins(BoostedTrees trees, Features x) => Array.ConvertAll(trees.Margins(x), m => (double)m);

    internal static double[] Predictions(BoostedTrees trees, Features x) => Array.ConvertAll(trees.Predict(x), m => (double)m);

    /// <summary>Values and base of each row and output, as the libraries of boosted trees lay them out.</summary>
    internal static double[] WithBase(ShapValues values) =>
        [.. Enumerable.Range(0, values.Rows).SelectMany(i => Enumerable.Range(0, values.Outputs.Length).SelectMany(k => (double[])[.. values.Row(i, k), values.Base[k]]))];
}
