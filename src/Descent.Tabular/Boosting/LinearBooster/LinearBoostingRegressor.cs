namespace Descent.Tabular;

/// <summary>Boosting of a linear function that predicts numbers.</summary>
public sealed record LinearBoostingRegressor : LinearBoostingOptions, IRegressor<LinearBoostingRegressionModel>
{
    /// <summary>What is descended.</summary>
    public SingleObjective Objective
    {
        get;
        init => field = value is AbsoluteObjective ? throw new ArgumentException("The absolute loss has no curvature to take steps by. Take HuberObjective or PseudoHuberObjective.", nameof(Objective)) : value;
    } = new SquaredObjective();

    /// <inheritdoc/>
    public LinearBoostingRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        Training.Check(nameof(LinearBoostingRegressor), x, y, weights);
        return Train(new(x, y.ToArray()) { Weights = [.. weights] }).Model;
    }

    /// <summary>Trains with figures of other sets, or early stopping.</summary>
    /// <param name="train">What it is trained on: numbers.</param>
    /// <param name="session">What goes on around the rounds.</param>
    /// <param name="cancellation">Ends training after a round; what was learned by then is given.</param>
    /// <exception cref="ArgumentException">The sets do not fit each other, or a target none of the objective.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the first round.</exception>
    public BoostingResult<LinearBoostingRegressionModel> Train(BoostingSet train, BoostingSession? session = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        var (booster, monitor) = Boost(nameof(LinearBoostingRegressor), Objective, train, default, session, cancellation);
        return monitor.Result(new LinearBoostingRegressionModel { Booster = booster });
    }
}

/// <summary>What <see cref="LinearBoostingRegressor"/> learned.</summary>
public sealed record LinearBoostingRegressionModel : IRegressionModel
{
    /// <summary>The weights of the features, and how the score becomes a number.</summary>
    public required BoostedLinear Booster { get; init; }

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
