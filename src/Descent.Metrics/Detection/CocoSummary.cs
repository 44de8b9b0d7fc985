namespace Descent.Metrics;

/// <summary>
/// COCO's twelve figures of detections. AP is the precision, averaged over recall at 101 points, over classes, and over the
/// ten IoU thresholds 0.5, 0.55, …, 0.95; AR the greatest recall, averaged over classes and thresholds. NaN where there is
/// nothing to measure (pycocotools writes −1).
/// </summary>
/// <remarks>Lin et al., "Microsoft COCO", 2014, arXiv:1405.0312.</remarks>
public sealed record CocoSummary
{
    /// <summary>AP over all thresholds.</summary>
    public required double AP { get; init; }
    /// <summary>AP at IoU 0.5.</summary>
    public required double AP50 { get; init; }
    /// <summary>AP at IoU 0.75.</summary>
    public required double AP75 { get; init; }
    /// <summary>AP of objects of at most 32² pixels.</summary>
    public required double APSmall { get; init; }
    /// <summary>AP of objects of 32² to 96² pixels.</summary>
    public required double APMedium { get; init; }
    /// <summary>AP of objects of at least 96² pixels.</summary>
    public required double APLarge { get; init; }
    /// <summary>AR with the surest detection of each image.</summary>
    public required double AR1 { get; init; }
    /// <summary>AR with the ten surest of each image.</summary>
    public required double AR10 { get; init; }
    /// <summary>AR with the hundred surest of each image.</summary>
    public required double AR100 { get; init; }
    /// <summary>AR of objects of at most 32² pixels.</summary>
    public required double ARSmall { get; init; }
    /// <summary>AR of objects of 32² to 96² pixels.</summary>
    public required double ARMedium { get; init; }
    /// <summary>AR of objects of at least 96² pixels.</summary>
    public required double ARLarge { get; init; }
    /// <summary>The same figures of each class, by its number.</summary>
    public required IReadOnlyDictionary<long, CocoClassSummary> PerClass { get; init; }
}

/// <summary>COCO's figures of one class; NaN where it has no objects.</summary>
/// <param name="AP">Over all thresholds.</param>
/// <param name="AP50">At IoU 0.5.</param>
/// <param name="AP75">At IoU 0.75.</param>
/// <param name="AR100">With the hundred surest of each image.</param>
public sealed record CocoClassSummary(double AP, double AP50, double AP75, double AR100);

/// <summary>VOC's figures of detections.</summary>
/// <remarks>Everingham et al., "The Pascal Visual Object Classes Challenge", 2010 and 2015.</remarks>
/// <param name="MAP07">The mean of the classes' <see cref="VocClassSummary.AP07"/>; NaN without any object.</param>
/// <param name="MAP10">The mean of the classes' <see cref="VocClassSummary.AP10"/>; NaN without any object.</param>
/// <param name="PerClass">By class.</param>
public sealed record VocSummary(double MAP07, double MAP10, IReadOnlyDictionary<long, VocClassSummary> PerClass);

/// <summary>VOC's figures of one class; NaN where it has no objects that count.</summary>
/// <param name="Objects">How many objects are not difficult.</param>
/// <param name="AP07">As in 2007: the mean of the greatest precision at recall of at least 0, 0.1, …, 1.</param>
/// <param name="AP10">As since 2010: the area under the envelope of precision over recall.</param>
public sealed record VocClassSummary(int Objects, double AP07, double AP10);
