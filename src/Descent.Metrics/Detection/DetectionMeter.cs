namespace Descent.Metrics;

/// <summary>Gathers objects and detections, and gives COCO's and VOC's figures of them.</summary>
/// <remarks>
/// Detections of equal score count in the order they came in; for COCO, image by image in the order of the images' numbers.
/// </remarks>
public sealed class DetectionMeter : IMetric<DetectionMeter, CocoSummary>
{
    readonly List<GroundTruth> _truths = [];
    readonly List<Detection> _detections = [];

    /// <summary>Objects gathered so far.</summary>
    public IReadOnlyList<GroundTruth> Truths => _truths;

    /// <summary>Detections gathered so far.</summary>
    public IReadOnlyList<Detection> Detections => _detections;

    /// <summary>Adds the objects and detections of any images.</summary>
    /// <exception cref="ArgumentException">A number is not finite, or a box has a negative side.</exception>
    public void Update(ReadOnlySpan<GroundTruth> truths, ReadOnlySpan<Detection> detections)
    {
        DetectionMetrics.CheckAll(truths, detections);
        _truths.AddRange(truths);
        _detections.AddRange(detections);
    }

    /// <summary>Average precisions and recalls of all pictures so far as COCO defines them: over IoU thresholds of 0.5 to 0.95, sizes, and numbers of detections.</summary>
    public CocoSummary Compute() => DetectionMetrics.Coco(_truths, _detections);

    /// <summary>Average precisions of all pictures so far as Pascal VOC defines them, at one IoU threshold in (0, 1].</summary>
    /// <param name="iouThreshold">How much a detection must overlap its object.</param>
    public VocSummary ComputeVoc(double iouThreshold = 0.5) => DetectionMetrics.Voc(_truths, _detections, iouThreshold);

    /// <inheritdoc/>
    public void Reset()
    {
        _truths.Clear();
        _detections.Clear();
    }

    /// <inheritdoc/>
    public void Merge(DetectionMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _truths.AddRange([.. other._truths]);
        _detections.AddRange([.. other._detections]);
    }
}

/// <summary>Figures of detected boxes.</summary>
public static class DetectionMetrics
{
    /// <summary>COCO's figures, as pycocotools computes them for boxes.</summary>
    /// <param name="truths">Every object of every image; <see cref="GroundTruth.IsDifficult"/> plays no part.</param>
    /// <param name="detections">Every detection; the hundred surest of each class and image count.</param>
    /// <param name="categories">Classes to list, beside those that occur.</param>
    /// <exception cref="ArgumentException">A number is not finite, or a box has a negative side.</exception>
    public static CocoSummary Coco(IReadOnlyList<GroundTruth> truths, IReadOnlyList<Detection> detections, IEnumerable<long>? categories = null)
    {
        CheckAll([.. truths], [.. detections]);
        return new CocoEvaluation(truths, detections, Categories(truths, detections, categories)).Summary();
    }

    /// <summary>VOC's figures, with its rules of 2007 and those since 2010.</summary>
    /// <param name="truths">Every object of every image; <see cref="GroundTruth.IsCrowd"/> and areas play no part.</param>
    /// <param name="detections">Every detection.</param>
    /// <param name="iouThreshold">How much a detection must overlap its object, above 0 and at most 1.</param>
    /// <param name="categories">Classes to list, beside those that occur.</param>
    /// <exception cref="ArgumentException">A number is not finite or out of range, or a box has a negative side.</exception>
    public static VocSummary Voc(IReadOnlyList<GroundTruth> truths, IReadOnlyList<Detection> detections, double iouThreshold = 0.5, IEnumerable<long>? categories = null)
    {
        if (!(iouThreshold is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(iouThreshold), iouThreshold, $"Voc: the threshold is {iouThreshold}; expected above 0 and at most 1.");
        CheckAll([.. truths], [.. detections]);
        return VocEvaluation.Summary(truths, detections, Categories(truths, detections, categories), iouThreshold);
    }

    internal static void CheckAll(ReadOnlySpan<GroundTruth> truths, ReadOnlySpan<Detection> detections)
    {
        foreach (var truth in truths)
            if (!IsSound(truth.Box) || !double.IsFinite(truth.Area))
                throw new ArgumentException($"An object of image {truth.Image} has the box {truth.Box} and the area {truth.Area}; expected finite numbers, and sides of at least 0.");
        foreach (var detection in detections)
            if (!IsSound(detection.Box) || !double.IsFinite(detection.Score))
                throw new ArgumentException($"A detection in image {detection.Image} has the box {detection.Box} and the score {detection.Score}; expected finite numbers, and sides of at least 0.");
    }

    internal static bool IsSound(Box box) => double.IsFinite(box.X) && double.IsFinite(box.Y) && box.Width is >= 0 and < double.PositiveInfinity && box.Height is >= 0 and < double.PositiveInfinity;

    static IEnumerable<long> Categories(IReadOnlyList<GroundTruth> truths, IReadOnlyList<Detection> detections, IEnumerable<long>? listed) =>
        truths.Select(t => t.Category).Concat(detections.Select(d => d.Category)).Concat(listed ?? []);
}
