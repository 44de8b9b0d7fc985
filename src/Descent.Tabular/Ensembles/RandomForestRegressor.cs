namespace Descent.Tabular;

/// <summary>Trees over bootstrap samples, averaged.</summary>
/// <remarks>Breiman, "Random Forests", Machine Learning 45, 2001.</remarks>
public sealed record RandomForestRegressor : ForestOptions, IRegressor<ForestRegressionModel>
{
    /// <summary>What makes a node impure.</summary>
    public RegressionCriterion Criterion { get; init; }

    /// <inheritdoc/>
    public ForestRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(RandomForestRegressor), x, y, weights), targets = y.ToArray();
        TreeTraining.CheckCounts(nameof(RandomForestRegressor), Criterion, y);
        CheckOutOfBag(nameof(RandomForestRegressor));
        var data = new TreeData(x);
        var (trees, leftOut) = ForestTraining.Grow(Trees, Bag, w, OutOfBag,
            (own, generator) => TreeTraining.Grow(data, this, false, Criterion, targets, own, generator));
        return ForestRegressionModel.Of(x, targets, trees, leftOut);
    }
}
