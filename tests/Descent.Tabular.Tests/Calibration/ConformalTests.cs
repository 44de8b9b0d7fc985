namespace Descent.Tabular.Tests;

public sealed record IntervalCase(string Name, IRegressor<IIntervalModel> Learner, int Rows)
{
    public override string ToString() => Name;
}

public sealed class ConformalTests
{
    /// <summary>Targets that scatter more the greater the feature.</summary>
    static (Features X, double[] Y) Numbers(int rows, int seed)
    {
        var random = new Random(seed);
        double[] x = new double[rows], y = new double[rows];
        for (int i = 0; i < rows; i++)
        {
            x[i] = random.NextDouble() * 3;
            y[i] = 2 * x[i] + x[i] * (random.NextDouble() + random.NextDouble() - 1);
        }
        return (Features.FromRows(x, 1), y);
    }

    public static TheoryData<IntervalCase> Cases =>
    [
        new("split", new ConformalRegressor { Base = new Ridge(), Method = ConformalMethod.Split, HoldOut = 0.5 }, 1500),
        new("folds", new ConformalRegressor { Base = new DecisionTreeRegressor { MinSamplesLeaf = 10 } }, 800),
        new("jackknife", new ConformalRegressor { Base = new Ridge(), Method = ConformalMethod.Jackknife }, 300),
        new("quantiles", new ConformalQuantileRegressor { HoldOut = 0.5 }, 1500),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Intervals_hold_the_truth_as_often_as_asked_for(IntervalCase c)
    {
        ArgumentNullException.ThrowIfNull(c);
        var (x, y) = Numbers(c.Rows, 1);
        var (others, truth) = Numbers(2000, 2);
        var model = c.Learner.Fit(x, y);
        double width = 0;
        foreach (double level in (double[])[0.5, 0.8, 0.9, 0.95])
        {
            var (lower, upper) = model.Intervals(others, level);
            double coverage = truth.Where((t, i) => t >= lower[i] && t <= upper[i]).Count() / 2000.0;
            // What is held back is drawn too, so that coverage scatters by about sqrt(level (1 − level) / held) around the level.
            Assert.InRange(coverage, level - 0.07, level + 0.07);
            double wider = upper.Zip(lower, (u, l) => u - l).Average();
            Assert.True(wider > width);
            width = wider;
        }
        Assert.True(model.Intervals(others, 0.9999).Upper.All(double.IsPositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Intervals(others, 90));
    }

    [Fact]
    public void Intervals_by_quantiles_are_wide_where_targets_scatter()
    {
        var (x, y) = Numbers(1000, 1);
        var (lower, upper) = new ConformalQuantileRegressor().Fit(x, y).Intervals(Features.FromRows([0.3, 2.8], 1));
        Assert.True(upper[1] - lower[1] > 3 * (upper[0] - lower[0]));
    }

    [Fact]
    public void Intervals_of_folds_are_those_of_the_definition()
    {
        var (x, y) = Numbers(40, 3);
        var model = new ConformalRegressor { Base = new Ridge(), Folds = 4, Seed = 2 }.Fit(x, y);
        var lows = new List<double>();
        var highs = new List<double>();
        for (int m = 0; m < 4; m++)
        {
            double said = model.Members[m].PredictRow(1.5);
            lows.AddRange(model.Errors[m].Select(e => said - e));
            highs.AddRange(model.Errors[m].Select(e => said + e));
        }
        var (lower, upper) = model.Intervals(Features.FromRows([1.5], 1), 0.8);
        // Of 40 rows: the ⌈0.8 · 41⌉ = 33rd from below, and the 8th from below.
        Assert.Equal(highs.Order().ElementAt(32), upper[0], 1e-12);
        Assert.Equal(lows.Order().ElementAt(7), lower[0], 1e-12);
    }

    [Theory]
    [InlineData(ConformalSets.Adaptive)]
    [InlineData(ConformalSets.Threshold)]
    public void Sets_hold_the_true_class_as_often_as_asked_for(ConformalSets sets)
    {
        var (x, y) = Classes(1200, 1);
        var (others, truth) = Classes(4000, 2);
        var model = new ConformalClassifier { Base = new LogisticRegression(), Sets = sets, HoldOut = 0.5 }.Fit(x, y);
        double size = 0;
        foreach (double level in (double[])[0.7, 0.8, 0.9, 0.95])
        {
            bool[] inside = model.PredictSets(others, level);
            double coverage = Enumerable.Range(0, 4000).Count(i => inside[3 * i + truth.Codes[i]]) / 4000.0;
            // The set that always has the most probable class may hold the truth more often.
            Assert.InRange(coverage, level - 0.05, sets == ConformalSets.Adaptive ? 1 : level + 0.05);
            double larger = inside.Count(s => s) / 4000.0;
            Assert.True(larger >= size);
            size = larger;
        }
        Assert.InRange(size, 1, 2.9);
        if (sets == ConformalSets.Adaptive) Assert.All(model.PredictSets(others, 0.1).Chunk(3), own => Assert.Contains(true, own));
    }

    static (Features X, Labels Y) Classes(int rows, int seed)
    {
        var random = new Random(seed);
        double[] x = new double[2 * rows];
        long[] y = new long[rows];
        for (int i = 0; i < rows; i++)
        {
            double a = x[2 * i] = 2 * random.NextDouble() - 1, b = x[2 * i + 1] = 2 * random.NextDouble() - 1;
            double noise = random.NextDouble() - 0.5;
            y[i] = a + noise > 0.3 ? 2 : b + noise > 0 ? 1 : 0;
        }
        return (Features.FromRows(x, 2), Labels.From(y));
    }
}
