using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>What a ranking is to be good at.</summary>
public enum RankingGoal
{
    /// <summary>Normalised discounted cumulative gain, with gains 2^relevance − 1.</summary>
    Ndcg,

    /// <summary>Mean average precision: what is relevant at all comes first.</summary>
    MeanAveragePrecision,

    /// <summary>Each pair in its order, wherever it stands.</summary>
    Pairwise,
}

/// <summary>LambdaMART: pairs of a group pull apart, each as strongly as swapping them would change the figure.</summary>
/// <remarks>Burges, "From RankNet to LambdaRank to LambdaMART", 2010; with <see cref="PairsPerItem"/> 0 as LightGBM has it, else as XGBoost 1.7.</remarks>
public sealed record RankingObjective : BoostingObjective
{
    const float LeastHessian = 1e-16f;

    /// <summary>What the ranking is to be good at.</summary>
    public RankingGoal Goal { get; init; }

    /// <summary>The number of partners drawn for each item; 0 pairs all, where one of the two is among the first.</summary>
    public int PairsPerItem { get; init => field = Check.AtLeast(0, value); }

    /// <summary>How many items are the first, where all are paired.</summary>
    public int Truncation { get; init => field = Check.AtLeast(1, value); } = 30;

    /// <summary>Whether the pulls of a group are scaled by their logarithm, and by the distance of scores, so that long groups do not rule.</summary>
    public bool Normalize { get; init; } = true;

    internal override double Start(BoostingTargets targets) => 0;

    internal override void Gradients(float[] margins, BoostingTargets targets, int round, float[] gradients, float[] hessians)
    {
        Array.Clear(gradients);
        Array.Clear(hessians);
        if (PairsPerItem == 0)
        {
            WorkerPool.For(targets.Groups, group => All(new RankedGroup(targets, group, margins, Goal, Truncation), gradients, hessians));
        }
        else
        {
            var draws = new PairDraws(round);
            for (int group = 0; group < targets.Groups; group++) Drawn(new(targets, group, margins, Goal, int.MaxValue), draws, gradients, hessians);
        }
        for (int i = 0; i < gradients.Length; i++) (gradients[i], hessians[i]) = (gradients[i] * targets.Weights[i], hessians[i] * targets.Weights[i]);
    }

    /// <summary>What the ranking lacks of the best, or, pairwise, the mean logistic loss of all pairs.</summary>
    internal override double Loss(float[] margins, BoostingTargets targets)
    {
        if (Goal == RankingGoal.Pairwise) return PairLoss(margins, targets);
        return 1 - RankingFigures.Mean(Goal == RankingGoal.Ndcg ? RankingFigures.Ndcg : RankingFigures.AveragePrecision, margins, targets, null);
    }

    internal override string? Refuse(double target) => target is >= 0 and <= 30 && target == Math.Floor(target) ? null : "a relevance must be a whole number from 0 to 30";

    internal override BoostingMetric DefaultMetric => Goal == RankingGoal.MeanAveragePrecision ? BoostingMetric.MeanAveragePrecision() : BoostingMetric.Ndcg();

    void All(RankedGroup group, float[] gradients, float[] hessians)
    {
        int n = group.Count;
        double pull = 0;
        bool isSpread = Normalize && n > 0 && group.Score(0) != group.Score(n - 1);
        double[] g = new double[n], h = new double[n];
        for (int i = 0; i < Math.Min(n - 1, Truncation); i++)
        {
            for (int j = i + 1; j < n; j++)
            {
                if (group.Relevance(i) == group.Relevance(j)) continue;
                var (high, low) = group.Relevance(i) > group.Relevance(j) ? (i, j) : (j, i);
                double distance = (double)group.Score(high) - group.Score(low), weight = group.Change(high, low);
                if (isSpread) weight /= 0.01 + Math.Abs(distance);
                double p = 1 / (1 + Math.Exp(distance)), slope = p * weight, curve = p * (1 - p) * weight;
                (g[high], g[low]) = (g[high] - slope, g[low] + slope);
                (h[high], h[low]) = (h[high] + curve, h[low] + curve);
                pull += 2 * slope;
            }
        }
        double factor = Normalize && pull > 0 ? Math.Log2(1 + pull) / pull : 1;
        for (int i = 0; i < n; i++) (gradients[group.Row(i)], hessians[group.Row(i)]) = ((float)(g[i] * factor), (float)(h[i] * factor));
    }

    /// <summary>Each item against others of another relevance, drawn as XGBoost 1.7 draws them on one thread.</summary>
    void Drawn(RankedGroup group, PairDraws draws, float[] gradients, float[] hessians)
    {
        int n = group.Count;
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(group.Relevance)];
        var pairs = new List<(int High, int Low)>();
        for (int start = 0, end; start < n; start = end)
        {
            end = start + 1;
            while (end < n && group.Relevance(order[end]) == group.Relevance(order[start])) end++;
            int others = n - (end - start);
            if (others == 0) continue;
            for (int sample = 0; sample < PairsPerItem; sample++)
            {
                for (int item = start; item < end; item++)
                {
                    int other = draws.Below(others);
                    pairs.Add(other < start ? (order[other], order[item]) : (order[item], order[other + end - start]));
                }
            }
        }
        float scale = 1f / PairsPerItem;
        foreach (var (high, low) in pairs)
        {
            float weight = (float)group.Change(high, low) * scale, p = Logit.Sigmoid(group.Score(high) - group.Score(low));
            float gradient = (p - 1) * weight, hessian = 2 * weight * Math.Max(p * (1 - p), LeastHessian);
            gradients[group.Row(high)] += gradient;
            gradients[group.Row(low)] -= gradient;
            hessians[group.Row(high)] += hessian;
            hessians[group.Row(low)] += hessian;
        }
    }

    static double PairLoss(float[] scores, BoostingTargets targets)
    {
        double sum = 0;
        long count = 0;
        for (int k = 0; k < targets.Groups; k++)
        {
            var rows = targets.Group(k);
            for (int i = 0; i < rows.Length; i++)
            {
                for (int j = 0; j < rows.Length; j++)
                {
                    if (targets.Values[rows[i]] <= targets.Values[rows[j]]) continue;
                    sum += StageLoss.SoftPlus(scores[rows[j]] - (double)scores[rows[i]]);
                    count++;
                }
            }
        }
        return count == 0 ? 0 : sum / count;
    }
}
