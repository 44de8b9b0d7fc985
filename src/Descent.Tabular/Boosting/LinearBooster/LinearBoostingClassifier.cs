using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Boosting of linear functions that tell classes apart: logistic of two, softmax of more.</summary>
public sealed record LinearBoostingClassifier : LinearBoostingOptions, IClassifier<LinearBoostingClassificationModel>
{
    /// <summary>Of two classes, multiplies the weight of rows of the second.</summary>
    public float ScalePositiveWeight { get; init => field = Check.Above(0, value); } = 1;

    /// <inheritdoc/>
    public LinearBoostingClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        Training.Check(nameof(LinearBoostingClassifier), x, y.Count, weights);
        return Train(new(x, y) { Weights = [.. weights] }).Model;
    }

    /// <summary>Trains with figures of other sets, or early stopping.</summary>
    /// <param name="train">What it is trained on: classes. Those of other sets are told by their names.</param>
    /// <param name="session">What goes on around the rounds.</param>
    /// <param name="cancellation">Ends training after a round; what was learned by then is given.</param>
    /// <exception cref="ArgumentException">The sets do not fit each other.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the first round.</exception>
    public BoostingResult<LinearBoostingClassificationModel> Train(BoostingSet train, BoostingSession? session = null, CancellationToken cancellation = default)
    {
        var y = Training.Classes(nameof(LinearBoostingClassifier), train);
        var objective = BoostingObjective.OfClasses(y.Classes.Length, ScalePositiveWeight);
        var (booster, monitor) = Boost(nameof(LinearBoostingClassifier), objective, train, y.Classes, session, cancellation);
        return monitor.Result(new LinearBoostingClassificationModel { Classes = y.Classes, Booster = booster });
    }
}

/// <summary>What <see cref="LinearBoostingClassifier"/> learned.</summary>
public sealed record LinearBoostingClassificationModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The weights of the features, and how scores become probabilities.</summary>
    public required BoostedLinear Booster { get; init; }

    /// <inheritdoc/>
    public FeatureSchema Schema => Booster.Schema;

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        float[] predictions = new float[probabilities.Length / Classes.Length * Booster.Objective.Outputs];
        Booster.Predict(rows, predictions);
        BoostingClassificationModel.Spread(predictions, Booster.Objective.Outputs, probabilities);
    }
}
