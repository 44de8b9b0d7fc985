using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Intervals between two predicted quantiles, widened or narrowed until they hold the truth as often as asked for: wide where targets scatter, and narrow where not.</summary>
/// <remarks>Romano, Patterson and Candès, "Conformalized Quantile Regression", 2019.</remarks>
public sealed record ConformalQuantileRegressor : IRegressor<ConformalQuantileModel>
{
    /// <summary>What predicts the lower quantile.</summary>
    public IRegressor<IRegressionModel> Lower { get; init; } = new GradientBoostingRegressor { Loss = GradientBoostingLoss.Quantile, Alpha = 0.05 };

    /// <summary>What predicts the upper quantile.</summary>
    public IRegressor<IRegressionModel> Upper { get; init; } = new GradientBoostingRegressor { Loss = GradientBoostingLoss.Quantile, Alpha = 0.95 };

    /// <summary>The share of rows held back, by which intervals are corrected.</summary>
    public double HoldOut { get; init => field = Check.Within(0.01, 0.9, value); } = 0.25;

    /// <summary>Decides which rows are held back.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public LearnerInput Takes => Lower.Takes & Upper.Takes;

    /// <inheritdoc/>
    public ConformalQuantileModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(ConformalQuantileRegressor), x, y, weights), targets = y.ToArray();
        var (train, test) = new ShuffleSplit { Splits = 1, TestShare = HoldOut, Seed = Seed }.Split(x.Rows).First();
        var (own, held) = (x.Take(train), x.Take(test));
        double[] ownTargets = Array.ConvertAll(train, i => targets[i]), ownWeights = Array.ConvertAll(train, i => w[i]);
        var (lower, upper) = (Lower.Fit(own, ownTargets, ownWeights), Upper.Fit(own, ownTargets, ownWeights));
        double[] low = lower.Predict(held), high = upper.Predict(held);
        return new()
        {
            Schema = x.Schema, Lower = lower, Upper = upper,
            Excesses = [.. test.Select((row, i) => Math.Max(Math.Min(low[i], high[i]) - targets[row], targets[row] - Math.Max(low[i], high[i]))).Order()],
        };
    }
}

/// <summary>What <see cref="ConformalQuantileRegressor"/> learned; predicts the middle of its quantiles.</summary>
public sealed record ConformalQuantileModel : IIntervalModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>What predicts the lower quantile.</summary>
    public required IRegressionModel Lower { get; init; }

    /// <summary>What predicts the upper quantile.</summary>
    public required IRegressionModel Upper { get; init; }

    /// <summary>By how much the truth lay outside the quantiles on rows held back (inside: less than 0), rising.</summary>
    public required ImmutableArray<double> Excesses { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        double[] high = new double[y.Length];
        Lower.Predict(rows, y);
        Upper.Predict(rows, high);
        for (int i = 0; i < y.Length; i++) y[i] = (y[i] + high[i]) / 2;
    }

    /// <inheritdoc/>
    public void Intervals(ReadOnlySpan<double> rows, double level, Span<double> lower, Span<double> upper)
    {
        double margin = Conformal.Bound(Excesses.AsSpan(), level);
        Lower.Predict(rows, lower);
        Upper.Predict(rows, upper);
        for (int i = 0; i < lower.Length; i++)
        {
            // Quantiles are learned apart, and may cross; narrowed too far, an interval is its middle.
            double low = Math.Min(lower[i], upper[i]) - margin, high = Math.Max(lower[i], upper[i]) + margin;
            (lower[i], upper[i]) = low <= high ? (low, high) : ((low + high) / 2, (low + high) / 2);
        }
    }
}
