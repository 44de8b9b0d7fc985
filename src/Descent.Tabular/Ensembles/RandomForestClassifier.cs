namespace Descent.Tabular;

/// <summary>Trees over bootstrap samples whose nodes look at a few features drawn at random; probabilities are averaged.</summary>
/// <remarks>Breiman, "Random Forests", Machine Learning 45, 2001.</remarks>
public sealed record RandomForestClassifier : ForestOptions, IClassifier<ForestClassificationModel>
{
    /// <summary>A forest whose nodes look at the root of the number of features.</summary>
    public RandomForestClassifier() => MaxFeatures = MaxFeatures.SquareRoot;

    /// <summary>What makes a node impure.</summary>
    public ClassificationCriterion Criterion { get; init; }

    /// <inheritdoc/>
    public ForestClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(RandomForestClassifier), x, y.Count, weights);
        CheckOutOfBag(nameof(RandomForestClassifier));
        var data = new TreeData(x);
        int[] codes = y.Codes.ToArray();
        var (trees, leftOut) = ForestTraining.Grow(Trees, Bag, w, OutOfBag,
            (own, generator) => TreeTraining.Grow(data, this, false, Criterion, codes, y.Classes.Length, own, generator));
        return ForestClassificationModel.Of(x, y, trees, leftOut);
    }
}
