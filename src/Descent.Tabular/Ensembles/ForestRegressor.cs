namespace Descent.Tabular;

/// <summary>A forest that predicts numbers by the mean of its trees.</summary>
public abstract record ForestRegressor : ForestOptions, IRegressor<ForestRegressionModel>
{
    private protected ForestRegressor() { }

    /// <summary>What makes a node impure.</summary>
    public RegressionCriterion Criterion { get; init; }

    /// <summary>Whether nodes draw a threshold for each feature, and do not look for the best.</summary>
    private protected abstract bool DrawsThresholds { get; }

    /// <inheritdoc/>
    public ForestRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        string learner = GetType().Name;
        double[] w = Training.Check(learner, x, y, weights), targets = y.ToArray();
        TreeTraining.CheckCounts(learner, Criterion, y);
        CheckOutOfBag(learner);
        var data = new TreeData(x);
        var (trees, leftOut) = ForestTraining.Grow(Trees, Bag, w, OutOfBag,
            (own, generator) => TreeTraining.Grow(data, this, DrawsThresholds, Criterion, targets, own, generator));
        return ForestRegressionModel.Of(x, targets, trees, leftOut);
    }
}

/// <summary>Trees over bootstrap samples, averaged.</summary>
/// <remarks>Breiman, "Random Forests", Machine Learning 45, 2001.</remarks>
public sealed record RandomForestRegressor : ForestRegressor
{
    private protected override bool DrawsThresholds => false;
}

/// <summary>Trees over all rows whose nodes choose among thresholds drawn at random, one for each feature; averaged.</summary>
/// <remarks>Geurts, Ernst and Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006.</remarks>
public sealed record ExtraTreesRegressor : ForestRegressor
{
    /// <summary>A forest whose trees take all rows.</summary>
    public ExtraTreesRegressor() => Bootstrap = false;

    private protected override bool DrawsThresholds => true;
}
