namespace Descent.Tabular;

/// <summary>Second-order boosting of numbers, with exact split finding.</summary>
public sealed record BoostingRegressor : BoostingOptions, IRegressor<BoostingRegressionModel>
{
    /// <summary>What is descended: squared, pseudo-Huber, Poisson, gamma, Tweedie, or the logistic loss of shares.</summary>
    public SingleObjective Objective { get; init; } = new SquaredObjective();

    /// <inheritdoc/>
    public BoostingRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(BoostingRegressor), x, y, weights);
        return new() { Booster = Boost(nameof(BoostingRegressor), x, Objective, y.ToArray(), w) };
    }
}

/// <summary>What <see cref="BoostingRegressor"/> learned.</summary>
public sealed record BoostingRegressionModel : IRegressionModel
{
    /// <summary>The trees.</summary>
    public required BoostedTrees Booster { get; init; }

    /// <inheritdoc/>
    public FeatureSchema Schema => Booster.Schema;

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        float[] predictions = new float[y.Length];
        Booster.Predict(rows, predictions);
        for (int i = 0; i < y.Length; i++) y[i] = predictions[i];
    }
}
