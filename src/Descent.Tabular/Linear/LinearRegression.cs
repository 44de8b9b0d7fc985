using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Ordinary least squares; of several solutions the one of least norm.</summary>
public sealed record LinearRegression : IRegressor<LinearRegressionModel>
{
    /// <summary>Whether there is a constant term.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <inheritdoc/>
    public LinearRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        var design = LinearDesign.Of(nameof(LinearRegression), x, y, weights, FitIntercept);
        using (Autograd.NoGrad())
        {
            var (a, b) = (design.Rows, design.Targets);
            // A triangle has the same solutions, and few rows.
            if (a.Shape[0] > a.Shape[1])
            {
                var (q, r) = Linalg.Qr(a);
                (a, b) = (r, q.T.MatMul(b));
            }
            return design.Model(x, Linalg.LstSq(a, b).ToArray<double>());
        }
    }
}
