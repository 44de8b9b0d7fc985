namespace Descent.Tabular;

/// <summary>A linear model that pays for residuals beyond ε only, max(0, |y − f| − ε) or its square.</summary>
/// <remarks>Drucker, Burges, Kaufman, Smola and Vapnik, "Support Vector Regression Machines", 1996.</remarks>
public sealed record LinearSvmRegressor : LinearSvmOptions, IRegressor<LinearRegressionModel>
{
    /// <summary>The size of residuals that cost nothing.</summary>
    public double Epsilon { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Whether losses count by their squares.</summary>
    public bool IsSquared { get; init; }

    /// <inheritdoc/>
    public LinearRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckNumbers(nameof(LinearSvmRegressor), x, y, weights), targets = y.ToArray();
        if (IsPrimal(x, IsSquared))
        {
            var (beta, intercepts) = new LinearObjective<SquaredEpsilonRowLoss>(x, w, new(targets, Epsilon), Penalty(w)).Minimize([0], Tolerance, MaxIterations);
            return new() { Schema = x.Schema, Weights = [.. beta], Intercept = intercepts[0] };
        }
        var (own, intercept) = Dual(x, [.. targets.Select((target, i) => Coefficient(target, true, true, C * w[i], IsSquared))], Epsilon);
        return new() { Schema = x.Schema, Weights = [.. own], Intercept = intercept };
    }
}
