namespace Descent.Metrics;

/// <summary>The true positive rate over the false positive rate, as the threshold falls.</summary>
/// <param name="FalsePositiveRate">From 0 to 1; NaN where there are no negatives.</param>
/// <param name="TruePositiveRate">From 0 to 1; NaN where there are no positives.</param>
/// <param name="Thresholds">Scores at least as great count as positive; the first is +∞.</param>
public sealed record RocCurve(double[] FalsePositiveRate, double[] TruePositiveRate, double[] Thresholds);

/// <summary>Precision over recall, as the threshold rises.</summary>
/// <param name="Precision">One more than there are thresholds; the last is 1.</param>
/// <param name="Recall">One more than there are thresholds; the last is 0.</param>
/// <param name="Thresholds">Every score that occurs, rising.</param>
public sealed record PrecisionRecallCurve(double[] Precision, double[] Recall, double[] Thresholds);

/// <summary>The false negative rate over the false positive rate, as the threshold rises.</summary>
/// <param name="FalsePositiveRate">Falling.</param>
/// <param name="FalseNegativeRate">Rising.</param>
/// <param name="Thresholds">Rising.</param>
public sealed record DetCurve(double[] FalsePositiveRate, double[] FalseNegativeRate, double[] Thresholds);

/// <summary>Curves of a score that tells positives from negatives, and the areas under them; O(n log n).</summary>
/// <remarks>Equal scores are one step of a curve. Fawcett, "An introduction to ROC analysis", 2006.</remarks>
public static class CurveMetrics
{
    /// <summary>The receiver operating characteristic.</summary>
    /// <param name="truth">Which samples are positive.</param>
    /// <param name="scores">The greater, the surer to be positive.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <param name="dropIntermediate">Leaves out points on a straight line between others.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a score is NaN.</exception>
    public static RocCurve Roc(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default, bool dropIntermediate = true)
    {
        var counts = ThresholdCounts.Of(truth, scores, weights, nameof(Roc));
        var (fp, tp) = (counts.FalsePositives, counts.TruePositives);
        List<double> x = [0], y = [0], thresholds = [double.PositiveInfinity];
        for (int i = 0; i < fp.Length; i++)
        {
            if (dropIntermediate && i > 0 && i + 1 < fp.Length && fp[i + 1] - fp[i] == fp[i] - fp[i - 1] && tp[i + 1] - tp[i] == tp[i] - tp[i - 1]) continue;
            x.Add(fp[i]);
            y.Add(tp[i]);
            thresholds.Add(counts.Thresholds[i]);
        }
        return new([.. x.Select(v => v / counts.Negatives)], [.. y.Select(v => v / counts.Positives)], [.. thresholds]);
    }

    /// <summary>Precision and recall at every threshold.</summary>
    /// <inheritdoc cref="Roc"/>
    /// <returns>Where nothing is positive, every recall is 1.</returns>
    public static PrecisionRecallCurve PrecisionRecall(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        var counts = ThresholdCounts.Of(truth, scores, weights, nameof(PrecisionRecall));
        int n = counts.Thresholds.Length;
        double[] precision = new double[n + 1], recall = new double[n + 1], thresholds = new double[n];
        for (int i = 0; i < n; i++)
        {
            int from = n - 1 - i;
            precision[i] = Means.Quotient(counts.TruePositives[from], counts.TruePositives[from] + counts.FalsePositives[from], 0);
            recall[i] = Means.Quotient(counts.TruePositives[from], counts.Positives, 1);
            thresholds[i] = counts.Thresholds[from];
        }
        precision[n] = 1;
        return new(precision, recall, thresholds);
    }

    /// <summary>The two kinds of error against each other, from the last threshold without false positives to the first without misses.</summary>
    /// <remarks>Martin et al., "The DET curve in assessment of detection task performance", 1997.</remarks>
    /// <inheritdoc cref="Roc"/>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or all samples are of one kind.</exception>
    public static DetCurve Det(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        var counts = ThresholdCounts.Of(truth, scores, weights, nameof(Det));
        if (counts.Positives == 0 || counts.Negatives == 0) throw new ArgumentException("Det: all samples are of one kind; expected positives and negatives.");
        var (fp, tp) = (counts.FalsePositives, counts.TruePositives);
        int first = 0, last = tp.Length;
        while (first + 1 < fp.Length && fp[first + 1] == fp[0]) first++;
        while (last > 1 && tp[last - 2] == counts.Positives) last--;
        var span = Enumerable.Range(first, Math.Max(0, last - first)).Reverse().ToArray();
        return new([.. span.Select(i => fp[i] / counts.Negatives)], [.. span.Select(i => (counts.Positives - tp[i]) / counts.Positives)], [.. span.Select(i => counts.Thresholds[i])]);
    }

    /// <summary>The area under points in rising or falling order of x, by trapezia.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Area(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check.SameLength(x.Length, y.Length, 0);
        double area = 0;
        for (int i = 1; i < x.Length; i++) area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
        return x.Length > 1 && x[^1] < x[0] ? -area : area;
    }

    /// <summary>
    /// The area under the ROC curve: the probability that a positive scores above a negative, equal scores counting half.
    /// NaN where all samples are of one kind.
    /// </summary>
    /// <param name="truth">Which samples are positive.</param>
    /// <param name="scores">The greater, the surer to be positive.</param>
    /// <param name="weights">Weights of the samples, or empty.</param>
    /// <param name="maxFalsePositiveRate">Takes the area up to there, scaled so that guessing gives ½ (McClish 1989).</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or the bound is not above 0 and at most 1.</exception>
    public static double RocAuc(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default, double maxFalsePositiveRate = 1)
    {
        if (!(maxFalsePositiveRate is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(maxFalsePositiveRate), maxFalsePositiveRate, $"RocAuc: the bound is {maxFalsePositiveRate}; expected above 0 and at most 1.");
        var curve = Roc(truth, scores, weights);
        var (x, y) = (curve.FalsePositiveRate, curve.TruePositiveRate);
        if (double.IsNaN(x[^1]) || double.IsNaN(y[^1])) return double.NaN;
        if (maxFalsePositiveRate == 1) return Area(x, y);

        int stop = 0;
        while (stop < x.Length && x[stop] <= maxFalsePositiveRate) stop++;
        double share = (maxFalsePositiveRate - x[stop - 1]) / (x[stop] - x[stop - 1]);
        double area = Area([.. x[..stop], maxFalsePositiveRate], [.. y[..stop], y[stop - 1] + share * (y[stop] - y[stop - 1])]);
        double least = maxFalsePositiveRate * maxFalsePositiveRate / 2;
        return (1 + (area - least) / (maxFalsePositiveRate - least)) / 2;
    }

    /// <summary><c>Σ (Rₙ − Rₙ₋₁) Pₙ</c> over falling thresholds: precision averaged over recall, without interpolation.</summary>
    /// <inheritdoc cref="Roc"/>
    /// <returns>NaN of nothing; where nothing is positive, 0.</returns>
    public static double AveragePrecision(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        var counts = ThresholdCounts.Of(truth, scores, weights, nameof(AveragePrecision));
        if (counts.Thresholds.Length == 0) return double.NaN;
        if (counts.Positives == 0) return 0;
        double area = 0, before = 0;
        for (int i = 0; i < counts.Thresholds.Length; i++)
        {
            double hits = counts.TruePositives[i];
            area += (hits - before) / counts.Positives * Means.Quotient(hits, hits + counts.FalsePositives[i], 0);
            before = hits;
        }
        return area;
    }
}
