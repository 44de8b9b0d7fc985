using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/stochastic-approximation.md.</summary>
public sealed class StochasticApproximationSnippets
{
    [Fact]
    public void A_mean()
    {
        var mean = new IncrementalMean();
        foreach (double x in (double[])[3, 5, 10]) mean.Update(x);
        double m = mean.Mean;                    // 6
        double error = mean.StandardError;       // √(13 / 3) ≈ 2.08

        Assert.Equal(6, m, 1e-12);
        Assert.Equal(Math.Sqrt(13.0 / 3), error, 1e-12);
    }

    [Fact]
    public void A_root()
    {
        var random = new Generator(seed: 1);
        double Dose(double x) => 2 * x - 3 + random.NextNormal();    // the root is 1.5

        var root = new RobbinsMonro { Iterations = 20_000 }.Solve(Dose, start: 0);
        double x = root.Last;

        Assert.Equal(1.5, x, 0.05);
    }

    [Fact]
    public void A_minimum()
    {
        var random = new Generator(seed: 1);
        double Loss(double x) => (x - 1) * (x - 1) + 0.1 * random.NextNormal();

        PowerLaw steps = new(Scale: 0.5), widths = new(Exponent: 0.25);
        bool converges = steps.SatisfiesKieferWolfowitz(widths);    // true
        var minimum = new KieferWolfowitz { Steps = steps.At, Widths = widths.At }.Minimize(Loss, start: -1);

        Assert.True(converges);
        Assert.Equal(1, minimum.Last, 0.05);
    }

    [Fact]
    public void Conditions()
    {
        bool falls = new PowerLaw(Exponent: 0.6).SatisfiesRobbinsMonro;         // true
        bool tooSlow = new PowerLaw(Exponent: 0.5).SatisfiesRobbinsMonro;       // false: the noise does not die away
        bool tooFast = new PowerLaw(Exponent: 1.5).SatisfiesRobbinsMonro;       // false: the steps end before the root
        var report = StepSizeReport.Of(n => 1 / Math.Sqrt(n * Math.Log(n + 2)), doublings: 16);
        SeriesTrend sum = report.SumTrend;                                      // Diverges

        Assert.Equal((true, false, false), (falls, tooSlow, tooFast));
        Assert.Equal(SeriesTrend.Diverges, sum);
    }
}
