namespace Descent.Tabular;

/// <summary>Second-order boosting of times until something happens: hazard ratios (Cox), or times themselves (accelerated failure).</summary>
public sealed record BoostingSurvival : BoostingOptions
{
    /// <summary>What is descended: <see cref="CoxObjective"/> or <see cref="AcceleratedFailureObjective"/>.</summary>
    public BoostingObjective Objective
    {
        get;
        init => field = value is CoxObjective or AcceleratedFailureObjective ? value
            : throw new ArgumentException($"{value?.GetType().Name ?? "null"} is no objective of times. Take CoxObjective or AcceleratedFailureObjective.", nameof(Objective));
    } = new CoxObjective();

    /// <summary>Trains on rows, their times and, if given, their weights.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a time is none of the objective.</exception>
    public BoostingSurvivalModel Fit(Features x, SurvivalTimes y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        Training.Check(nameof(BoostingSurvival), x, y.Count, weights);
        return Train(new(x, y) { Weights = [.. weights] }).Model;
    }

    /// <summary>Trains on the columns of a frame but those of the time, of whether an event was seen then, and of the weights.</summary>
    /// <exception cref="ArgumentException">A name is not a column, a column cannot be a feature, or a value is missing.</exception>
    public BoostingSurvivalModel Fit(Frame train, string time, string observed, string? weights = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        var x = Features.Of(train, weights is null ? [time, observed] : [time, observed, weights]);
        var seen = Array.ConvertAll(FrameFitting.Numbers(train[observed]), v => v is 0 or 1 ? v == 1 : throw new ArgumentException($"'{observed}' has the value {v}; expected true or false, or 1 or 0.", nameof(train)));
        return Fit(x, SurvivalTimes.RightCensored(FrameFitting.Numbers(train[time]), seen), weights is null ? [] : FrameFitting.Numbers(train[weights]));
    }

    /// <summary>Trains with figures of other sets, early stopping, or from another model.</summary>
    /// <param name="train">What it is trained on: times.</param>
    /// <param name="session">What goes on around the rounds.</param>
    /// <param name="cancellation">Ends training after a round; what was learned by then is given.</param>
    /// <exception cref="ArgumentException">The sets do not fit each other, or a time is none of the objective.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the first round.</exception>
    public BoostingResult<BoostingSurvivalModel> Train(BoostingSet train, BoostingSession? session = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        var (trees, monitor) = Boost(nameof(BoostingSurvival), Objective, train, default, session, cancellation);
        return monitor.Result(new BoostingSurvivalModel { Booster = trees });
    }

    /// <summary>The model with its splits as they are, and leaves that meet what these rows say part of the way, with this learner's penalties and learning rate.</summary>
    /// <param name="model">The model.</param>
    /// <param name="set">The rows, with times.</param>
    /// <param name="decay">The share that stays of the old values.</param>
    /// <exception cref="ArgumentException">The set does not fit the model, or its leaves are linear.</exception>
    public BoostingSurvivalModel Refit(BoostingSurvivalModel model, BoostingSet set, double decay = 0.9)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Booster = Refit(nameof(BoostingSurvival), model.Booster, set, default, decay) };
    }
}

/// <summary>What <see cref="BoostingSurvival"/> learned; its predictions are hazard ratios with Cox's objective, times with the other.</summary>
public sealed record BoostingSurvivalModel : IRegressionModel
{
    /// <summary>The trees, and how their sum becomes a risk or a time.</summary>
    public required BoostedTrees Booster { get; init; }

    /// <inheritdoc/>
    public FeatureSchema Schema => Booster.Schema;

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y) => Booster.Predict(rows, y);
}
