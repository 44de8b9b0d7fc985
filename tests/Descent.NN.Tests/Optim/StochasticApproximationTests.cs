using Descent.Tensors;

namespace Descent.NN.Tests;

/// <summary>The convergence facts, as means over many seeded runs.</summary>
public sealed class StochasticApproximationTests
{
    const int Runs = 300;

    /// <summary>The mean squared error of a procedure over runs with generators of their own.</summary>
    static double MeanSquaredError(double truth, Func<Generator, double> run) =>
        Enumerable.Range(0, Runs).Average(i => Math.Pow(run(new((ulong)i + 1)) - truth, 2));

    /// <summary>A rising function with its root at 2, and noise of deviation 1.</summary>
    static Func<double, double> Rising(Generator g) => x => (x - 2) * (1 + 0.5 / (1 + x * x)) + g.NextNormal();

    static Func<double, double> Bowl(Generator g) => x => (x - 1) * (x - 1) + 0.3 * g.NextNormal();

    static double Root(Generator g, PowerLaw steps, long iterations) =>
        new RobbinsMonro { Steps = steps.At, Iterations = iterations }.Solve(Rising(g), 0).Last;

    [Theory]
    [InlineData(1, 2.0, 6)]
    [InlineData(0.75, 1.0, 3)]
    public void The_error_of_a_root_falls_with_the_steps(double exponent, double scale, double atLeast)
    {
        var law = new PowerLaw(scale, exponent);
        Assert.True(law.SatisfiesRobbinsMonro);
        double early = MeanSquaredError(2, g => Root(g, law, 50)), late = MeanSquaredError(2, g => Root(g, law, 800));
        Assert.True(early / late > atLeast, $"{early} → {late}");
    }

    [Fact]
    public void With_steps_that_do_not_fall_the_noise_stays()
    {
        var law = new PowerLaw(0.5, 0);
        Assert.False(law.SatisfiesRobbinsMonro);
        double early = MeanSquaredError(2, g => Root(g, law, 50)), late = MeanSquaredError(2, g => Root(g, law, 800));
        Assert.InRange(late, 0.7 * early, 1.4 * early);
        Assert.True(late > 0.1, $"{late}");
    }

    [Fact]
    public void With_steps_that_fall_too_fast_the_root_is_not_reached()
    {
        var law = new PowerLaw(0.15, 2);
        Assert.False(law.SatisfiesRobbinsMonro);
        Assert.True(MeanSquaredError(2, g => Root(g, law, 50)) > 1);
        Assert.True(MeanSquaredError(2, g => Root(g, law, 2000)) > 1);
    }

    [Fact]
    public void The_mean_of_the_iterates_is_better_where_steps_fall_slowly()
    {
        var solver = new RobbinsMonro { Steps = new PowerLaw(1, 0.6).At, Iterations = 1000 };
        double last = MeanSquaredError(2, g => solver.Solve(Rising(g), 0).Last), mean = MeanSquaredError(2, g => solver.Solve(Rising(g), 0).Average);
        Assert.True(mean < 0.3 * last, $"{mean}, {last}");
    }

    [Fact]
    public void The_error_of_a_minimum_falls_with_the_steps()
    {
        PowerLaw steps = new(0.5), widths = new(1, 0.25);
        Assert.True(steps.SatisfiesKieferWolfowitz(widths));
        double Minimum(Generator g, long n) => new KieferWolfowitz { Steps = steps.At, Widths = widths.At, Iterations = n }.Minimize(Bowl(g), -1).Last;
        double early = MeanSquaredError(1, g => Minimum(g, 25)), late = MeanSquaredError(1, g => Minimum(g, 1600));
        Assert.True(early / late > 4, $"{early} → {late}");
    }

    [Fact]
    public void Differences_that_narrow_too_fast_drown_in_noise()
    {
        PowerLaw steps = new(0.5), widths = new(1, 1);
        Assert.False(steps.SatisfiesKieferWolfowitz(widths));
        double Minimum(Generator g, long n) => new KieferWolfowitz { Steps = steps.At, Widths = widths.At, Iterations = n }.Minimize(Bowl(g), -1).Last;
        double early = MeanSquaredError(1, g => Minimum(g, 25)), late = MeanSquaredError(1, g => Minimum(g, 1600));
        Assert.True(late > 0.5 * early, $"{early} → {late}");
    }

    [Fact]
    public void Several_dimensions_and_bounds_work_too()
    {
        var g = new Generator(7);
        var root = new RobbinsMonro { Iterations = 20_000, Steps = new PowerLaw(2, 0.9).At }
            .Solve(x => [x[0] + 0.5 * x[1] - 2 + g.NextNormal(), x[1] - 0.5 * x[0] + 1 + g.NextNormal()], [5, 5]);
        Assert.Equal([2, 0], root.Average, (e, a) => Math.Abs(e - a) < 0.05);
        var minimum = new KieferWolfowitz { Iterations = 5000 }.Minimize(x => Math.Pow(x[0] - 1, 2) + Math.Pow(x[1] + 2, 2) + 0.1 * g.NextNormal(), [0, 0]);
        Assert.Equal([1, -2], minimum.Last, (e, a) => Math.Abs(e - a) < 0.05);
        Assert.Equal(1.5, new RobbinsMonro { High = 1.5 }.Solve(Rising(g), 0).Last, 0.1);
        Assert.InRange(new RobbinsMonro { High = 1.5 }.Solve(Rising(g), 0).Average, 1.3, 1.5);
        // A median is where the sign of x − sample has mean 0.
        Assert.Equal(Math.Log(2), new RobbinsMonro { Steps = new PowerLaw(3, 0.8).At, Iterations = 50_000 }.Solve(x => Math.Sign(x + Math.Log(1 - g.NextDouble())), 3).Average, 0.05);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RobbinsMonro { Iterations = 0 });
        Assert.Throws<ArgumentException>(() => new RobbinsMonro { Low = 2, High = 1 }.Solve(x => x, 0));
        Assert.Throws<ArgumentException>(() => new RobbinsMonro().Solve(x => [x[0]], [1, 2]));
    }

    [Theory]
    [InlineData(0.3, true, false)]
    [InlineData(0.5, true, false)]
    [InlineData(0.6, true, true)]
    [InlineData(1, true, true)]
    [InlineData(1.2, false, true)]
    public void The_conditions_are_decided_for_power_laws_and_seen_in_numbers(double exponent, bool diverges, bool converges)
    {
        var law = new PowerLaw(3, exponent, 10);
        Assert.Equal((diverges, converges, diverges && converges), (law.SumDiverges, law.SquaresConverge, law.SatisfiesRobbinsMonro));
        var report = StepSizeReport.Of(law.At, 16);
        Assert.Equal(diverges ? SeriesTrend.Diverges : SeriesTrend.Converges, report.SumTrend);
        Assert.Equal(converges ? SeriesTrend.Converges : SeriesTrend.Diverges, report.SquaresTrend);
        Assert.Equal(law.SatisfiesRobbinsMonro, report.SatisfiesRobbinsMonro);
        Assert.Equal(1 - exponent, report.GrowthOfSum, 0.02);
    }

    [Fact]
    public void What_is_too_near_the_border_is_left_open()
    {
        Assert.Equal(SeriesTrend.Unclear, StepSizeReport.Of(n => 1 / (n * Math.Log(n + 1)), 16).SumTrend);
        Assert.Null(StepSizeReport.Of(n => 1 / (n * Math.Log(n + 1)), 16).SatisfiesRobbinsMonro);
        Assert.False(StepSizeReport.Of(n => n < 100 ? 1 : 0, 16).SatisfiesRobbinsMonro);
        var report = StepSizeReport.Of(n => 1.0 / n, 10);
        Assert.Equal(1023, report.Terms);
        Assert.Equal(Enumerable.Range(1, 1023).Sum(n => 1.0 / n), report.Sum, 1e-12);
        Assert.Throws<ArgumentException>(() => StepSizeReport.Of(n => -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => StepSizeReport.Of(n => 1, 50));
    }

    [Fact]
    public void An_incremental_mean_is_the_mean_and_a_root_found_with_steps_1_over_n()
    {
        double[] x = [.. Enumerable.Range(0, 100).Select(i => 1e6 + Math.Sin(i))];
        var mean = new IncrementalMean();
        foreach (double v in x) mean.Update(v);
        Assert.Equal(x.Average(), mean.Mean, 1e-6);
        Assert.Equal(x.Sum(v => (v - x.Average()) * (v - x.Average())) / 99, mean.Variance, 1e-6);
        Assert.Equal(Math.Sqrt(mean.Variance / 100), mean.StandardError, 1e-12);
        int next = 0;
        Assert.Equal(mean.Mean, new RobbinsMonro { Iterations = 100 }.Solve(m => m - x[next++], 0).Last, 1e-6);
        Assert.Equal(double.NaN, new IncrementalMean().Variance);
    }
}
