namespace Descent.Metrics;

/// <summary>Figures of one predicted class a sample; labels are any integers.</summary>
/// <remarks>
/// As in scikit-learn: <c>labels</c> names the classes that count, and their order, all that occur where it is empty;
/// <c>weights</c> weighs the samples; <c>zeroDivision</c> is what 0 / 0 gives, and NaN there leaves a class out of means.
/// A figure of no samples is NaN.
/// </remarks>
public static class ClassificationMetrics
{
    /// <summary>The share predicted right.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Accuracy(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length);
        double right = 0, total = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double w = weights.At(i);
            total += w;
            if (truth[i] == predicted[i]) right += w;
        }
        return right / total;
    }

    /// <summary>The mean of the recalls of the classes that occur in the truth.</summary>
    /// <remarks>Brodersen et al., "The balanced accuracy and its posterior distribution", ICPR 2010.</remarks>
    /// <param name="truth">The true classes.</param>
    /// <param name="predicted">The predicted classes.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <param name="adjusted">Scales so that guessing gives 0 and right answers 1.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double BalancedAccuracy(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<double> weights = default, bool adjusted = false)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length);
        var counts = LabelCounts.Of(truth, predicted, weights, LabelIndex.Present(truth));
        double[] recalls = [.. Score.Recall(double.NaN).Each(counts).Where(recall => !double.IsNaN(recall))];
        double score = Means.Of(recalls), chance = 1.0 / recalls.Length;
        return adjusted ? (score - chance) / (1 - chance) : score;
    }

    /// <summary>Of what is predicted as a class, the share that is of it.</summary>
    /// <param name="truth">The true classes.</param>
    /// <param name="predicted">The predicted classes.</param>
    /// <param name="average">How classes are averaged.</param>
    /// <param name="labels">The classes that count; empty for all that occur.</param>
    /// <param name="positive">The class of <see cref="Average.Binary"/>.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <param name="zeroDivision">What 0 / 0 gives.</param>
    /// <exception cref="ArgumentException">The lengths differ, a label is listed twice, or the average is over samples.</exception>
    public static double Precision(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, Average average = Average.Binary, ReadOnlySpan<long> labels = default,
        long positive = 1, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        One(Score.Precision(zeroDivision), truth, predicted, average, labels, positive, weights);

    /// <summary>Of what is of a class, the share predicted as it.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double Recall(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, Average average = Average.Binary, ReadOnlySpan<long> labels = default,
        long positive = 1, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        One(Score.Recall(zeroDivision), truth, predicted, average, labels, positive, weights);

    /// <summary><c>(1 + β²) P R / (β² P + R)</c>, the harmonic mean of precision and recall where β is 1.</summary>
    /// <inheritdoc cref="Precision"/>
    /// <param name="beta">How many times recall counts as much as precision, at least 0.</param>
    public static double FBeta(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, double beta, Average average = Average.Binary, ReadOnlySpan<long> labels = default,
        long positive = 1, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        One(Score.FBeta(beta, zeroDivision), truth, predicted, average, labels, positive, weights);

    /// <summary>The harmonic mean of precision and recall.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double F1(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, Average average = Average.Binary, ReadOnlySpan<long> labels = default,
        long positive = 1, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        FBeta(truth, predicted, 1, average, labels, positive, weights, zeroDivision);

    /// <summary>Of what is or is predicted as a class, the share that is both.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double Jaccard(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, Average average = Average.Binary, ReadOnlySpan<long> labels = default,
        long positive = 1, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        One(Score.Jaccard(zeroDivision), truth, predicted, average, labels, positive, weights);

    /// <summary>The precision of every class, in the order of the labels.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double[] PrecisionPerClass(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<long> labels = default,
        ReadOnlySpan<double> weights = default, double zeroDivision = 0) => Each(Score.Precision(zeroDivision), truth, predicted, labels, weights);

    /// <summary>The recall of every class, in the order of the labels.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double[] RecallPerClass(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<long> labels = default,
        ReadOnlySpan<double> weights = default, double zeroDivision = 0) => Each(Score.Recall(zeroDivision), truth, predicted, labels, weights);

    /// <summary>The F-score of every class, in the order of the labels.</summary>
    /// <inheritdoc cref="FBeta"/>
    public static double[] FBetaPerClass(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, double beta, ReadOnlySpan<long> labels = default,
        ReadOnlySpan<double> weights = default, double zeroDivision = 0) => Each(Score.FBeta(beta, zeroDivision), truth, predicted, labels, weights);

    /// <summary>The Jaccard index of every class, in the order of the labels.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double[] JaccardPerClass(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<long> labels = default,
        ReadOnlySpan<double> weights = default, double zeroDivision = 0) => Each(Score.Jaccard(zeroDivision), truth, predicted, labels, weights);

    /// <summary>The share of samples predicted wrong, which for one class a sample is also <see cref="ZeroOneLoss"/>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double HammingLoss(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<double> weights = default) => 1 - Accuracy(truth, predicted, weights);

    /// <summary>The share of samples predicted wrong.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double ZeroOneLoss(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<double> weights = default) => 1 - Accuracy(truth, predicted, weights);

    static double One(Score score, ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, Average average, ReadOnlySpan<long> labels, long positive, ReadOnlySpan<double> weights)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length, nameof(ClassificationMetrics));
        if (average == Average.Samples)
            throw new ArgumentException("The mean over samples is for several labels a sample; expected another average, or MultilabelMetrics.", nameof(average));
        if (truth.Length == 0) return double.NaN;
        if (average == Average.Binary) labels = new long[] { positive };
        else if (labels.IsEmpty) labels = LabelIndex.Present(truth, predicted);
        return score.Averaged(LabelCounts.Of(truth, predicted, weights, labels), average);
    }

    static double[] Each(Score score, ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, ReadOnlySpan<long> labels, ReadOnlySpan<double> weights)
    {
        Check.SameLength(truth.Length, predicted.Length, weights.Length, nameof(ClassificationMetrics));
        if (labels.IsEmpty) labels = LabelIndex.Present(truth, predicted);
        return score.Each(LabelCounts.Of(truth, predicted, weights, labels));
    }
}
