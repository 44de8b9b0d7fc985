using System.Collections.Immutable;
using Descent.Metrics;

namespace Descent.Tabular;

/// <summary>Members trained on draws of the rows, averaged.</summary>
public sealed record BaggingRegressor : BaggingOptions, IRegressor<BaggedRegressionModel>
{
    /// <summary>What each member is; a whole tree by default.</summary>
    public IRegressor<IRegressionModel> Base { get; init; } = new DecisionTreeRegressor();

    /// <inheritdoc/>
    public LearnerInput Takes => Base.Takes;

    /// <inheritdoc/>
    public BaggedRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(BaggingRegressor), x, y, weights), targets = y.ToArray();
        var (models, features, leftOut) = Train(x, w, (own, rows, shares) => Base.Fit(own, Array.ConvertAll(rows, row => targets[row]), shares));
        double? r2 = null;
        if (OutOfBag)
        {
            double[] p = OutOfBagMeans(x, 1, leftOut, features, (m, own) => models[m].Predict(own));
            int[] seen = [.. Enumerable.Range(0, x.Rows).Where(i => !double.IsNaN(p[i]))];
            r2 = RegressionMetrics.R2(Array.ConvertAll(seen, i => targets[i]), Array.ConvertAll(seen, i => p[i]));
        }
        return new() { Schema = x.Schema, Members = [.. models], Features = [.. features.Select(f => f.ToImmutableArray())], OutOfBagR2 = r2 };
    }
}

/// <summary>What <see cref="BaggingRegressor"/> learned.</summary>
public sealed record BaggedRegressionModel : BaggedModel<IRegressionModel>, IRegressionModel
{
    /// <summary>R² on rows by the members that did not see them; null where that was not asked for.</summary>
    public double? OutOfBagR2 { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y) => Average(rows, y);

    private protected override void Ask(IRegressionModel member, ReadOnlySpan<double> rows, Span<double> answers) => member.Predict(rows, answers);
}
