namespace Descent.Metrics;

/// <summary>Figures of predicted probabilities and scores of classes.</summary>
public static class ProbabilityMetrics
{
    /// <summary>The least probability that a logarithm is taken of: the precision of a double, as in scikit-learn.</summary>
    const double Least = 2.220446049250313e-16;

    /// <summary>The mean of <c>−log p</c> of the true class.</summary>
    /// <param name="truth">True classes, 0 to <c>classes − 1</c>.</param>
    /// <param name="probabilities">Samples × classes, row by row; rows are scaled to a sum of 1.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a label is no class.</exception>
    public static double LogLoss(ReadOnlySpan<long> truth, ReadOnlySpan<double> probabilities, int classes, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, Check.Rows(probabilities.Length, classes, "probabilities"), weights.Length);
        double sum = 0, total = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if ((ulong)truth[i] >= (ulong)classes) throw new ArgumentException($"LogLoss: sample {i} is of class {truth[i]}; expected 0 to {classes - 1}.");
            double all = 0;
            foreach (double p in probabilities.Slice(i * classes, classes)) all += Math.Clamp(p, Least, 1 - Least);
            double w = weights.At(i);
            sum -= w * Math.Log(Math.Clamp(probabilities[i * classes + (int)truth[i]], Least, 1 - Least) / all);
            total += w;
        }
        return sum / total;
    }

    /// <summary>The mean of <c>−log p</c> of what is true, from the probability of the positive class.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double LogLoss(ReadOnlySpan<bool> truth, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, probabilities.Length, weights.Length);
        double sum = 0, total = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double p = Math.Clamp(probabilities[i], Least, 1 - Least), w = weights.At(i);
            sum -= w * Math.Log(truth[i] ? p : 1 - p);
            total += w;
        }
        return sum / total;
    }

    /// <summary>The share of samples whose class is among the k of the highest scores; of equal scores the later class counts as higher.</summary>
    /// <param name="truth">True classes, 0 to <c>classes − 1</c>.</param>
    /// <param name="scores">Samples × classes, row by row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, a label is no class, or a score is NaN.</exception>
    public static double TopKAccuracy(ReadOnlySpan<long> truth, ReadOnlySpan<double> scores, int classes, int k = 2, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, Check.Rows(scores.Length, classes, "scores"), weights.Length);
        Check.NotNaN(scores);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        double right = 0, total = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if ((ulong)truth[i] >= (ulong)classes) throw new ArgumentException($"TopKAccuracy: sample {i} is of class {truth[i]}; expected 0 to {classes - 1}.");
            var row = scores.Slice(i * classes, classes);
            int own = (int)truth[i], before = 0;
            for (int c = 0; c < classes; c++)
                if (row[c] > row[own] || (row[c] == row[own] && c > own)) before++;
            double w = weights.At(i);
            total += w;
            if (before < k) right += w;
        }
        return right / total;
    }

    /// <summary>
    /// The same of two classes by the score of the positive one: with k of 1 the share predicted right, where a score is positive above 0, or
    /// above ½ if all of them are from 0 to 1; with a greater k, 1.
    /// </summary>
    /// <param name="truth">Which samples are positive.</param>
    /// <param name="scores">The greater, the surer to be positive.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a score is NaN.</exception>
    public static double TopKAccuracy(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int k = 2, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, scores.Length, weights.Length);
        Check.NotNaN(scores);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        double threshold = 0.5, right = 0, total = 0;
        foreach (double score in scores)
            if (score is < 0 or > 1) threshold = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double w = weights.At(i);
            total += w;
            if (k > 1 || scores[i] > threshold == truth[i]) right += w;
        }
        return right / total;
    }
}
