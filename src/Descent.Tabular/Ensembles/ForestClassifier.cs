namespace Descent.Tabular;

/// <summary>A forest that averages the probabilities of its trees.</summary>
public abstract record ForestClassifier : ForestOptions, IClassifier<ForestClassificationModel>
{
    /// <summary>A forest whose nodes look at the root of the number of features.</summary>
    private protected ForestClassifier() => MaxFeatures = MaxFeatures.SquareRoot;

    /// <summary>What makes a node impure.</summary>
    public ClassificationCriterion Criterion { get; init; }

    /// <summary>Whether nodes draw a threshold for each feature, and do not look for the best.</summary>
    private protected abstract bool DrawsThresholds { get; }

    /// <inheritdoc/>
    public ForestClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        string learner = GetType().Name;
        double[] w = Training.Check(learner, x, y.Count, weights);
        CheckOutOfBag(learner);
        var data = new TreeData(x);
        int[] codes = y.Codes.ToArray();
        var (trees, leftOut) = ForestTraining.Grow(Trees, Bag, w, OutOfBag,
            (own, generator) => TreeTraining.Grow(data, this, DrawsThresholds, Criterion, codes, y.Classes.Length, own, generator));
        return ForestClassificationModel.Of(x, y, trees, leftOut);
    }
}

/// <summary>Trees over bootstrap samples whose nodes look at a few features drawn at random; probabilities are averaged.</summary>
/// <remarks>Breiman, "Random Forests", Machine Learning 45, 2001.</remarks>
public sealed record RandomForestClassifier : ForestClassifier
{
    private protected override bool DrawsThresholds => false;
}

/// <summary>Trees over all rows whose nodes choose among thresholds drawn at random, one for each of a few features; probabilities are averaged.</summary>
/// <remarks>Geurts, Ernst and Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006.</remarks>
public sealed record ExtraTreesClassifier : ForestClassifier
{
    /// <summary>A forest whose trees take all rows.</summary>
    public ExtraTreesClassifier() => Bootstrap = false;

    private protected override bool DrawsThresholds => true;
}
