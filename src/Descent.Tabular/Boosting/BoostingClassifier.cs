using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What a booster of classes descends.</summary>
public enum BoostingClassLoss
{
    /// <summary>The cross entropy: logistic of two classes, softmax of more.</summary>
    CrossEntropy,

    /// <summary>The cross entropy of each class against all others.</summary>
    OneVersusAll,

    /// <summary>The hinge loss of two classes, which tells no probabilities but 0 and 1.</summary>
    Hinge,
}

/// <summary>Second-order boosting of classes.</summary>
public sealed record BoostingClassifier : BoostingOptions, IClassifier<BoostingClassificationModel>
{
    /// <summary>What is descended.</summary>
    public BoostingClassLoss Loss { get; init; }

    /// <summary>
    /// An objective of one's own in place of <see cref="Loss"/>: with one score of two classes, or one of each class; its
    /// transformation gives probabilities, of one score that of the second class.
    /// </summary>
    public CustomObjective? Objective { get; init; }

    /// <summary>Of two classes, multiplies the weight of rows of the second.</summary>
    public float ScalePositiveWeight { get; init => field = Check.Above(0, value); } = 1;

    /// <inheritdoc/>
    public BoostingClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        Training.Check(nameof(BoostingClassifier), x, y.Count, weights);
        return Train(new(x, y) { Weights = [.. weights] }).Model;
    }

    /// <summary>Trains with figures of other sets, early stopping, or from another model.</summary>
    /// <param name="train">What it is trained on: classes. Those of other sets are told by their names.</param>
    /// <param name="session">What goes on around the rounds.</param>
    /// <param name="cancellation">Ends training after a round; what was learned by then is given.</param>
    /// <exception cref="ArgumentException">The sets do not fit each other, or the loss does not fit the classes.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the first round.</exception>
    public BoostingResult<BoostingClassificationModel> Train(BoostingSet train, BoostingSession? session = null, CancellationToken cancellation = default)
    {
        var y = Training.Classes(nameof(BoostingClassifier), train);
        var (trees, monitor) = Boost(nameof(BoostingClassifier), Descended(y.Classes.Length), train, y.Classes, session, cancellation);
        return monitor.Result(new BoostingClassificationModel { Classes = y.Classes, Booster = trees });
    }

    BoostingObjective Descended(int classes)
    {
        if (Objective is not null)
        {
            return Objective.Outputs == classes || (Objective.Outputs, classes) == (1, 2) ? Objective
                : throw new ArgumentException($"{nameof(BoostingClassifier)}: the objective '{Objective.Name}' has {Objective.Outputs} scores for {classes} classes; expected one of each, or one of two classes.");
        }
        if (Loss == BoostingClassLoss.Hinge)
            return classes == 2 ? new HingeObjective() : throw new ArgumentException($"{nameof(BoostingClassifier)}: the hinge loss is of two classes, and there are {classes}. Take CrossEntropy or OneVersusAll.");
        if (Loss == BoostingClassLoss.OneVersusAll && classes > 2) return new OneVersusAllObjective { Classes = classes };
        return BoostingObjective.OfClasses(classes, ScalePositiveWeight);
    }

    /// <summary>The model with its splits as they are, and leaves that meet what these rows say part of the way, with this learner's penalties and learning rate.</summary>
    /// <param name="model">The model.</param>
    /// <param name="set">The rows, with classes of the model.</param>
    /// <param name="decay">The share that stays of the old values.</param>
    /// <exception cref="ArgumentException">The set does not fit the model, or its leaves are linear.</exception>
    public BoostingClassificationModel Refit(BoostingClassificationModel model, BoostingSet set, double decay = 0.9)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Booster = Refit(nameof(BoostingClassifier), model.Booster, set, model.Classes, decay) };
    }
}

/// <summary>What <see cref="BoostingClassifier"/> learned.</summary>
public sealed record BoostingClassificationModel : IProbabilisticModel, IMarginModel
{
    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The trees, and how their sums become probabilities.</summary>
    public required BoostedTrees Booster { get; init; }

    /// <inheritdoc/>
    public FeatureSchema Schema => Booster.Schema;

    int IMarginModel.Scores => Booster.Objective.Outputs;

    void IMarginModel.Margins(ReadOnlySpan<double> rows, Span<double> margins)
    {
        float[] own = new float[margins.Length];
        Booster.Margins(rows, own);
        System.Numerics.Tensors.TensorPrimitives.ConvertTruncating<float, double>(own, margins);
    }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length, outputs = Booster.Objective.Outputs;
        float[] predictions = new float[probabilities.Length / classes * outputs];
        Booster.Predict(rows, predictions);
        Spread(predictions, outputs, probabilities);
    }

    /// <summary>The probabilities of both classes from that of the second, or of all as they are.</summary>
    internal static void Spread(float[] predictions, int outputs, Span<double> probabilities)
    {
        for (int i = 0; i < predictions.Length; i++)
        {
            if (outputs > 1) probabilities[i] = predictions[i];
            else (probabilities[2 * i], probabilities[2 * i + 1]) = (1.0 - predictions[i], predictions[i]);
        }
    }
}
