using System.Text.Json;
using Descent.Metrics;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Figures of predicted numbers.</summary>
static class RegressionCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["mean_squared_error"] = c => Figure(c, IsSquared(c) ? RegressionMetrics.MeanSquaredError : RegressionMetrics.RootMeanSquaredError),
        ["mean_absolute_error"] = c => Figure(c, RegressionMetrics.MeanAbsoluteError),
        ["mean_absolute_percentage_error"] = c => Figure(c, RegressionMetrics.MeanAbsolutePercentageError),
        ["mean_squared_log_error"] = c => Figure(c, (t, p, w) => RegressionMetrics.MeanSquaredLogError(t, p, w) is var error && IsSquared(c) ? error : Math.Sqrt(error)),
        ["median_absolute_error"] = c => Figure(c, RegressionMetrics.MedianAbsoluteError),
        ["mean_pinball_loss"] = c => Figure(c, (t, p, w) => RegressionMetrics.MeanPinballLoss(t, p, c.Double("alpha", 0.5), w)),
        ["max_error"] = c => MetricInputs.Number(RegressionMetrics.MaxError(c.Reals("y_true"), c.Reals("y_pred"))),
        ["r2_score"] = c => Figure(c, RegressionMetrics.R2),
        ["explained_variance_score"] = c => Figure(c, RegressionMetrics.ExplainedVariance),
    };

    static bool IsSquared(GoldenCall c) => !c.Has("squared") || c.Flag("squared");

    static Tensor Figure(GoldenCall c, RegressionFigure figure)
    {
        var (truth, predicted, outputs) = (c.Reals("y_true"), c.Reals("y_pred"), c.Columns("y_true"));
        double[] figures = RegressionMetrics.PerOutput(figure, truth, predicted, outputs, c.Weights);
        // A list weighs the outputs.
        if (c.Has("multioutput") && c.Arg("multioutput").ValueKind == JsonValueKind.Array)
            return MetricInputs.Number(figures.Zip(c.Doubles("multioutput"), (f, w) => f * w).Sum() / c.Doubles("multioutput").Sum());
        return c.MaybeText("multioutput") switch
        {
            "raw_values" => MetricInputs.Numbers(figures),
            "variance_weighted" => MetricInputs.Number(RegressionMetrics.VarianceWeighted(figure, truth, predicted, outputs, c.Weights)),
            _ => MetricInputs.Number(figures.Average()),
        };
    }
}
