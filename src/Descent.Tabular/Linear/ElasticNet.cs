namespace Descent.Tabular;

/// <summary>Least squares with an L1 and an L2 penalty: (1 / 2n) Σ (y − f)² + α ρ |β|₁ + ½ α (1 − ρ) |β|₂².</summary>
/// <remarks>Zou and Hastie, "Regularization and variable selection via the elastic net", 2005; by cyclic coordinate descent (Friedman, Hastie and Tibshirani, 2010).</remarks>
public sealed record ElasticNet : IRegressor<LinearRegressionModel>
{
    /// <summary>Strength α of both penalties.</summary>
    public double Alpha { get; init => field = Check.AtLeast(0, value); } = 1;

    /// <summary>The share ρ of the L1 penalty; 1 is the lasso.</summary>
    public double L1Ratio { get; init => field = Check.Within(0, 1, value); } = 0.5;

    /// <summary>Whether there is a constant term.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <summary>The distance from the optimum, as a share of Σ y², at which the descent stops.</summary>
    public double Tolerance { get; init => field = Check.Above(0, value); } = 1e-6;

    /// <summary>The greatest number of passes over all weights.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 10_000;

    /// <inheritdoc/>
    public LinearRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        var descent = Descent(x, y, weights);
        return descent.Design.Model(x, descent.Run(Alpha, L1Ratio, Tolerance, MaxIterations));
    }

    /// <summary>Models for falling strengths, from the one at which all weights are 0, each starting from the one before.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="y">Their targets.</param>
    /// <param name="count">How many strengths.</param>
    /// <param name="least">The last strength, as a share of the first.</param>
    /// <param name="weights">The rows' weights, or none.</param>
    /// <exception cref="ArgumentException">L1Ratio is 0, so that no strength makes all weights 0.</exception>
    public IReadOnlyList<(double Alpha, LinearRegressionModel Model)> Path(Features x, ReadOnlySpan<double> y, int count = 100, double least = 1e-3, ReadOnlySpan<double> weights = default)
    {
        if (L1Ratio == 0) throw new ArgumentException("ElasticNet: a path starts where all weights are 0, which without an L1 penalty is nowhere. Set L1Ratio above 0.");
        var descent = Descent(x, y, weights);
        double greatest = descent.GreatestCorrelation / L1Ratio;
        var path = new List<(double, LinearRegressionModel)>();
        for (int i = 0; i < Check.AtLeast(1, count); i++)
        {
            double alpha = greatest * Math.Pow(least, count == 1 ? 0 : i / (count - 1.0));
            path.Add((alpha, descent.Design.Model(x, descent.Run(alpha, L1Ratio, Tolerance, MaxIterations))));
        }
        return path;
    }

    CoordinateDescent Descent(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights)
    {
        // Weights that sum to the number of rows leave α its meaning.
        double[] w = Training.Check(nameof(ElasticNet), x, y, weights);
        double scale = w.Length / w.Sum();
        return new(LinearDesign.Of(nameof(ElasticNet), x, y, Array.ConvertAll(w, v => v * scale), FitIntercept));
    }
}

/// <summary>Least squares with an L1 penalty, which makes weights vanish: (1 / 2n) Σ (y − f)² + α |β|₁.</summary>
/// <remarks>Tibshirani, "Regression Shrinkage and Selection via the Lasso", 1996.</remarks>
public sealed record Lasso : IRegressor<LinearRegressionModel>
{
    /// <summary>Strength of the penalty.</summary>
    public double Alpha { get; init => field = Check.AtLeast(0, value); } = 1;

    /// <summary>Whether there is a constant term.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <inheritdoc/>
    public LinearRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default) =>
        new ElasticNet { Alpha = Alpha, L1Ratio = 1, FitIntercept = FitIntercept }.Fit(x, y, weights);
}
