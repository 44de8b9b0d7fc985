using Descent.Metrics;

namespace Descent.Tabular;

/// <summary>Figures of rankings in groups of any length.</summary>
static class RankingFigures
{
    /// <summary>A figure of one list.</summary>
    internal delegate double Figure(double[] relevance, double[] scores, int? first);

    /// <summary>The mean over groups of a figure; groups in which nothing is relevant count as 1, as XGBoost has it.</summary>
    internal static double Mean(Figure figure, float[] margins, BoostingTargets targets, int? first)
    {
        double sum = 0;
        for (int k = 0; k < targets.Groups; k++)
        {
            var rows = targets.Group(k);
            double[] relevance = new double[rows.Length], scores = new double[rows.Length];
            for (int i = 0; i < rows.Length; i++) (relevance[i], scores[i]) = (targets.Values[rows[i]], margins[rows[i]]);
            sum += Array.TrueForAll(relevance, r => r == 0) ? 1 : figure(relevance, scores, first);
        }
        return sum / targets.Groups;
    }

    /// <summary>Of equal scores the earlier row ranks first, which is the later one of the reversed list.</summary>
    internal static double Ndcg(double[] relevance, double[] scores, int? first) =>
        RankingMetrics.Ndcg([.. Enumerable.Reverse(relevance).Select(r => RankedGroup.Gain((float)r))], [.. Enumerable.Reverse(scores)], relevance.Length, first, ignoreTies: true);

    /// <summary>The mean over the relevant among the first of the precision down to each, equal scores in the order given.</summary>
    internal static double AveragePrecision(double[] relevance, double[] scores, int? first)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
        double sum = 0;
        int hits = 0, length = Math.Min(order.Length, first ?? order.Length);
        for (int i = 0; i < length; i++)
            if (relevance[order[i]] > 0) sum += ++hits / (i + 1.0);
        int relevant = Math.Min(relevance.Count(r => r > 0), length);
        return sum / relevant;
    }
}
