using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Linear least squares with an L2 penalty on the weights, not on the intercept: Σ w (y − f)² + α |β|².</summary>
/// <remarks>Hoerl and Kennard, "Ridge Regression", Technometrics 12, 1970.</remarks>
public sealed record Ridge : IRegressor<LinearRegressionModel>
{
    /// <summary>Strength of the penalty; 0 is ordinary least squares.</summary>
    public double Alpha { get; init => field = Check.AtLeast(0, value); } = 1;

    /// <summary>Whether there is a constant term.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <inheritdoc/>
    public LinearRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        if (Alpha == 0) return new LinearRegression { FitIntercept = FitIntercept }.Fit(x, y, weights);
        var design = LinearDesign.Of(nameof(Ridge), x, y, weights, FitIntercept);
        using (Autograd.NoGrad())
        {
            var (a, b) = (design.Rows, design.Targets);
            int n = a.Shape[0], p = a.Shape[1];
            // Whichever of AᵀA and AAᵀ is smaller.
            var solution = p <= n
                ? Linalg.Solve(a.T.MatMul(a) + Tensor.Eye(p, dtype: DType.Float64) * Alpha, a.T.MatMul(b))
                : a.T.MatMul(Linalg.Solve(a.MatMul(a.T) + Tensor.Eye(n, dtype: DType.Float64) * Alpha, b));
            return design.Model(x, solution.ToArray<double>());
        }
    }
}
