using Descent.Metrics;

namespace Descent.Tabular;

/// <summary>A figure that is watched while boosting trains.</summary>
public sealed class BoostingMetric
{
    readonly Func<BoostingObjective, float[], BoostingTargets, double> _compute;

    BoostingMetric(string name, bool higherIsBetter, Func<BoostingObjective, float[], BoostingTargets, double> compute) => (Name, HigherIsBetter, _compute) = (name, higherIsBetter, compute);

    /// <summary>What it is called in the history.</summary>
    public string Name { get; }

    /// <summary>Whether more is better.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>The root of the mean squared error.</summary>
    public static BoostingMetric RootMeanSquaredError { get; } = Of("rmse", false, (y, p, w) => RegressionMetrics.RootMeanSquaredError(y, p, w));

    /// <summary>The mean absolute error.</summary>
    public static BoostingMetric MeanAbsoluteError { get; } = Of("mae", false, (y, p, w) => RegressionMetrics.MeanAbsoluteError(y, p, w));

    /// <summary>The mean of −log p of the true class.</summary>
    public static BoostingMetric LogLoss { get; } = new("logloss", false, (objective, margins, targets) =>
    {
        double[] p = Predictions(objective, margins), w = Weights(targets);
        return objective.Outputs == 1
            ? ProbabilityMetrics.LogLoss(Array.ConvertAll(targets.Values, v => v > 0.5f), p, w)
            : ProbabilityMetrics.LogLoss(Array.ConvertAll(targets.Values, v => (long)v), p, objective.Outputs, w);
    });

    /// <summary>The share of rows whose class is not predicted.</summary>
    public static BoostingMetric ErrorRate { get; } = new("error", false, (objective, margins, targets) =>
    {
        double[] p = Predictions(objective, margins);
        int outputs = objective.Outputs;
        return targets.Mean(i => (outputs == 1 ? p[i] > 0.5 ? 1 : 0 : System.Numerics.Tensors.TensorPrimitives.IndexOfMax<double>(p.AsSpan(i * outputs, outputs))) == (int)targets.Values[i] ? 0 : 1);
    });

    /// <summary>The area under the ROC curve of two classes.</summary>
    public static BoostingMetric RocAuc { get; } = Of("auc", true, (y, p, w) => CurveMetrics.RocAuc(Array.ConvertAll(y, v => v > 0.5), p, w));

    /// <summary>The average precision of two classes.</summary>
    public static BoostingMetric AveragePrecision { get; } = Of("aucpr", true, (y, p, w) => CurveMetrics.AveragePrecision(Array.ConvertAll(y, v => v > 0.5), p, w));

    /// <summary>Normalised discounted cumulative gain of groups, with gains 2^relevance − 1.</summary>
    /// <param name="first">Counts the first so many ranks; all, if null.</param>
    public static BoostingMetric Ndcg(int? first = null) => new(At("ndcg", first), true, (_, margins, targets) => RankingFigures.Mean(RankingFigures.Ndcg, margins, targets, first));

    /// <summary>Mean average precision of groups.</summary>
    /// <param name="first">Counts the first so many ranks; all, if null.</param>
    public static BoostingMetric MeanAveragePrecision(int? first = null) => new(At("map", first), true, (_, margins, targets) => RankingFigures.Mean(RankingFigures.AveragePrecision, margins, targets, first));

    /// <summary>The mean loss of the objective itself.</summary>
    /// <param name="name">What it is called in the history.</param>
    public static BoostingMetric Loss(string name = "loss") => new(name, false, (objective, margins, targets) => objective.Loss(margins, targets));

    /// <summary>A figure of one's own.</summary>
    /// <param name="name">What it is called in the history.</param>
    /// <param name="higherIsBetter">Whether more is better.</param>
    /// <param name="compute">The figure of (targets, predictions, weights); of several outputs predictions lie one after another for each row.</param>
    public static BoostingMetric Of(string name, bool higherIsBetter, Func<double[], double[], double[], double> compute)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(compute);
        return new(name, higherIsBetter, (objective, margins, targets) => compute(Array.ConvertAll(targets.Values, v => (double)v), Predictions(objective, margins), Weights(targets)));
    }

    internal double Compute(BoostingObjective objective, float[] margins, BoostingTargets targets) => _compute(objective, margins, targets);

    static double[] Predictions(BoostingObjective objective, float[] margins)
    {
        float[] predictions = [.. margins];
        objective.Transform(predictions);
        return Array.ConvertAll(predictions, p => (double)p);
    }

    static double[] Weights(BoostingTargets targets) => Array.ConvertAll(targets.Weights, w => (double)w);

    static string At(string name, int? first) => first is null ? name : $"{name}@{first}";
}
