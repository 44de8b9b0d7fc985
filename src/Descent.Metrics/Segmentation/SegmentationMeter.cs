namespace Descent.Metrics;

/// <summary>How well classes of pixels agree. A class that is neither true nor predicted anywhere is NaN and left out of means.</summary>
/// <param name="PixelAccuracy">The share of pixels that is right; NaN of none.</param>
/// <param name="MeanAccuracy">The mean of the classes' recalls.</param>
/// <param name="MeanIou">The mean of the classes' intersections over unions.</param>
/// <param name="MeanDice">The mean of the classes' <c>2 |A ∩ B| / (|A| + |B|)</c>.</param>
/// <param name="FrequencyWeightedIou">The mean of the classes' IoU, weighed by their pixels.</param>
/// <param name="Iou">By class.</param>
/// <param name="Dice">By class.</param>
public sealed record SegmentationSummary(double PixelAccuracy, double MeanAccuracy, double MeanIou, double MeanDice, double FrequencyWeightedIou,
    IReadOnlyList<double> Iou, IReadOnlyList<double> Dice);

/// <summary>Gathers the classes of pixels.</summary>
/// <param name="classes">The number of classes, at least 1.</param>
/// <param name="ignored">Pixels whose true class is this one do not count.</param>
public sealed class SegmentationMeter(int classes, long? ignored = null) : IMetric<SegmentationMeter, SegmentationSummary>
{
    readonly ConfusionMatrix _pixels = new(classes);

    /// <summary>Pixels whose true class is this one do not count; null where all do.</summary>
    public long? Ignored => ignored;

    /// <summary>Adds images, of any sizes.</summary>
    /// <param name="truth">The true class of each pixel.</param>
    /// <param name="predicted">The predicted class of each pixel.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a pixel that counts is of no class.</exception>
    public void Update(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted)
    {
        Check.SameLength(truth.Length, predicted.Length, 0);
        if (ignored is not { } none || !truth.Contains(none))
        {
            _pixels.Update(truth, predicted);
            return;
        }
        List<long> t = [], p = [];
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] == none) continue;
            t.Add(truth[i]);
            p.Add(predicted[i]);
        }
        _pixels.Update(t.ToArray(), p.ToArray());
    }

    /// <inheritdoc/>
    public SegmentationSummary Compute() => SegmentationMetrics.Of(_pixels);

    /// <inheritdoc/>
    public void Reset() => _pixels.Reset();

    /// <inheritdoc/>
    public void Merge(SegmentationMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Ignored != ignored) throw new ArgumentException($"SegmentationMeter: cannot merge what ignores class {other.Ignored?.ToString() ?? "none"} into what ignores {ignored?.ToString() ?? "none"}.");
        _pixels.Merge(other._pixels);
    }
}

/// <summary>Figures of segmentation.</summary>
public static class SegmentationMetrics
{
    /// <summary>The figures of pixels that were counted in a matrix.</summary>
    public static SegmentationSummary Of(ConfusionMatrix pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        int n = pixels.Classes;
        double[] iou = new double[n], dice = new double[n], recall = new double[n], frequency = new double[n];
        for (int c = 0; c < n; c++)
        {
            double both = pixels[c, c], sum = pixels.TrueCount(c) + pixels.PredictedCount(c);
            (iou[c], dice[c], recall[c], frequency[c]) = (both / (sum - both), 2 * both / sum, pixels.Recall(c), pixels.TrueCount(c));
        }
        return new(pixels.Accuracy, Means.Of(recall), Means.Of(iou), Means.Of(dice), Means.Of(iou, frequency), iou, dice);
    }

    /// <summary>The figures of one image, or of many behind each other.</summary>
    /// <inheritdoc cref="SegmentationMeter.Update"/>
    /// <param name="classes">The number of classes.</param>
    /// <param name="ignored">Pixels whose true class is this one do not count.</param>
    public static SegmentationSummary Of(ReadOnlySpan<long> truth, ReadOnlySpan<long> predicted, int classes, long? ignored = null)
    {
        var meter = new SegmentationMeter(classes, ignored);
        meter.Update(truth, predicted);
        return meter.Compute();
    }
}
