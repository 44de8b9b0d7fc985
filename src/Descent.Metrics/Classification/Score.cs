namespace Descent.Metrics;

/// <summary>A figure of hits, predictions and truths, the same for one class a sample and for several.</summary>
/// <param name="Of">From how often a label was found, predicted and true to the figure.</param>
/// <param name="WithoutTruth">What the weighed mean is where no label is true, from the sum of the predictions; null for the plain mean.</param>
readonly record struct Score(Func<double, double, double, double> Of, Func<double, double>? WithoutTruth)
{
    internal static Score Precision(double undefined) => new((hits, predicted, _) => Means.Quotient(hits, predicted, undefined), predicted => predicted == 0 ? undefined : 0);

    internal static Score Recall(double undefined) => new((hits, _, real) => Means.Quotient(hits, real, undefined), _ => undefined);

    internal static Score Jaccard(double undefined) => new((hits, predicted, real) => Means.Quotient(hits, predicted + real - hits, undefined), null);

    internal static Score FBeta(double beta, double undefined)
    {
        if (!(beta >= 0)) throw new ArgumentOutOfRangeException(nameof(beta), beta, $"FBeta: beta is {beta}; it must be at least 0.");
        if (double.IsPositiveInfinity(beta)) return Recall(undefined);
        double square = beta * beta;
        // By counts, not by precision and recall, it is undefined only where nothing is true and nothing predicted.
        return new((hits, predicted, real) => predicted == 0 && real == 0 ? undefined : Means.Quotient((1 + square) * hits, square * real + predicted, 0),
            predicted => predicted == 0 ? undefined : 0);
    }

    internal double[] Each(LabelCounts counts)
    {
        var figures = new double[counts.Hits.Length];
        for (int i = 0; i < figures.Length; i++) figures[i] = Of(counts.Hits[i], counts.Predicted[i], counts.True[i]);
        return figures;
    }

    /// <param name="counts">By label; by sample for <see cref="Average.Samples"/>.</param>
    /// <param name="sampleWeights">Weights of the samples, where they are averaged.</param>
    internal double Averaged(LabelCounts counts, Average average, ReadOnlySpan<double> sampleWeights = default) => average switch
    {
        Average.Micro => Each(counts.Together())[0],
        Average.Weighted when counts.True.Sum() != 0 => Means.Of(Each(counts), counts.True),
        Average.Weighted when WithoutTruth is { } undefined => undefined(counts.Predicted.Sum()),
        Average.Samples => Means.Of(Each(counts), sampleWeights),
        _ => Means.Of(Each(counts)),
    };
}
