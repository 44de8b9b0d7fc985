namespace Descent.Metrics.Tests.Ranking;

public sealed class CurveTests
{
    static (bool[] Truth, double[] Scores, double[] Weights) Sample(int seed, int n = 30)
    {
        var random = new Random(seed);
        bool[] truth = [.. Enumerable.Range(0, n).Select(i => i < 2 ? i == 0 : random.Next(3) == 0)];
        // Few different scores, so that many are equal.
        return (truth, [.. truth.Select(t => (double)random.Next(t ? 3 : 0, 9))], [.. truth.Select(_ => random.Next(4) * 0.5 + 0.25)]);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 8)];

    [Theory, MemberData(nameof(Seeds))]
    public void The_area_is_the_share_of_pairs_in_the_right_order(int seed)
    {
        var (truth, scores, weights) = Sample(seed);
        double right = 0, all = 0;
        for (int i = 0; i < truth.Length; i++)
            for (int j = 0; j < truth.Length; j++)
            {
                if (!truth[i] || truth[j]) continue;
                double pair = weights[i] * weights[j];
                all += pair;
                right += pair * (scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0);
            }
        Assert.Equal(right / all, CurveMetrics.RocAuc(truth, scores, weights), 1e-12);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Every_point_counts_what_scores_at_least_its_threshold(int seed)
    {
        var (truth, scores, weights) = Sample(seed);
        double Share(double threshold, bool kind) => Enumerable.Range(0, truth.Length).Where(i => truth[i] == kind && scores[i] >= threshold).Sum(i => weights[i]) /
            Enumerable.Range(0, truth.Length).Where(i => truth[i] == kind).Sum(i => weights[i]);
        var roc = CurveMetrics.Roc(truth, scores, weights, dropIntermediate: false);
        Assert.Equal(scores.Distinct().Count() + 1, roc.Thresholds.Length);
        for (int i = 0; i < roc.Thresholds.Length; i++)
        {
            Assert.Equal(Share(roc.Thresholds[i], true), roc.TruePositiveRate[i], 1e-12);
            Assert.Equal(Share(roc.Thresholds[i], false), roc.FalsePositiveRate[i], 1e-12);
        }
        var curve = CurveMetrics.PrecisionRecall(truth, scores, weights);
        for (int i = 0; i < curve.Thresholds.Length; i++) Assert.Equal(Share(curve.Thresholds[i], true), curve.Recall[i], 1e-12);
        Assert.Equal((1, 0), (curve.Precision[^1], curve.Recall[^1]));
        var det = CurveMetrics.Det(truth, scores, weights);
        for (int i = 0; i < det.Thresholds.Length; i++)
        {
            Assert.Equal(1 - Share(det.Thresholds[i], true), det.FalseNegativeRate[i], 1e-12);
            Assert.Equal(Share(det.Thresholds[i], false), det.FalsePositiveRate[i], 1e-12);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Points_on_a_line_are_dropped_without_changing_the_area(int seed)
    {
        var (truth, scores, _) = Sample(seed, 60);
        var (all, few) = (CurveMetrics.Roc(truth, scores, dropIntermediate: false), CurveMetrics.Roc(truth, scores));
        Assert.True(few.Thresholds.Length <= all.Thresholds.Length);
        Assert.Equal(CurveMetrics.Area(all.FalsePositiveRate, all.TruePositiveRate), CurveMetrics.Area(few.FalsePositiveRate, few.TruePositiveRate), 1e-12);
    }

    [Fact]
    public void The_order_of_samples_does_not_matter()
    {
        var (truth, scores, _) = Sample(1);
        int[] order = [.. Enumerable.Range(0, truth.Length)];
        new Random(1).Shuffle(order);
        bool[] shuffled = [.. order.Select(i => truth[i])];
        double[] moved = [.. order.Select(i => scores[i])];
        Assert.Equal(CurveMetrics.RocAuc(truth, scores), CurveMetrics.RocAuc(shuffled, moved));
        Assert.Equal(CurveMetrics.AveragePrecision(truth, scores), CurveMetrics.AveragePrecision(shuffled, moved));
    }

    [Fact]
    public void Samples_of_weight_0_are_not_there()
    {
        var roc = CurveMetrics.Roc([true, false, true], [3, 2, 1], [1, 1, 0], dropIntermediate: false);
        Assert.Equal([double.PositiveInfinity, 3, 2], roc.Thresholds);
        Assert.Equal([0, 1, 1], roc.TruePositiveRate);
    }
}
