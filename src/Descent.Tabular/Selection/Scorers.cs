using System.Collections.Immutable;
using Descent.Metrics;

namespace Descent.Tabular;

/// <summary>The scorers there are, by name.</summary>
public static class Scorers
{
    delegate double ClassFigure(ReadOnlySpan<long> truth, ReadOnlySpan<long> said, ReadOnlySpan<double> weights);
    delegate double ScoresFigure(ReadOnlySpan<long> truth, ReadOnlySpan<double> probabilities, int classes, ReadOnlySpan<double> weights);
    delegate double BinaryFigure(ReadOnlySpan<bool> truth, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights);

    /// <summary>The share of rows whose class was predicted.</summary>
    public static Scorer Accuracy { get; } = Classes("accuracy", static (y, p, w) => ClassificationMetrics.Accuracy(y, p, w));

    /// <summary>The mean over the classes of the share of their rows that was predicted as them.</summary>
    public static Scorer BalancedAccuracy { get; } = Classes("balanced_accuracy", static (y, p, w) => ClassificationMetrics.BalancedAccuracy(y, p, w));

    /// <summary>The harmonic mean of precision and recall of the positive one of two classes.</summary>
    public static Scorer F1 { get; } = Positive("f1", "f1_macro", static (y, p, w) => ClassificationMetrics.F1(y, p, weights: w));

    /// <summary>The mean of F1 over the classes.</summary>
    public static Scorer F1Macro { get; } = Classes("f1_macro", static (y, p, w) => ClassificationMetrics.F1(y, p, Average.Macro, weights: w));

    /// <summary>F1 of the counts of all classes together.</summary>
    public static Scorer F1Micro { get; } = Classes("f1_micro", static (y, p, w) => ClassificationMetrics.F1(y, p, Average.Micro, weights: w));

    /// <summary>The mean of F1 over the classes, weighed by how frequent they are.</summary>
    public static Scorer F1Weighted { get; } = Classes("f1_weighted", static (y, p, w) => ClassificationMetrics.F1(y, p, Average.Weighted, weights: w));

    /// <summary>Of what is predicted as the positive one of two classes, the share that is of it.</summary>
    public static Scorer Precision { get; } = Positive("precision", "f1_macro", static (y, p, w) => ClassificationMetrics.Precision(y, p, weights: w));

    /// <summary>Of what is of the positive one of two classes, the share predicted as it.</summary>
    public static Scorer Recall { get; } = Positive("recall", "balanced_accuracy", static (y, p, w) => ClassificationMetrics.Recall(y, p, weights: w));

    /// <summary>Matthews' correlation of true and predicted classes.</summary>
    public static Scorer Matthews { get; } = Classes("mcc", static (y, p, w) => AgreementMetrics.Matthews(y, p, w));

    /// <summary>The mean of −log p of the true class.</summary>
    public static Scorer LogLoss { get; } = Scores("log_loss", false, static (y, p, classes, w) => ProbabilityMetrics.LogLoss(y, p, classes, w));

    /// <summary>The area under the ROC curve; of more than two classes the mean over each against the rest.</summary>
    public static Scorer RocAuc { get; } = Scores("roc_auc", true, static (y, p, classes, w) => classes == 2 ? Second(y, p, w, static (t, s, v) => CurveMetrics.RocAuc(t, s, v)) : MulticlassCurves.RocAucOneVersusRest(y, p, classes, Average.Macro, w));

    /// <summary>The area under the ROC curve of each class against each other one, averaged.</summary>
    public static Scorer RocAucOneVersusOne { get; } = Scores("roc_auc_ovo", true, static (y, p, classes, _) => MulticlassCurves.RocAucOneVersusOne(y, p, classes));

    /// <summary>The average precision of the positive one of two classes.</summary>
    public static Scorer AveragePrecision { get; } = Binary("average_precision", true, "roc_auc", static (y, p, w) => CurveMetrics.AveragePrecision(y, p, w));

    /// <summary>The mean squared difference of the probability of the positive one of two classes and what was true.</summary>
    public static Scorer Brier { get; } = Binary("brier", false, "log_loss", static (y, p, w) => CalibrationMetrics.Brier(y, p, w));

    /// <summary>The share of variance that is explained.</summary>
    public static Scorer R2 { get; } = Numbers("r2", true, RegressionMetrics.R2);

    /// <summary>The root of the mean squared error.</summary>
    public static Scorer Rmse { get; } = Numbers("rmse", false, RegressionMetrics.RootMeanSquaredError);

    /// <summary>The mean squared error.</summary>
    public static Scorer Mse { get; } = Numbers("mse", false, RegressionMetrics.MeanSquaredError);

    /// <summary>The mean absolute error.</summary>
    public static Scorer Mae { get; } = Numbers("mae", false, RegressionMetrics.MeanAbsoluteError);

    /// <summary>The mean of the absolute error as a share of what is true.</summary>
    public static Scorer Mape { get; } = Numbers("mape", false, RegressionMetrics.MeanAbsolutePercentageError);

    /// <summary>The median absolute error.</summary>
    public static Scorer MedianAbsoluteError { get; } = Numbers("median_absolute_error", false, RegressionMetrics.MedianAbsoluteError);

    /// <summary>The mean squared difference of the logarithms of 1 + y.</summary>
    public static Scorer MeanSquaredLogError { get; } = Numbers("msle", false, RegressionMetrics.MeanSquaredLogError);

    /// <summary>The mean deviance of counts.</summary>
    public static Scorer PoissonDeviance { get; } = Numbers("poisson_deviance", false, static (y, p, w) => RegressionMetrics.MeanTweedieDeviance(y, p, 1, w));

    /// <summary>The mean deviance of amounts above 0.</summary>
    public static Scorer GammaDeviance { get; } = Numbers("gamma_deviance", false, static (y, p, w) => RegressionMetrics.MeanTweedieDeviance(y, p, 2, w));

    /// <summary>The mean deviance of Tweedie's distribution of a power of 1.5: amounts, many of them 0.</summary>
    public static Scorer TweedieDeviance { get; } = Numbers("tweedie_deviance", false, static (y, p, w) => RegressionMetrics.MeanTweedieDeviance(y, p, 1.5, w));

    /// <summary>Normalised discounted cumulative gain of whole lists, with gains of 2^relevance − 1.</summary>
    public static Scorer Ndcg { get; } = Lists("ndcg", null);

    /// <summary><see cref="Ndcg"/> of the first 5 of each list.</summary>
    public static Scorer NdcgAt5 { get; } = Lists("ndcg@5", 5);

    /// <summary><see cref="Ndcg"/> of the first 10 of each list.</summary>
    public static Scorer NdcgAt10 { get; } = Lists("ndcg@10", 10);

    /// <summary>All figures that have a name.</summary>
    public static ImmutableArray<Scorer> All { get; } =
    [
        Accuracy, BalancedAccuracy, F1, F1Macro, F1Micro, F1Weighted, Precision, Recall, Matthews, LogLoss, RocAuc, RocAucOneVersusOne, AveragePrecision, Brier,
        R2, Rmse, Mse, Mae, Mape, MedianAbsoluteError, MeanSquaredLogError, PoissonDeviance, GammaDeviance, TweedieDeviance, Ndcg, NdcgAt5, NdcgAt10,
    ];

    /// <summary>The names of those for a kind of target.</summary>
    public static IEnumerable<string> Names(TargetKind kind) => All.Where(s => s.Kind == kind).Select(s => s.Name);

    /// <summary>The scorer of a name; case, dashes and underscores do not matter.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that are.</exception>
    public static Scorer Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(s => SettingNames.Same(s.Name, name))
            ?? throw new ArgumentException($"'{name}' is not a metric. Of classes there are: {string.Join(", ", Names(TargetKind.Class))}; of numbers: {string.Join(", ", Names(TargetKind.Number))}.", nameof(name));
    }

    /// <summary>What models of a target are judged by unless somebody says otherwise: the first decides, the others are shown beside it.</summary>
    public static ImmutableArray<Scorer> For(Target y)
    {
        ArgumentNullException.ThrowIfNull(y);
        if (y.Kind == TargetKind.Number) return [Rmse, Mae, R2];
        return y.Labels.Classes.Length == 2 ? [RocAuc, LogLoss, Accuracy, F1] : [LogLoss, Accuracy, F1Macro];
    }

    static Scorer Numbers(string name, bool greaterIsBetter, RegressionFigure figure) =>
        new(name, greaterIsBetter, ScorerNeeds.Numbers, (y, p, w, _) => figure(y.Numbers, p.Numbers, w));

    static Scorer Classes(string name, ClassFigure figure) =>
        new(name, true, ScorerNeeds.Classes, (y, p, w, _) => figure(Longs(y.Labels.Codes), Longs(p.Codes), w));

    static Scorer Positive(string name, string otherwise, ClassFigure figure) => new(name, true, ScorerNeeds.Classes, (y, p, w, _) =>
    {
        TwoClasses(name, otherwise, y.Labels);
        return figure(Longs(y.Labels.Codes), Longs(p.Codes), w);
    });

    static Scorer Scores(string name, bool greaterIsBetter, ScoresFigure figure) =>
        new(name, greaterIsBetter, ScorerNeeds.Probabilities, (y, p, w, _) => figure(Longs(y.Labels.Codes), p.Probabilities, y.Labels.Classes.Length, w));

    static Scorer Binary(string name, bool greaterIsBetter, string otherwise, BinaryFigure figure) => new(name, greaterIsBetter, ScorerNeeds.Probabilities, (y, p, w, _) =>
    {
        TwoClasses(name, otherwise, y.Labels);
        return Second(Longs(y.Labels.Codes), p.Probabilities, w, figure);
    });

    static double Second(ReadOnlySpan<long> truth, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights, BinaryFigure figure)
    {
        bool[] holds = new bool[truth.Length];
        double[] second = new double[truth.Length];
        for (int i = 0; i < holds.Length; i++) (holds[i], second[i]) = (truth[i] == 1, probabilities[2 * i + 1]);
        return figure(holds, second, weights);
    }

    static void TwoClasses(string name, string otherwise, Labels y)
    {
        if (y.Classes.Length != 2) throw new ArgumentException($"{name} is a figure of two classes; the target has {y.Classes.Length}. Take {otherwise}, or another.");
    }

    static long[] Longs(ReadOnlySpan<int> codes)
    {
        long[] wide = new long[codes.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = codes[i];
        return wide;
    }

    /// <summary>Every list counts alike; one in which nothing is relevant counts as ranked right, as in LightGBM and XGBoost.</summary>
    static Scorer Lists(string name, int? k) => new(name, true, ScorerNeeds.Numbers, (y, p, _, groups) =>
    {
        double sum = 0;
        int lists = 0;
        foreach (int[] rows in Splitting.Members(groups!))
        {
            if (rows.Length == 0) continue;
            double[] gains = Array.ConvertAll(rows, row => Math.Pow(2, y.Numbers[row]) - 1), scores = Array.ConvertAll(rows, row => p.Numbers[row]);
            sum += gains.Max() > 0 ? RankingMetrics.Ndcg(gains, scores, rows.Length, k) : 1;
            lists++;
        }
        return sum / lists;
    }) { NeedsGroups = true };
}
