using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Second-order boosting of numbers.</summary>
public sealed record BoostingRegressor : BoostingOptions, IRegressor<BoostingRegressionModel>
{
    /// <summary>What is descended: squared, absolute, Huber, pseudo-Huber, quantiles, Poisson, gamma, Tweedie, the logistic loss of shares, or one of one's own.</summary>
    public BoostingObjective Objective
    {
        get;
        init => field = value switch
        {
            SingleObjective or QuantileObjective or CustomObjective { Outputs: 1 } => value,
            null => throw new ArgumentNullException(nameof(Objective)),
            _ => throw new ArgumentException($"{value.GetType().Name} with {value.Outputs} scores predicts no single number. Take BoostingClassifier, BoostingSurvival or BoostingRanker.", nameof(Objective)),
        };
    } = new SquaredObjective();

    /// <inheritdoc/>
    public BoostingRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(BoostingRegressor), x, y, weights);
        return Train(new(x, y.ToArray()) { Weights = weights.IsEmpty ? [] : [.. w] }).Model;
    }

    /// <summary>Trains with figures of other sets, early stopping, or from another model.</summary>
    /// <param name="train">What it is trained on: numbers.</param>
    /// <param name="session">What goes on around the rounds.</param>
    /// <param name="cancellation">Ends training after a round; what was learned by then is given.</param>
    /// <exception cref="ArgumentException">The sets do not fit each other, or a target none of the objective.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the first round.</exception>
    public BoostingResult<BoostingRegressionModel> Train(BoostingSet train, BoostingSession? session = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        var (trees, monitor) = Boost(nameof(BoostingRegressor), Objective, train, default, session, cancellation);
        return monitor.Result(new BoostingRegressionModel { Booster = trees });
    }

    /// <summary>The model with its splits as they are, and leaves that meet what these rows say part of the way, with this learner's penalties and learning rate.</summary>
    /// <param name="model">The model.</param>
    /// <param name="set">The rows, with numbers.</param>
    /// <param name="decay">The share that stays of the old values.</param>
    /// <exception cref="ArgumentException">The set does not fit the model, or its leaves are linear.</exception>
    public BoostingRegressionModel Refit(BoostingRegressionModel model, BoostingSet set, double decay = 0.9)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Booster = Refit(nameof(BoostingRegressor), model.Booster, set, default, decay) };
    }
}

/// <summary>What <see cref="BoostingRegressor"/> learned.</summary>
public sealed record BoostingRegressionModel : IRegressionModel
{
    /// <summary>The trees, and how their sum becomes a number.</summary>
    public required BoostedTrees Booster { get; init; }

    /// <inheritdoc/>
    public FeatureSchema Schema => Booster.Schema;

    /// <summary>Predicts rows that lie one after another; of several quantiles the one nearest to the median.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="y">n predictions.</param>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        int outputs = Booster.Objective.Outputs, middle = Middle();
        float[] predictions = new float[y.Length * outputs];
        Booster.Predict(rows, predictions);
        for (int i = 0; i < y.Length; i++) y[i] = predictions[i * outputs + middle];
    }

    /// <summary>The quantiles of each row, (rows × levels), one row after another.</summary>
    /// <exception cref="InvalidOperationException">It was not trained on quantiles.</exception>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    public double[] Quantiles(Features x) => Booster.Objective is QuantileObjective ? Array.ConvertAll(Booster.Predict(x), p => (double)p)
        : throw new InvalidOperationException($"The model was trained with {Booster.Objective.GetType().Name}, not on quantiles. Train with a QuantileObjective.");

    int Middle()
    {
        if (Booster.Objective is not QuantileObjective quantiles) return 0;
        ImmutableArray<double> levels = quantiles.Levels;
        return Enumerable.Range(0, levels.Length).MinBy(k => Math.Abs(levels[k] - 0.5));
    }
}
