namespace Descent.Tabular;

/// <summary>
/// A linear model of the logarithm of the mean, of counts or amounts: half the mean deviance of Tweedie's distribution plus ½ α |β|².
/// A power of 1 is Poisson's, 2 the gamma distribution; between them amounts may be 0.
/// </summary>
/// <remarks>McCullagh and Nelder, "Generalized Linear Models", 1989.</remarks>
public sealed record GeneralizedLinearRegressor : IRegressor<LinearRegressionModel>
{
    /// <summary>The power of the mean that the variance is, 1 to 3.</summary>
    public double Power { get; init => field = Check.Within(1, 3, value); } = 1;

    /// <summary>Strength of the penalty.</summary>
    public double Alpha { get; init => field = Check.AtLeast(0, value); } = 1;

    /// <summary>Whether there is a constant term.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <summary>The greatest slope of the mean loss, features scaled alike, at which the descent stops.</summary>
    public double Tolerance { get; init => field = Check.Above(0, value); } = 1e-7;

    /// <summary>The greatest number of steps.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 1000;

    /// <inheritdoc/>
    public LinearRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckNumbers(nameof(GeneralizedLinearRegressor), x, y, weights);
        double mean = 0, total = 0;
        for (int i = 0; i < y.Length; i++)
        {
            if (y[i] < 0 || (y[i] == 0 && Power >= 2))
                throw new ArgumentException($"GeneralizedLinearRegressor: target {i} is {y[i]}; at power {Power} it must be {(Power >= 2 ? "greater than" : "at least")} 0.", nameof(y));
            (mean, total) = (mean + w[i] * y[i], total + w[i]);
        }
        if (mean == 0) throw new ArgumentException("GeneralizedLinearRegressor: all targets are 0; expected one that is greater.", nameof(y));
        var objective = new LinearObjective<TweedieRowLoss>(x, w, new(y.ToArray(), Power), new(Alpha, FitIntercept));
        var (beta, intercepts) = objective.Minimize([FitIntercept ? Math.Log(mean / total) : 0], Tolerance, MaxIterations);
        return new() { Schema = x.Schema, Weights = [.. beta], Intercept = intercepts[0], IsLogarithm = true };
    }
}
