using Descent.Tensors;

namespace Descent.Search.Tests;

/// <summary>Points of the plane that geometry goes wrong on, and others.</summary>
static class PlaneSets
{
    public static TheoryData<string> Names => [.. All.Keys];

    public static IReadOnlyDictionary<string, Func<PointSet>> All { get; } = new Dictionary<string, Func<PointSet>>
    {
        ["one"] = () => new([1, 2], 2),
        ["two"] = () => new([1, 2, -3, 4], 2),
        ["triangle"] = () => new([0, 0, 1, 0, 0, 1], 2),
        ["line"] = () => new([.. Enumerable.Range(0, 17).SelectMany(i => new[] { i * 3.0, i * 1.0 })], 2),
        ["vertical line"] = () => new([.. Enumerable.Range(0, 9).SelectMany(i => new[] { 0.1, i * 0.1 })], 2),
        ["line but for one"] = () => new([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 2, 2.5], 2),
        ["grid"] = () => new([.. Enumerable.Range(0, 64).SelectMany(i => new[] { i % 8 * 0.1, i / 8 * 0.1 })], 2),
        ["hexagons"] = () => new([.. Enumerable.Range(0, 49).SelectMany(i => new[] { i % 7 + i / 7 % 2 * 0.5, i / 7 * Math.Sqrt(0.75) })], 2),
        ["circle"] = () => new([.. Enumerable.Range(0, 24).SelectMany(i => new[] { Math.Cos(i * Math.PI / 12), Math.Sin(i * Math.PI / 12) }), 0, 0], 2),
        ["a rounding apart"] = RoundingApart,
        ["far from the origin"] = () => Uniform(60, 2, seed: 5, offset: 1e9),
        ["uniform"] = () => Uniform(120, 2, seed: 1),
        ["clusters"] = Clusters,
    };

    public static PointSet Uniform(int count, int dimension, ulong seed, double offset = 0)
    {
        double[] x = new double[count * dimension];
        new Generator(seed).Uniform(x, offset, offset + 1);
        return new(x, dimension);
    }

    static PointSet Clusters()
    {
        double[] x = new double[160];
        new Generator(3).Normal(x, 0, 1e-6);
        for (int i = 0; i < x.Length; i++) x[i] += i / 20;
        return new(x, 2);
    }

    /// <summary>Points within a few roundings of the line x = y, where plain doubles give any sign at all.</summary>
    static PointSet RoundingApart()
    {
        var x = new List<double> { 12, 12, 24, 24 };
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 6; j++)
                x.AddRange([0.5 + i * Math.ScaleB(1, -53), 0.5 + j * Math.ScaleB(1, -53)]);
        return new([.. x], 2);
    }
}
