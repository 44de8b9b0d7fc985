using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How impure the classes of a node are.</summary>
public enum ClassificationCriterion
{
    /// <summary>1 − Σ p².</summary>
    Gini,

    /// <summary>−Σ p log₂ p.</summary>
    Entropy,
}

/// <summary>How far the targets of a node lie apart.</summary>
public enum RegressionCriterion
{
    /// <summary>The variance; a leaf says the mean.</summary>
    Squared,

    /// <summary>The variance, splits compared by the squared difference of the means (Friedman, 2001).</summary>
    Friedman,

    /// <summary>The mean absolute deviation; a leaf says the median.</summary>
    Absolute,

    /// <summary>Half the Poisson deviance, of targets that are not negative; a leaf says the mean.</summary>
    Poisson,
}

/// <summary>Trees by criterion.</summary>
static class TreeTraining
{
    internal static Tree Grow(TreeData data, TreeOptions options, bool isRandom, ClassificationCriterion criterion, int[] codes, int classes, double[] weights, Generator generator) =>
        criterion == ClassificationCriterion.Gini
            ? new TreeGrower<ClassCriterion<GiniImpurity>>(data, options, isRandom, new(codes, weights, classes), generator).Grow(weights)
            : new TreeGrower<ClassCriterion<EntropyImpurity>>(data, options, isRandom, new(codes, weights, classes), generator).Grow(weights);

    internal static Tree Grow(TreeData data, TreeOptions options, bool isRandom, RegressionCriterion criterion, double[] y, double[] weights, Generator generator) => criterion switch
    {
        RegressionCriterion.Squared => new TreeGrower<MeanCriterion<SquaredRule>>(data, options, isRandom, new(y, weights), generator).Grow(weights),
        RegressionCriterion.Friedman => new TreeGrower<MeanCriterion<FriedmanRule>>(data, options, isRandom, new(y, weights), generator).Grow(weights),
        RegressionCriterion.Absolute => new TreeGrower<MedianCriterion>(data, options, isRandom, new(y, weights), generator).Grow(weights),
        _ => new TreeGrower<MeanCriterion<PoissonRule>>(data, options, isRandom, new(y, weights), generator).Grow(weights),
    };

    internal static void CheckCounts(string learner, RegressionCriterion criterion, ReadOnlySpan<double> y)
    {
        if (criterion != RegressionCriterion.Poisson) return;
        double sum = 0;
        foreach (double target in y)
            sum += target >= 0 ? target : throw new ArgumentException($"{learner}: a target is {target}; the Poisson criterion takes none below 0.", nameof(y));
        if (sum == 0) throw new ArgumentException($"{learner}: all targets are 0; the Poisson criterion needs one that is greater.", nameof(y));
    }
}
