using Descent.Metrics;

namespace Descent.Testing;

/// <summary>Figures of clusters.</summary>
static class ClusteringCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["rand_score"] = c => MetricInputs.Number(ClusteringMetrics.Rand(c.Longs("labels_true"), c.Longs("labels_pred"))),
        ["adjusted_rand_score"] = c => MetricInputs.Number(ClusteringMetrics.AdjustedRand(c.Longs("labels_true"), c.Longs("labels_pred"))),
        ["mutual_info_score"] = c => MetricInputs.Number(ClusteringMetrics.MutualInformation(c.Longs("labels_true"), c.Longs("labels_pred"))),
        ["normalized_mutual_info_score"] = c => MetricInputs.Number(ClusteringMetrics.NormalizedMutualInformation(c.Longs("labels_true"), c.Longs("labels_pred"), Mean(c))),
        ["adjusted_mutual_info_score"] = c => MetricInputs.Number(ClusteringMetrics.AdjustedMutualInformation(c.Longs("labels_true"), c.Longs("labels_pred"), Mean(c))),
        ["homogeneity_completeness_v_measure"] = c =>
        {
            var (homogeneity, completeness, v) = ClusteringMetrics.HomogeneityCompletenessVMeasure(c.Longs("labels_true"), c.Longs("labels_pred"), c.Double("beta", 1));
            return new() { ["homogeneity"] = MetricInputs.Number(homogeneity), ["completeness"] = MetricInputs.Number(completeness), ["v_measure"] = MetricInputs.Number(v) };
        },
        ["fowlkes_mallows_score"] = c => MetricInputs.Number(ClusteringMetrics.FowlkesMallows(c.Longs("labels_true"), c.Longs("labels_pred"))),
        ["silhouette_score"] = c => new()
        {
            ["output"] = MetricInputs.Number(ClusterShapes.Silhouette(c.Reals("X"), c.Longs("labels"), c.Columns("X"), Distance(c))),
            ["samples"] = MetricInputs.Numbers(ClusterShapes.Silhouettes(c.Reals("X"), c.Longs("labels"), c.Columns("X"), Distance(c))),
        },
        ["calinski_harabasz_score"] = c => MetricInputs.Number(ClusterShapes.CalinskiHarabasz(c.Reals("X"), c.Longs("labels"), c.Columns("X"))),
        ["davies_bouldin_score"] = c => MetricInputs.Number(ClusterShapes.DaviesBouldin(c.Reals("X"), c.Longs("labels"), c.Columns("X"))),
    };

    static EntropyMean Mean(GoldenCall c) => Enum.Parse<EntropyMean>(c.MaybeText("average_method") ?? "Arithmetic", ignoreCase: true);

    static PointDistance Distance(GoldenCall c) => c.MaybeText("metric") switch
    {
        "sqeuclidean" => PointDistance.SquaredEuclidean,
        "cityblock" or "l1" => PointDistance.Manhattan,
        null or "l2" => PointDistance.Euclidean,
        var name => Enum.Parse<PointDistance>(name, ignoreCase: true),
    };
}
