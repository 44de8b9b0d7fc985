using Descent.Metrics;

namespace Descent.Testing;

/// <summary>Figures of ranked lists.</summary>
static class RankingCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["ndcg_score"] = c => MetricInputs.Number(RankingMetrics.Ndcg(c.Reals("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.MaybeInt("k"), c.Flag("ignore_ties"), c.Weights)),
        ["dcg_score"] = c => MetricInputs.Number(RankingMetrics.Dcg(c.Reals("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.MaybeInt("k"), c.Double("log_base", 2), c.Flag("ignore_ties"), c.Weights)),
        ["label_ranking_average_precision_score"] = c => MetricInputs.Number(RankingMetrics.LabelRankingAveragePrecision(c.Truths("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.Weights)),
        ["coverage_error"] = c => MetricInputs.Number(RankingMetrics.CoverageError(c.Truths("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.Weights)),
        ["label_ranking_loss"] = c => MetricInputs.Number(RankingMetrics.LabelRankingLoss(c.Truths("y_true"), c.Reals("y_score"), c.Columns("y_true"), c.Weights)),
    };
}
