using System.Text.Json;
using Descent.Metrics;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Figures of predicted classes.</summary>
static class ClassificationCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["accuracy_score"] = c => c.Share(Accuracy(c), c.Flag("normalize")),
        ["zero_one_loss"] = c => c.Share(1 - Accuracy(c), c.Flag("normalize")),
        ["hamming_loss"] = c => MetricInputs.Number(c["y_true"].Rank == 2
            ? MultilabelMetrics.HammingLoss(c.Truths("y_true"), c.Truths("y_pred"), c.Columns("y_true"), c.Weights)
            : ClassificationMetrics.HammingLoss(c.Longs("y_true"), c.Longs("y_pred"), c.Weights)),
        ["balanced_accuracy_score"] = c => MetricInputs.Number(ClassificationMetrics.BalancedAccuracy(c.Longs("y_true"), c.Longs("y_pred"), c.Weights, c.Flag("adjusted"))),
        ["precision_score"] = c => Score(c,
            (t, p, zero) => ClassificationMetrics.PrecisionPerClass(t, p, c.Labels, c.Weights, zero),
            (t, p, average, zero) => ClassificationMetrics.Precision(t, p, average, c.Labels, c.Int("pos_label", 1), c.Weights, zero),
            (t, p, labels, zero) => MultilabelMetrics.PrecisionPerLabel(t, p, labels, c.Weights, zero),
            (t, p, labels, average, zero) => MultilabelMetrics.Precision(t, p, labels, average, c.Weights, zero)),
        ["recall_score"] = c => Score(c,
            (t, p, zero) => ClassificationMetrics.RecallPerClass(t, p, c.Labels, c.Weights, zero),
            (t, p, average, zero) => ClassificationMetrics.Recall(t, p, average, c.Labels, c.Int("pos_label", 1), c.Weights, zero),
            (t, p, labels, zero) => MultilabelMetrics.RecallPerLabel(t, p, labels, c.Weights, zero),
            (t, p, labels, average, zero) => MultilabelMetrics.Recall(t, p, labels, average, c.Weights, zero)),
        ["f1_score"] = FBeta,
        ["fbeta_score"] = FBeta,
        ["jaccard_score"] = c => Score(c,
            (t, p, zero) => ClassificationMetrics.JaccardPerClass(t, p, c.Labels, c.Weights, zero),
            (t, p, average, zero) => ClassificationMetrics.Jaccard(t, p, average, c.Labels, c.Int("pos_label", 1), c.Weights, zero),
            (t, p, labels, zero) => MultilabelMetrics.JaccardPerLabel(t, p, labels, c.Weights, zero),
            (t, p, labels, average, zero) => MultilabelMetrics.Jaccard(t, p, labels, average, c.Weights, zero)),
        ["confusion_matrix"] = Confusion,
        ["matthews_corrcoef"] = c => MetricInputs.Number(AgreementMetrics.Matthews(c.Longs("y_true"), c.Longs("y_pred"), c.Weights)),
        ["cohen_kappa_score"] = c => MetricInputs.Number(AgreementMetrics.CohenKappa(c.Longs("y1"), c.Longs("y2"),
            Enum.Parse<KappaWeights>(c.MaybeText("weights") ?? "None", ignoreCase: true), c.Labels, c.Weights)),
    };

    static double Accuracy(GoldenCall c) => c["y_true"].Rank == 2
        ? MultilabelMetrics.Accuracy(c.Truths("y_true"), c.Truths("y_pred"), c.Columns("y_true"), c.Weights)
        : ClassificationMetrics.Accuracy(c.Longs("y_true"), c.Longs("y_pred"), c.Weights);

    static GoldenOutputs FBeta(GoldenCall c) => Score(c,
        (t, p, zero) => ClassificationMetrics.FBetaPerClass(t, p, c.Double("beta", 1), c.Labels, c.Weights, zero),
        (t, p, average, zero) => ClassificationMetrics.FBeta(t, p, c.Double("beta", 1), average, c.Labels, c.Int("pos_label", 1), c.Weights, zero),
        (t, p, labels, zero) => MultilabelMetrics.FBetaPerLabel(t, p, labels, c.Double("beta", 1), c.Weights, zero),
        (t, p, labels, average, zero) => MultilabelMetrics.FBeta(t, p, labels, c.Double("beta", 1), average, c.Weights, zero));

    static GoldenOutputs Score(GoldenCall c, Func<long[], long[], double, double[]> each, Func<long[], long[], Average, double, double> one,
        Func<bool[], bool[], int, double, double[]> eachLabel, Func<bool[], bool[], int, Average, double, double> oneOfLabels)
    {
        // "warn" is 0 with a warning.
        double zero = c.Has("zero_division") && c.Arg("zero_division").ValueKind == JsonValueKind.Number ? c.Double("zero_division") : 0;
        if (c["y_true"].Rank == 2)
        {
            var (t, p, labels) = (c.Truths("y_true"), c.Truths("y_pred"), c.Columns("y_true"));
            return c.Averaging is { } over ? MetricInputs.Number(oneOfLabels(t, p, labels, over, zero)) : MetricInputs.Numbers(eachLabel(t, p, labels, zero));
        }
        var (truth, predicted) = (c.Longs("y_true"), c.Longs("y_pred"));
        return c.Averaging is { } average ? MetricInputs.Number(one(truth, predicted, average, zero)) : MetricInputs.Numbers(each(truth, predicted, zero));
    }

    static GoldenOutputs Confusion(GoldenCall c)
    {
        var normalization = c.MaybeText("normalize") switch
        {
            null => ConfusionNormalization.None,
            "true" => ConfusionNormalization.True,
            "pred" => ConfusionNormalization.Predicted,
            _ => ConfusionNormalization.All,
        };
        var table = Tensor.From(AgreementMetrics.Confusion(c.Longs("y_true"), c.Longs("y_pred"), c.Labels, c.Weights, normalization));
        // Counts without weights are whole numbers.
        return normalization == ConfusionNormalization.None && c.Weights.Length == 0 ? table.To(DType.Int64) : table;
    }
}
