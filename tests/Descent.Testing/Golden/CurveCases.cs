using System.Text.Json;
using Descent.Metrics;

namespace Descent.Testing;

/// <summary>Curves, the areas under them, and figures of probabilities.</summary>
static class CurveCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["roc_curve"] = c =>
        {
            var curve = CurveMetrics.Roc(c.Truths("y_true"), c.Reals("y_score"), c.Weights, !c.Has("drop_intermediate") || c.Flag("drop_intermediate"));
            return new() { ["fpr"] = MetricInputs.Numbers(curve.FalsePositiveRate), ["tpr"] = MetricInputs.Numbers(curve.TruePositiveRate), ["thresholds_from_1"] = MetricInputs.Numbers(curve.Thresholds[1..]) };
        },
        ["precision_recall_curve"] = c =>
        {
            var curve = CurveMetrics.PrecisionRecall(c.Truths("y_true"), c.Reals("y_score"), c.Weights);
            return new() { ["precision"] = MetricInputs.Numbers(curve.Precision), ["recall"] = MetricInputs.Numbers(curve.Recall), ["thresholds"] = MetricInputs.Numbers(curve.Thresholds) };
        },
        ["det_curve"] = c =>
        {
            var curve = CurveMetrics.Det(c.Truths("y_true"), c.Reals("y_score"), c.Weights);
            return new() { ["fpr"] = MetricInputs.Numbers(curve.FalsePositiveRate), ["fnr"] = MetricInputs.Numbers(curve.FalseNegativeRate), ["thresholds"] = MetricInputs.Numbers(curve.Thresholds) };
        },
        ["roc_auc_score"] = c => MetricInputs.Number(CurveMetrics.RocAuc(c.Truths("y_true"), c.Reals("y_score"), c.Weights, c.Double("max_fpr", 1))),
        ["roc_auc_multiclass"] = c => MetricInputs.Number(c.Text("multi_class") == "ovo"
            ? MulticlassCurves.RocAucOneVersusOne(c.Longs("y_true"), c.Reals("y_prob"), c.Columns("y_prob"), c.Averaging ?? Average.Macro)
            : MulticlassCurves.RocAucOneVersusRest(c.Longs("y_true"), c.Reals("y_prob"), c.Columns("y_prob"), c.Averaging ?? Average.Macro, c.Weights)),
        ["roc_auc_multilabel"] = c => PerLabel(c) ? MetricInputs.Numbers(MulticlassCurves.RocAucPerLabel(c.Truths("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.Weights))
            : MetricInputs.Number(MulticlassCurves.RocAuc(c.Truths("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.Averaging ?? Average.Macro, c.Weights)),
        ["average_precision_score"] = c => MetricInputs.Number(CurveMetrics.AveragePrecision(c.Truths("y_true"), c.Reals("y_score"), c.Weights)),
        ["average_precision_multilabel"] = c => PerLabel(c) ? MetricInputs.Numbers(MulticlassCurves.AveragePrecisionPerLabel(c.Truths("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.Weights))
            : MetricInputs.Number(MulticlassCurves.AveragePrecision(c.Truths("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.Averaging ?? Average.Macro, c.Weights)),
        ["brier_score_loss"] = c => MetricInputs.Number(CalibrationMetrics.Brier(c.Truths("y_true"), c.Reals("y_prob"), c.Weights)),
        ["log_loss"] = c => c.Share(ProbabilityMetrics.LogLoss(c.Longs("y_true"), c.Reals("y_prob"), c.Columns("y_prob"), c.Weights), !c.Has("normalize") || c.Flag("normalize")),
        ["log_loss_binary"] = c => c.Share(ProbabilityMetrics.LogLoss(c.Truths("y_true"), c.Reals("y_prob"), c.Weights), !c.Has("normalize") || c.Flag("normalize")),
        ["top_k_accuracy_score"] = c => c.Share(c["y_score"].Rank == 1
            ? ProbabilityMetrics.TopKAccuracy(c.Truths("y_true"), c.Reals("y_score"), c.Int("k", 2), c.Weights)
            : ProbabilityMetrics.TopKAccuracy(c.Longs("y_true"), c.Reals("y_score"), c.Columns("y_score"), c.Int("k", 2), c.Weights),
            !c.Has("normalize") || c.Flag("normalize")),
    };

    /// <summary>Whether the average is given and None: one figure for each label.</summary>
    static bool PerLabel(GoldenCall c) => c.Case.Args.TryGetProperty("average", out var average) && average.ValueKind == JsonValueKind.Null;
}
