namespace Descent.Metrics.Tests;

/// <summary>A figure with its value worked out by hand.</summary>
public sealed record FigureCase(string Name, Func<double> Compute, double Expected)
{
    public override string ToString() => Name;
}

public sealed class FigureTests
{
    static readonly long[] s_truth = [0, 0, 0, 1, 1, 2], s_predicted = [0, 0, 1, 1, 2, 2];
    static readonly bool[] s_holds = [true, false, true, false];
    static readonly double[] s_scores = [0.9, 0.8, 0.4, 0.1];
    static readonly double[] s_y = [3, -0.5, 2, 7], s_p = [2.5, 0, 2, 8];
    // Two samples of three labels.
    static readonly bool[] s_sets = [true, false, true, false, true, false], s_guesses = [true, true, false, false, true, false];
    static readonly double[] s_setScores = [0.9, 0.5, 0.2, 0.3, 0.8, 0.8];
    static readonly double[] s_points = [0, 0, 0, 2, 10, 0, 10, 2];
    static readonly long[] s_clusters = [0, 0, 1, 1];

    public static TheoryData<FigureCase> Figures =>
    [
        new("accuracy", () => ClassificationMetrics.Accuracy(s_truth, s_predicted), 4 / 6.0),
        new("weighted accuracy", () => ClassificationMetrics.Accuracy(s_truth, s_predicted, [1, 1, 2, 1, 4, 1]), 4 / 10.0),
        new("balanced accuracy", () => ClassificationMetrics.BalancedAccuracy(s_truth, s_predicted), (2 / 3.0 + 0.5 + 1) / 3),
        new("adjusted balanced accuracy", () => ClassificationMetrics.BalancedAccuracy(s_truth, s_predicted, adjusted: true), ((2 / 3.0 + 0.5 + 1) / 3 - 1 / 3.0) / (2 / 3.0)),
        new("macro precision", () => ClassificationMetrics.Precision(s_truth, s_predicted, Average.Macro), (1 + 0.5 + 0.5) / 3),
        new("micro recall", () => ClassificationMetrics.Recall(s_truth, s_predicted, Average.Micro), 4 / 6.0),
        new("micro precision of two labels", () => ClassificationMetrics.Precision(s_truth, s_predicted, Average.Micro, [1, 2]), 2 / 4.0),
        new("weighted f1", () => ClassificationMetrics.F1(s_truth, s_predicted, Average.Weighted), (3 * 0.8 + 2 * 0.5 + 2 / 3.0) / 6),
        new("binary f2 of class 1", () => ClassificationMetrics.FBeta(s_truth, s_predicted, 2), 0.5),
        new("f at infinite beta is recall", () => ClassificationMetrics.FBeta(s_truth, s_predicted, double.PositiveInfinity, positive: 0), 2 / 3.0),
        new("macro jaccard", () => ClassificationMetrics.Jaccard(s_truth, s_predicted, Average.Macro), (2 / 3.0 + 1 / 3.0 + 0.5) / 3),
        new("hamming", () => ClassificationMetrics.HammingLoss(s_truth, s_predicted), 2 / 6.0),
        new("zero one", () => ClassificationMetrics.ZeroOneLoss(s_truth, s_predicted), 2 / 6.0),
        new("precision of a class never predicted", () => ClassificationMetrics.Precision([0, 1], [0, 0]), 0),
        new("the same as 1", () => ClassificationMetrics.Precision([0, 1], [0, 0], zeroDivision: 1), 1),
        new("the same left out of the mean", () => ClassificationMetrics.Precision([0, 1], [0, 0], Average.Macro, zeroDivision: double.NaN), 0.5),
        new("nothing", () => ClassificationMetrics.F1([], [], Average.Macro), double.NaN),
        new("accuracy of nothing", () => ClassificationMetrics.Accuracy([], []), double.NaN),
        new("matthews", () => AgreementMetrics.Matthews([1, 1, 1, 0], [1, 0, 1, 1]), -1 / 3.0),
        new("matthews of a constant", () => AgreementMetrics.Matthews([1, 1], [1, 0]), 0),
        new("kappa", () => AgreementMetrics.CohenKappa([0, 0, 1, 1], [0, 1, 1, 1]), 0.5),
        new("multilabel accuracy", () => MultilabelMetrics.Accuracy(s_sets, s_guesses, 3), 0.5),
        new("multilabel hamming", () => MultilabelMetrics.HammingLoss(s_sets, s_guesses, 3), 2 / 6.0),
        new("precision by samples", () => MultilabelMetrics.Precision(s_sets, s_guesses, 3, Average.Samples), (0.5 + 1) / 2),
        new("recall by labels", () => MultilabelMetrics.Recall(s_sets, s_guesses, 3, Average.Macro), (1 + 1 + 0) / 3.0),
        new("micro f1 of labels", () => MultilabelMetrics.F1(s_sets, s_guesses, 3, Average.Micro), 2 * 2 / 6.0),
        new("jaccard by samples", () => MultilabelMetrics.Jaccard(s_sets, s_guesses, 3, Average.Samples), (1 / 3.0 + 1) / 2),
        new("log loss", () => ProbabilityMetrics.LogLoss([0, 1], [0.8, 0.2, 0.3, 0.7], 2), -(Math.Log(0.8) + Math.Log(0.7)) / 2),
        new("binary log loss", () => ProbabilityMetrics.LogLoss([true, false], [0.8, 0.3]), -(Math.Log(0.8) + Math.Log(0.7)) / 2),
        new("log loss of a certain mistake is finite", () => ProbabilityMetrics.LogLoss([true], [0.0]), -Math.Log(2.220446049250313e-16)),
        new("top 2", () => ProbabilityMetrics.TopKAccuracy([0, 2], [0.2, 0.5, 0.3, 0.2, 0.5, 0.3], 3), 0.5),
        new("top 1 of equal scores takes the later", () => ProbabilityMetrics.TopKAccuracy([0, 1], [0.5, 0.5, 0.5, 0.5], 2, 1), 0.5),
        new("top 1 of probabilities", () => ProbabilityMetrics.TopKAccuracy([true, false, true], [0.6, 0.4, 0.5], 1), 2 / 3.0),
        new("top 1 of margins, weighed", () => ProbabilityMetrics.TopKAccuracy([true, false, true], [0.2, 0.1, -3], 1, [2, 1, 1]), 0.5),
        new("top 2 of two classes", () => ProbabilityMetrics.TopKAccuracy([true, false], [0.0, 1]), 1),
        new("brier", () => CalibrationMetrics.Brier([true, false], [0.8, 0.3]), (0.04 + 0.09) / 2),
        new("auc", () => CurveMetrics.RocAuc(s_holds, s_scores), 0.75),
        new("auc of equal scores", () => CurveMetrics.RocAuc(s_holds, [1, 1, 1, 1]), 0.5),
        new("auc of one kind", () => CurveMetrics.RocAuc([true, true], [1, 2]), double.NaN),
        new("partial auc", () => CurveMetrics.RocAuc(s_holds, s_scores, maxFalsePositiveRate: 0.5), (1 + (0.25 - 0.125) / (0.5 - 0.125)) / 2),
        new("average precision", () => CurveMetrics.AveragePrecision(s_holds, s_scores), 0.5 * 1 + 0.5 * 2 / 3),
        new("average precision without positives", () => CurveMetrics.AveragePrecision([false, false], [1, 2]), 0),
        new("multiclass auc", () => MulticlassCurves.RocAucOneVersusRest([0, 1, 2], [0.8, 0.1, 0.1, 0.3, 0.4, 0.3, 0.2, 0.5, 0.3], 3), (1 + 0.5 + 0.75) / 3),
        new("pairwise auc", () => MulticlassCurves.RocAucOneVersusOne([0, 1], [0.8, 0.2, 0.3, 0.7], 2), 1),
        new("micro auc of labels", () => MulticlassCurves.RocAuc(s_sets, s_setScores, 3, Average.Micro), (3 + 0.5 + 2) / 9),
        new("auc of one label", () => MulticlassCurves.RocAucPerLabel([true, false, false, true], [0.9, 0.2, 0.1, 0.8], 2)[1], 1),
        new("average precision of one label", () => MulticlassCurves.AveragePrecisionPerLabel([true, false, false, true], [0.1, 0.2, 0.9, 0.8], 2)[0], 0.5),
        new("dcg", () => RankingMetrics.Dcg([3, 2, 0], [0.1, 0.9, 0.5], 3), 2 + 0 + 3 / Math.Log2(4)),
        new("dcg of 1", () => RankingMetrics.Dcg([3, 2, 0], [0.1, 0.9, 0.5], 3, k: 1), 2),
        new("dcg of equal scores", () => RankingMetrics.Dcg([3, 1], [1, 1], 2), 2 * (1 + 1 / Math.Log2(3))),
        new("ndcg", () => RankingMetrics.Ndcg([3, 2, 0], [0.1, 0.9, 0.5], 3), (2 + 1.5) / (3 + 2 / Math.Log2(3))),
        new("ndcg without relevance", () => RankingMetrics.Ndcg([0, 0], [1, 2], 2), 0),
        new("label ranking precision", () => RankingMetrics.LabelRankingAveragePrecision(s_sets, s_setScores, 3), ((1 + 2 / 3.0) / 2 + 0.5) / 2),
        new("coverage", () => RankingMetrics.CoverageError(s_sets, s_setScores, 3), (3 + 2) / 2.0),
        new("label ranking loss", () => RankingMetrics.LabelRankingLoss(s_sets, s_setScores, 3), (0.5 + 0.5) / 2),
        new("reciprocal rank", () => RankingMetrics.ReciprocalRank([false, true, false, false], [0.9, 0.5, 0.1, 0.2], 2), (0.5 + 0) / 2),
        new("mse", () => RegressionMetrics.MeanSquaredError(s_y, s_p), 0.375),
        new("rmse", () => RegressionMetrics.RootMeanSquaredError(s_y, s_p), Math.Sqrt(0.375)),
        new("mae", () => RegressionMetrics.MeanAbsoluteError(s_y, s_p), 0.5),
        new("mape", () => RegressionMetrics.MeanAbsolutePercentageError([1, 2], [1.5, 1]), 0.5),
        new("msle", () => RegressionMetrics.MeanSquaredLogError([0, Math.E - 1], [0, 0]), 0.5),
        new("pinball", () => RegressionMetrics.MeanPinballLoss([1, 2], [0, 4], 0.3), (0.3 + 1.4) / 2),
        new("median", () => RegressionMetrics.MedianAbsoluteError(s_y, s_p), 0.5),
        new("weighted median", () => RegressionMetrics.MedianAbsoluteError([0, 0, 0], [1, 2, 3], [1, 1, 5]), 3),
        new("max", () => RegressionMetrics.MaxError(s_y, s_p), 1),
        new("r2", () => RegressionMetrics.R2(s_y, s_p), 1 - 1.5 / 29.1875),
        new("r2 of a constant", () => RegressionMetrics.R2([1, 1], [1, 2]), 0),
        new("r2 of a constant found", () => RegressionMetrics.R2([1, 1], [1, 1]), 1),
        new("r2 of one sample", () => RegressionMetrics.R2([1], [1]), double.NaN),
        new("r2 of outputs by their variance", () => RegressionMetrics.VarianceWeighted(RegressionMetrics.R2, [0, 0, 1, 4], [0, 2, 1, 4], 2), (0.5 * 1 + 8 * 0.5) / 8.5),
        new("r2 of constant outputs by their variance", () => RegressionMetrics.VarianceWeighted(RegressionMetrics.R2, [1, 2, 1, 2], [1, 3, 1, 2], 2), 0.5),
        new("explained variance of a constant error", () => RegressionMetrics.ExplainedVariance(s_y, [.. s_y.Select(y => y + 5)]), 1),
        new("rand", () => ClusteringMetrics.Rand([0, 0, 1, 1], [0, 0, 1, 2]), 5 / 6.0),
        new("adjusted rand", () => ClusteringMetrics.AdjustedRand([0, 0, 1, 1], [0, 0, 1, 2]), 4 / 7.0),
        new("adjusted rand of other names", () => ClusteringMetrics.AdjustedRand([0, 0, 1, 1], [7, 7, 3, 3]), 1),
        new("mutual information", () => ClusteringMetrics.MutualInformation([0, 0, 1, 1], [0, 0, 1, 1]), Math.Log(2)),
        new("normalised mutual information", () => ClusteringMetrics.NormalizedMutualInformation([0, 0, 1, 1], [0, 0, 1, 2], EntropyMean.Max), Math.Log(2) / (1.5 * Math.Log(2))),
        new("adjusted mutual information of independent clusters", () => ClusteringMetrics.AdjustedMutualInformation([0, 0, 1, 1], [0, 1, 0, 1]), -0.5),
        new("homogeneity", () => ClusteringMetrics.HomogeneityCompletenessVMeasure([0, 0, 1, 1], [0, 0, 1, 2]).Homogeneity, 1),
        new("completeness", () => ClusteringMetrics.HomogeneityCompletenessVMeasure([0, 0, 1, 1], [0, 0, 1, 2]).Completeness, 2 / 3.0),
        new("fowlkes mallows", () => ClusteringMetrics.FowlkesMallows([0, 0, 1, 1], [0, 0, 1, 2]), Math.Sqrt(0.5)),
        new("silhouette", () => ClusterShapes.Silhouette(s_points, s_clusters, 2), 1 - 2 / ((10 + Math.Sqrt(104)) / 2)),
        new("manhattan silhouette", () => ClusterShapes.Silhouette(s_points, s_clusters, 2, PointDistance.Manhattan), 1 - 2 / 11.0),
        new("calinski harabasz", () => ClusterShapes.CalinskiHarabasz(s_points, s_clusters, 2), 100 * 2 / 4.0),
        new("davies bouldin", () => ClusterShapes.DaviesBouldin(s_points, s_clusters, 2), 0.2),
        new("ece", () => CalibrationMetrics.Calibration([true, false, true], [0.9, 0.9, 0.2], 2).ExpectedError, 2 / 3.0 * 0.4 + 1 / 3.0 * 0.8),
        new("mce", () => CalibrationMetrics.Calibration([true, false, true], [0.9, 0.9, 0.2], 2).MaximumError, 0.8),
        new("ece of classes", () => CalibrationMetrics.Calibration([0, 0], [0.8, 0.2, 0.4, 0.6], 2, 1).ExpectedError, 0.7 - 0.5),
        new("pixel accuracy", () => SegmentationMetrics.Of(s_truth, s_predicted, 4).PixelAccuracy, 4 / 6.0),
        new("mean iou", () => SegmentationMetrics.Of(s_truth, s_predicted, 4).MeanIou, (2 / 3.0 + 1 / 3.0 + 0.5) / 3),
        new("mean dice", () => SegmentationMetrics.Of(s_truth, s_predicted, 4).MeanDice, (0.8 + 0.5 + 2 / 3.0) / 3),
        new("frequency weighted iou", () => SegmentationMetrics.Of(s_truth, s_predicted, 4).FrequencyWeightedIou, (3 * 2 / 3.0 + 2 / 3.0 + 0.5) / 6),
        new("ignored pixels", () => SegmentationMetrics.Of(s_truth, s_predicted, 3, ignored: 0).PixelAccuracy, 2 / 3.0),
        new("perplexity", () => TextMetrics.Perplexity([Math.Log(0.25), Math.Log(0.25)]), 4),
        new("character error rate", () => EditDistance.CharacterErrorRate("kitten", "sitting"), 3 / 6.0),
        new("characters beyond 16 bits", () => EditDistance.CharacterErrorRate("a😀b", "a😁b"), 1 / 3.0),
        new("word error rate", () => EditDistance.WordErrorRate("the cat  sat", "the hat sat down"), 2 / 3.0),
        new("error rate of nothing in nothing", () => EditDistance.WordErrorRate("", ""), double.NaN),
        new("error rate of something in nothing", () => EditDistance.WordErrorRate("", "a"), double.PositiveInfinity),
        new("bleu of the same", () => TextMetrics.SentenceBleu(Words("a b c d e"), [Words("a b c d e")]), 1),
        new("clipped unigrams", () => TextMetrics.SentenceBleu(Words("the the the the the the the"), [Words("the cat is on the mat"), Words("there is a cat on the mat")], 1), 2 / 7.0),
        new("brevity", () => TextMetrics.SentenceBleu(Words("a b"), [Words("a b c d")], 1), Math.Exp(1 - 2)),
        new("the nearest length counts, the shorter of two", () => TextMetrics.SentenceBleu(Words("a b c"), [Words("a b c d"), Words("a b")], 1), 1),
        new("bigrams", () => TextMetrics.SentenceBleu(Words("a b d"), [Words("a b c")], 2, BleuSmoothing.None), Math.Sqrt(2 / 3.0 * (1 / 2.0))),
        new("no common bigram", () => TextMetrics.SentenceBleu(Words("a c"), [Words("a b")], 2, BleuSmoothing.None), 0),
        new("smoothed by a floor", () => TextMetrics.SentenceBleu(Words("a c"), [Words("a b")], 2, BleuSmoothing.Floor), Math.Sqrt(0.5 * 0.1)),
        new("smoothed by one", () => TextMetrics.SentenceBleu(Words("a c"), [Words("a b")], 2, BleuSmoothing.AddOne), Math.Sqrt(0.5 * 0.5)),
        new("smoothed by halves", () => TextMetrics.SentenceBleu(Words("a c d"), [Words("a b e")], 3, BleuSmoothing.Exponential), Math.Cbrt(1 / 3.0 * (0.5 / 2) * (0.25 / 1))),
        new("corpus", () => TextMetrics.CorpusBleu([Words("a b"), Words("c")], [[Words("a b")], [Words("d")]], 1), 2 / 3.0),
        new("iou", () => new Box(0, 0, 2, 2).Iou(new(1, 1, 2, 2)), 1 / 7.0),
        new("iou of boxes that touch", () => new Box(0, 0, 2, 2).Iou(new(2, 0, 2, 2)), 0),
        new("giou", () => new Box(0, 0, 2, 2).GeneralizedIou(new(1, 1, 2, 2)), 1 / 7.0 - 2 / 9.0),
        new("giou of boxes apart", () => new Box(0, 0, 1, 1).GeneralizedIou(Box.FromCorners(2, 0, 3, 1)), -1 / 3.0),
        new("giou of points", () => new Box(1, 1, 0, 0).GeneralizedIou(new(1, 1, 0, 0)), 0),
    ];

    static string[] Words(string text) => text.Split(' ');

    [Theory, MemberData(nameof(Figures))]
    public void Figures_are_those_worked_out_by_hand(FigureCase figure)
    {
        double got = figure.Compute();
        if (double.IsNaN(figure.Expected) || double.IsInfinity(figure.Expected)) Assert.Equal(figure.Expected, got);
        else Assert.Equal(figure.Expected, got, 1e-12);
    }

    public static TheoryData<string, Action> Misfits => new()
    {
        { "lengths", () => ClassificationMetrics.Accuracy([1], [1, 2]) },
        { "weights", () => RegressionMetrics.MeanSquaredError([1, 2], [1, 2], [1]) },
        { "average over samples of classes", () => ClassificationMetrics.F1([1], [1], Average.Samples) },
        { "binary average of labels", () => MultilabelMetrics.F1([true], [true], 1, Average.Binary) },
        { "label listed twice", () => ClassificationMetrics.F1([1], [1], Average.Macro, [1, 1]) },
        { "negative beta", () => ClassificationMetrics.FBeta([1], [1], -1) },
        { "broken rows", () => MultilabelMetrics.Accuracy([true, false, true], [true, false, true], 2) },
        { "label beyond the classes", () => ProbabilityMetrics.LogLoss([2], [0.5, 0.5], 2) },
        { "NaN score", () => CurveMetrics.Roc([true], [double.NaN]) },
        { "bound of the false positive rate", () => CurveMetrics.RocAuc([true], [1], maxFalsePositiveRate: 0) },
        { "error curve of one kind", () => CurveMetrics.Det([true], [1]) },
        { "negative number in a logarithm", () => RegressionMetrics.MeanSquaredLogError([-1], [1]) },
        { "one cluster", () => ClusterShapes.Silhouette([1, 2, 3], [0, 0, 0], 1) },
        { "as many clusters as points", () => ClusterShapes.DaviesBouldin([1, 2], [0, 1], 1) },
        { "probability above 1", () => CalibrationMetrics.Calibration([true], [1.5]) },
        { "no reference", () => new BleuMeter().Update(["a"], []) },
        { "threshold", () => DetectionMetrics.Voc([], [], 0) },
        { "negative width", () => DetectionMetrics.Coco([new(1, 1, new(0, 0, -1, 1))], []) },
        { "score that is no number", () => new DetectionMeter().Update([], [new Detection(1, 1, new(0, 0, 1, 1), double.NaN)]) },
    };

    [Theory, MemberData(nameof(Misfits))]
    public void What_does_not_fit_is_refused(string what, Action action)
    {
        var error = Assert.ThrowsAny<ArgumentException>(action);
        Assert.True(error.Message.Length > 20, what);
    }
}
