using Descent.Metrics;
using Descent.Tensors;

namespace Descent.Tabular.Tests;

/// <summary>What encodings by the target must never tell a row: its own target.</summary>
public sealed class TargetEncoderTests
{
    /// <summary>A category of many levels that says nothing of the target.</summary>
    static (Frame Frame, double[] Y) Noise(int rows)
    {
        var random = new Generator(3);
        double[] y = new double[rows];
        random.Normal(y);
        return (new(Column.Categories("id", Enumerable.Range(0, rows).Select(i => $"{i / 2}"))), y);
    }

    static double Correlation(double[] a, double[] b) => Math.Sqrt(Math.Max(0, RegressionMetrics.R2(b, [.. a.Select(v => Line(a, b, v))])));

    static double Line(double[] a, double[] b, double v)
    {
        double meanA = a.Average(), meanB = b.Average();
        double slope = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum() / a.Sum(x => (x - meanA) * (x - meanA));
        return meanB + slope * (v - meanA);
    }

    [Theory, InlineData(10.0), InlineData(0.0), InlineData(null)]
    public void Training_rows_do_not_learn_their_own_targets(double? smoothing)
    {
        var (frame, y) = Noise(2000);
        var encoder = new TargetEncoder { Smoothing = smoothing };
        var target = Target.Of(y);
        var fitted = encoder.Fit(frame, target);
        double[] naive = fitted.Apply(frame).Get<FloatColumn>("id").Values.ToArray(), honest = encoder.TrainingRows(frame, target, fitted).Get<FloatColumn>("id").Values.ToArray();
        Assert.True(Correlation(naive, y) > 0.6, $"what the encoding would tell: {Correlation(naive, y)}");
        Assert.True(Correlation(honest, y) < 0.1, $"what it tells: {Correlation(honest, y)}");
    }

    [Fact]
    public void Changing_the_target_of_a_row_leaves_its_own_encoding_as_it_was()
    {
        var (frame, y) = Noise(100);
        var encoder = new TargetEncoder();
        ITransformer<IFittedTransformer> step = encoder;
        double[] Encoded(double[] targets) => step.TrainingRows(frame, Target.Of(targets), encoder.Fit(frame, Target.Of(targets))).Get<FloatColumn>("id").Values.ToArray();
        double[] before = Encoded(y);
        for (int row = 0; row < 20; row++)
        {
            double[] changed = (double[])y.Clone();
            changed[row] += 100;
            double[] after = Encoded(changed);
            Assert.Equal(before[row], after[row]);
            Assert.NotEqual(before, after);
        }
    }

    [Fact]
    public void A_pipeline_does_not_trust_a_category_that_says_nothing()
    {
        var (frame, y) = Noise(1000);
        var train = frame.With(Column.Of("y", y));
        var model = new Pipeline { Steps = [new TargetEncoder { Smoothing = 0 }], Learner = new LinearRegression() }.Fit(train, "y");
        Assert.True(Math.Abs(Assert.IsType<LinearRegressionModel>(model.Model).Weights[0]) < 0.2);
    }

    [Fact]
    public void Levels_are_drawn_towards_the_mean_of_all_rows()
    {
        var frame = new Frame(Column.Categories("c", ["a", "a", "a", "b", null]));
        var fitted = new TargetEncoder { Smoothing = 2 }.Fit(frame, Target.Of([1.0, 2, 3, 10, 4]));
        // (6 + 2 · 4) / 5, (10 + 2 · 4) / 3, (4 + 2 · 4) / 3, and the mean for a level that is new.
        double[] encoded = fitted.Apply(new Frame(Column.Categories("c", ["a", "b", null, "c"]))).Get<FloatColumn>("c").Values.ToArray();
        Assert.Equal([2.8, 6, 4, 4], encoded, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Classes_give_shares()
    {
        var frame = new Frame(Column.Categories("c", ["a", "a", "b", "b", "b"]));
        var two = new TargetEncoder { Smoothing = 0 }.Fit(frame, Target.Of(new Labels([0, 1, 1, 1, 0], ["no", "yes"]))).Apply(frame);
        Assert.Equal([0.5, 0.5, 2 / 3.0, 2 / 3.0, 2 / 3.0], two.Get<FloatColumn>("c").Values.ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        var three = new TargetEncoder { Smoothing = 0 }.Fit(frame, Target.Of(new Labels([0, 1, 2, 2, 0], ["p", "q", "r"]))).Apply(frame);
        Assert.Equal(["c:p", "c:q", "c:r"], three.Names);
        Assert.Equal(2 / 3.0, three.Get<FloatColumn>("c:r")[2], 1e-12);
        Assert.Contains("target", Assert.Throws<ArgumentException>(() => new TargetEncoder().Fit(frame)).Message, StringComparison.Ordinal);
    }
}
