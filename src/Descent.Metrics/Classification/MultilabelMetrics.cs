namespace Descent.Metrics;

/// <summary>Figures where several labels may hold for a sample: rows of one bool per label.</summary>
/// <inheritdoc cref="ClassificationMetrics" path="/remarks"/>
public static class MultilabelMetrics
{
    /// <summary>The share of samples of which every label is right.</summary>
    /// <param name="truth">Samples × labels, row by row.</param>
    /// <param name="predicted">Of the same size.</param>
    /// <param name="labels">Labels in a row.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static double Accuracy(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, ReadOnlySpan<double> weights = default)
    {
        int rows = Rows(truth, predicted, labels, weights);
        double right = 0, total = 0;
        for (int r = 0; r < rows; r++)
        {
            double w = weights.At(r);
            total += w;
            if (truth.Slice(r * labels, labels).SequenceEqual(predicted.Slice(r * labels, labels))) right += w;
        }
        return right / total;
    }

    /// <summary>The share of labels that are wrong.</summary>
    /// <inheritdoc cref="Accuracy"/>
    public static double HammingLoss(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, ReadOnlySpan<double> weights = default)
    {
        int rows = Rows(truth, predicted, labels, weights);
        double wrong = 0, total = 0;
        for (int i = 0; i < rows * labels; i++)
        {
            double w = weights.At(i / labels);
            total += w;
            if (truth[i] != predicted[i]) wrong += w;
        }
        return wrong / total;
    }

    /// <summary>Of the labels predicted, the share that holds.</summary>
    /// <param name="truth">Samples × labels, row by row.</param>
    /// <param name="predicted">Of the same size.</param>
    /// <param name="labels">Labels in a row.</param>
    /// <param name="average">Micro, macro or weighted over labels, or over samples.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <param name="zeroDivision">What 0 / 0 gives.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or the average is binary.</exception>
    public static double Precision(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, Average average, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        One(Score.Precision(zeroDivision), truth, predicted, labels, average, weights);

    /// <summary>Of the labels that hold, the share predicted.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double Recall(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, Average average, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        One(Score.Recall(zeroDivision), truth, predicted, labels, average, weights);

    /// <summary><c>(1 + β²) P R / (β² P + R)</c>.</summary>
    /// <inheritdoc cref="Precision"/>
    /// <param name="beta">How many times recall counts as much as precision.</param>
    public static double FBeta(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, double beta, Average average, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        One(Score.FBeta(beta, zeroDivision), truth, predicted, labels, average, weights);

    /// <summary>The harmonic mean of precision and recall.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double F1(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, Average average, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        FBeta(truth, predicted, labels, 1, average, weights, zeroDivision);

    /// <summary>Of the labels that hold or are predicted, the share that is both.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double Jaccard(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, Average average, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        One(Score.Jaccard(zeroDivision), truth, predicted, labels, average, weights);

    /// <summary>The precision of every label.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double[] PrecisionPerLabel(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        Each(Score.Precision(zeroDivision), truth, predicted, labels, weights);

    /// <summary>The recall of every label.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double[] RecallPerLabel(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        Each(Score.Recall(zeroDivision), truth, predicted, labels, weights);

    /// <summary>The F-score of every label.</summary>
    /// <inheritdoc cref="FBeta"/>
    public static double[] FBetaPerLabel(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, double beta, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        Each(Score.FBeta(beta, zeroDivision), truth, predicted, labels, weights);

    /// <summary>The Jaccard index of every label.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double[] JaccardPerLabel(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, ReadOnlySpan<double> weights = default, double zeroDivision = 0) =>
        Each(Score.Jaccard(zeroDivision), truth, predicted, labels, weights);

    static double One(Score score, ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, Average average, ReadOnlySpan<double> weights)
    {
        Rows(truth, predicted, labels, weights);
        if (average == Average.Binary) throw new ArgumentException("The binary average is for one class a sample; expected another one.", nameof(average));
        if (truth.Length == 0) return double.NaN;
        return score.Averaged(LabelCounts.Of(truth, predicted, weights, labels, average == Average.Samples), average, weights);
    }

    static double[] Each(Score score, ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, ReadOnlySpan<double> weights)
    {
        Rows(truth, predicted, labels, weights);
        return score.Each(LabelCounts.Of(truth, predicted, weights, labels, bySample: false));
    }

    static int Rows(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> predicted, int labels, ReadOnlySpan<double> weights)
    {
        Check.SameLength(truth.Length, predicted.Length, 0, nameof(MultilabelMetrics));
        int rows = Check.Rows(truth.Length, labels, "labels", nameof(MultilabelMetrics));
        Check.SameLength(rows, rows, weights.Length, nameof(MultilabelMetrics));
        return rows;
    }
}
