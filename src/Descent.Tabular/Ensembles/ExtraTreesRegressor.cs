namespace Descent.Tabular;

/// <summary>Trees over all rows whose nodes choose among thresholds drawn at random, one for each feature; averaged.</summary>
/// <remarks>Geurts, Ernst and Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006.</remarks>
public sealed record ExtraTreesRegressor : ForestOptions, IRegressor<ForestRegressionModel>
{
    /// <summary>A forest whose trees take all rows.</summary>
    public ExtraTreesRegressor() => Bootstrap = false;

    /// <summary>What makes a node impure.</summary>
    public RegressionCriterion Criterion { get; init; }

    /// <inheritdoc/>
    public ForestRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(ExtraTreesRegressor), x, y, weights), targets = y.ToArray();
        TreeTraining.CheckCounts(nameof(ExtraTreesRegressor), Criterion, y);
        CheckOutOfBag(nameof(ExtraTreesRegressor));
        var data = new TreeData(x);
        var (trees, leftOut) = ForestTraining.Grow(Trees, Bag, w, OutOfBag,
            (own, generator) => TreeTraining.Grow(data, this, true, Criterion, targets, own, generator));
        return ForestRegressionModel.Of(x, targets, trees, leftOut);
    }
}
