using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class ToyDataTests
{
    public sealed record Row(string Name, Func<int, ulong, TensorDataset> Draw, int Features, int Classes)
    {
        public override string ToString() => Name;
    }

    public static TheoryData<Row> Sets => new()
    {
        new("moons", (n, s) => ToyData.Moons(n, 0.1, s), 2, 2),
        new("circles", (n, s) => ToyData.Circles(n, 0.1, seed: s), 2, 2),
        new("spirals", (n, s) => ToyData.Spirals(n, 3, noise: 0.02, seed: s), 2, 3),
        new("blobs", (n, s) => ToyData.Blobs(n, 4, 5, seed: s), 5, 4),
        new("friedman 1", (n, s) => ToyData.Friedman1(n, 7, 1, s), 7, 0),
        new("friedman 2", (n, s) => ToyData.Friedman2(n, 1, s), 4, 0),
        new("friedman 3", (n, s) => ToyData.Friedman3(n, 1, s), 4, 0),
        new("regression", (n, s) => ToyData.Regression(n, 12, 3, 1, s).Set, 12, 0),
    };

    [Theory, MemberData(nameof(Sets))]
    public void A_set_follows_from_its_seed(Row row)
    {
        var set = row.Draw(101, 4);
        Assert.Equal((new Shape(101, row.Features), DType.Float32), (set.Inputs.Shape, set.Inputs.DType));
        Assert.Equal(set.Inputs.ToArray<float>(), row.Draw(101, 4).Inputs.ToArray<float>());
        Assert.NotEqual(set.Inputs.ToArray<float>(), row.Draw(101, 5).Inputs.ToArray<float>());
        Assert.Equal(0, row.Draw(0, 4).Count);
        Assert.Equal(1, row.Draw(1, 4).Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => row.Draw(-1, 4));
        if (row.Classes == 0)
        {
            Assert.Equal(new Shape(101, 1), set.Targets.Shape);
            return;
        }
        var labels = set.Targets.ToArray<long>();
        Assert.Equal(row.Classes, labels.Distinct().Count());
        Assert.All(labels.CountBy(l => l), c => Assert.InRange(c.Value, 101 / row.Classes, 101 / row.Classes + 1));
        Assert.NotEqual(labels.Order(), labels);
    }

    static IEnumerable<(double X, double Y, long Label)> Points(TensorDataset set)
    {
        var (x, y) = (set.Inputs.ToArray<float>(), set.Targets.ToArray<long>());
        return y.Select((label, i) => ((double)x[2 * i], (double)x[2 * i + 1], label));
    }

    [Fact]
    public void Shapes_lie_on_their_curves()
    {
        foreach (var (x, y, label) in Points(ToyData.Moons(50)))
        {
            double dx = label == 0 ? x : x - 1, dy = label == 0 ? y : y - 0.5;
            Assert.Equal(1, dx * dx + dy * dy, 1e-6);
            Assert.True(label == 0 ? dy >= -1e-6 : dy <= 1e-6);
        }
        foreach (var (x, y, label) in Points(ToyData.Circles(50, factor: 0.3)))
            Assert.Equal(label == 0 ? 1 : 0.3, Math.Sqrt(x * x + y * y), 1e-6);
        // All points of a circle differ: the last is not the first again.
        Assert.Equal(50, Points(ToyData.Circles(50, factor: 0.3)).Distinct().Count());
        foreach (var (x, y, label) in Points(ToyData.Spirals(60, arms: 3, turns: 0.5)))
        {
            double radius = Math.Sqrt(x * x + y * y);
            if (radius > 0.01) Assert.Equal(Math.Cos(Math.Tau * (0.5 * radius + label / 3.0)), x / radius, 1e-4);
        }
    }

    [Fact]
    public void Functions_are_those_of_their_features()
    {
        Check(ToyData.Friedman1(40), x => 10 * Math.Sin(Math.PI * x[0] * x[1]) + 20 * Math.Pow(x[2] - 0.5, 2) + 10 * x[3] + 5 * x[4], x => x.All(v => v is >= 0 and <= 1));
        Check(ToyData.Friedman2(40), x => Math.Sqrt(x[0] * x[0] + Math.Pow(x[1] * x[2] - 1 / (x[1] * x[3]), 2)), InRange);
        Check(ToyData.Friedman3(40), x => Math.Atan((x[1] * x[2] - 1 / (x[1] * x[3])) / x[0]), InRange);
        var (set, weights) = ToyData.Regression(40, 6, 2);
        var w = weights.ToArray<float>();
        Assert.Equal(2, w.Count(v => v != 0));
        Check(set, x => x.Zip(w, (a, b) => a * b).Sum(), x => true);

        static bool InRange(double[] x) => x[0] is >= 0 and <= 100 && x[1] >= 40 * Math.PI - 1e-4 && x[1] <= 560 * Math.PI + 1e-3 && x[2] is >= 0 and <= 1 && x[3] is >= 1 and <= 11;

        static void Check(TensorDataset set, Func<double[], double> function, Func<double[], bool> inRange)
        {
            var targets = set.Targets.ToArray<float>();
            for (int i = 0; i < targets.Length; i++)
            {
                double[] x = Array.ConvertAll(set.Inputs[i].ToArray<float>(), v => (double)v);
                Assert.True(inRange(x));
                Assert.Equal(1, (1 + Math.Abs(targets[i])) / (1 + Math.Abs(function(x))), 1e-5);
                Assert.Equal(Math.Sign(targets[i]), Math.Sign(function(x)));
            }
        }
    }

    [Fact]
    public void Noise_has_the_asked_for_deviation()
    {
        var exact = ToyData.Friedman1(5_000, seed: 3);
        var noisy = ToyData.Friedman1(5_000, noise: 2, seed: 3);
        Assert.Equal(exact.Inputs.ToArray<float>(), noisy.Inputs.ToArray<float>());
        Assert.InRange((noisy.Targets - exact.Targets).Std().Item(), 1.94, 2.06);
        Assert.InRange((ToyData.Moons(5_000, 0.3, 3).Inputs - ToyData.Moons(5_000, 0, 3).Inputs).Std().Item(), 0.29, 0.31);
    }
}
