namespace Descent.Tabular;

/// <summary>What a dummy says of every row.</summary>
public enum DummyStrategy
{
    /// <summary>The mean of the targets.</summary>
    Mean,

    /// <summary>The median of the targets.</summary>
    Median,
}

/// <summary>Looks at the targets alone: what every model must beat.</summary>
public sealed record DummyRegressor : IRegressor<DummyRegressionModel>
{
    /// <summary>The number that it answers.</summary>
    public DummyStrategy Strategy { get; init; }

    /// <inheritdoc/>
    public LearnerInput Takes => LearnerInput.All;

    /// <inheritdoc/>
    public DummyRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(DummyRegressor), x, y, weights), targets = y.ToArray();
        if (Strategy == DummyStrategy.Mean) return new() { Schema = x.Schema, Value = StageLoss.WeightedMean(targets, w) };
        Array.Sort(targets, w);
        return new() { Schema = x.Schema, Value = Quantiles.Median(targets, w) };
    }
}

/// <summary>What <see cref="DummyRegressor"/> learned.</summary>
public sealed record DummyRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>What it says of every row.</summary>
    public required double Value { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y) => y.Fill(Value);
}
