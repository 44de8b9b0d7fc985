using System.Numerics.Tensors;
using Descent.Metrics;

namespace Descent.Tabular;

/// <summary>A linear model by stochastic descent; for more rows than other ways can take. Scale the features first.</summary>
public sealed record SgdRegressor : SgdOptions, IRegressor<LinearRegressionModel>
{
    /// <summary>What is descended.</summary>
    public SgdLoss Loss { get; init; }

    /// <summary>The size of residuals at which losses bend.</summary>
    public double Epsilon { get; init => field = Check.AtLeast(0, value); } = 0.1;

    /// <inheritdoc/>
    public override SgdSchedule Schedule { get; init; } = SgdSchedule.InverseScaling;

    /// <inheritdoc/>
    public LinearRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckNumbers(nameof(SgdRegressor), x, y, weights), rows = x.ToRows(), targets = y.ToArray();
        var (train, held) = HeldOut.Rows(x.Rows, ValidationShare, Seed);
        double[] truth = Array.ConvertAll(held, i => targets[i]);
        double R2(double[] own, double intercept) =>
            RegressionMetrics.R2(truth, Array.ConvertAll(held, i => TensorPrimitives.Dot<double>(rows.AsSpan(i * x.Columns, x.Columns), own) + intercept));
        var (beta, constant) = new SgdDescent<NumberSgdLoss>(this, new(Loss, Epsilon), rows, x.Columns, targets, w).Run(train, held.Length > 1 ? R2 : null);
        return new() { Schema = x.Schema, Weights = [.. beta], Intercept = constant };
    }
}
