namespace Descent.Tabular;

/// <summary>Trees over all rows whose nodes choose among thresholds drawn at random, one for each of a few features; probabilities are averaged.</summary>
/// <remarks>Geurts, Ernst and Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006.</remarks>
public sealed record ExtraTreesClassifier : ForestOptions, IClassifier<ForestClassificationModel>
{
    /// <summary>A forest whose nodes look at the root of the number of features.</summary>
    public ExtraTreesClassifier() => (MaxFeatures, Bootstrap) = (MaxFeatures.SquareRoot, false);

    /// <summary>What makes a node impure.</summary>
    public ClassificationCriterion Criterion { get; init; }

    /// <inheritdoc/>
    public ForestClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(ExtraTreesClassifier), x, y.Count, weights);
        CheckOutOfBag(nameof(ExtraTreesClassifier));
        var data = new TreeData(x);
        int[] codes = y.Codes.ToArray();
        var (trees, leftOut) = ForestTraining.Grow(Trees, Bag, w, OutOfBag,
            (own, generator) => TreeTraining.Grow(data, this, true, Criterion, codes, y.Classes.Length, own, generator));
        return ForestClassificationModel.Of(x, y, trees, leftOut);
    }
}
