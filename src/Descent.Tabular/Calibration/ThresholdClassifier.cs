using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Says the second of two classes from that probability on at which a figure is best, not from one half on.</summary>
public sealed record ThresholdClassifier : IClassifier<ThresholdModel>
{
    /// <summary>What gives the probabilities.</summary>
    public required IClassifier<IProbabilisticModel> Base { get; init; }

    /// <summary>What is to be best: a figure of predicted classes, such as <see cref="Scorers.F1"/> or <see cref="Scorer.Cost"/>.</summary>
    public Scorer Scorer { get; init => field = Classes(value); } = Scorers.BalancedAccuracy;

    /// <summary>The folds, so that the threshold is chosen by rows that models were not trained on.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Decides the order of rows.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public LearnerInput Takes => Base.Takes;

    /// <inheritdoc/>
    public ThresholdModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(ThresholdClassifier), x, y.Count, weights);
        if (y.Classes.Length != 2) throw new ArgumentException($"ThresholdClassifier: a threshold tells two classes apart; the target has {y.Classes.Length}.", nameof(y));
        var judging = new CrossValidation { Folds = Folds, Seed = Seed, Scorers = [Scorers.LogLoss] };
        var said = judging.Run(Base, x, Target.Of(y), w).OutOfFold;
        return new() { Schema = x.Schema, Classes = y.Classes, Model = Base.Fit(x, y, w), Threshold = Best(y, said, w, Scorer) };
    }

    /// <summary>Chooses the threshold of a model by rows that it was not trained on.</summary>
    /// <exception cref="ArgumentException">The rows do not fit the model, it is not of two classes, or the figure is of probabilities.</exception>
    public static ThresholdModel OfModel(IProbabilisticModel model, Features x, Labels y, Scorer scorer, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(ThresholdClassifier), x, y.Count, weights);
        if (!y.Classes.SequenceEqual(model.Classes) || y.Classes.Length != 2)
            throw new ArgumentException($"ThresholdClassifier: the model knows {string.Join(", ", model.Classes)}, the target {string.Join(", ", y.Classes)}; expected the same two classes.", nameof(y));
        return new() { Schema = model.Schema, Classes = model.Classes, Model = model, Threshold = Best(y, Predictions.Of(model, x), w, Classes(scorer)) };
    }

    /// <summary>Between all probabilities that were said (or so many quantiles of them), the one of the best figure; of equals that nearest to one half.</summary>
    static double Best(Labels y, Predictions said, double[] w, Scorer scorer)
    {
        const int Most = 500;
        double[] p = [.. Enumerable.Range(0, y.Count).Select(i => said.Probabilities[2 * i + 1]).Distinct().Order()];
        var places = p.Length <= Most ? Enumerable.Range(0, p.Length) : Enumerable.Range(0, Most).Select(i => (int)((long)i * p.Length / Most));
        double[] candidates = [.. places.Select(i => i == 0 ? p[0] : (p[i - 1] + p[i]) / 2).Append(Math.BitIncrement(p[^1])).Append(0.5)];
        var truth = Target.Of(y);
        double best = 0.5, figure = double.NaN;
        foreach (double threshold in candidates.OrderBy(t => Math.Abs(t - 0.5)))
        {
            int[] codes = new int[y.Count];
            for (int i = 0; i < codes.Length; i++) codes[i] = said.Probabilities[2 * i + 1] >= threshold ? 1 : 0;
            double own = scorer.Score(truth, Predictions.Of(y.Classes, codes), w);
            if (scorer.IsBetter(own, figure)) (best, figure) = (threshold, own);
        }
        return best;
    }

    static Scorer Classes(Scorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        return scorer.Needs == ScorerNeeds.Classes ? scorer
            : throw new ArgumentException($"{scorer.Name} does not look at predicted classes, so no threshold changes it. Take f1, balanced_accuracy, a cost, or another that does.", nameof(scorer));
    }
}

/// <summary>What <see cref="ThresholdClassifier"/> learned.</summary>
public sealed record ThresholdModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>What gives the probabilities.</summary>
    public required IProbabilisticModel Model { get; init; }

    /// <summary>The probability from which on the second class is said.</summary>
    public required double Threshold { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities) => Model.Probabilities(rows, probabilities);

    void IClassificationModel.Predict(ReadOnlySpan<double> rows, Span<int> classes)
    {
        double[] p = new double[2 * classes.Length];
        Model.Probabilities(rows, p);
        for (int i = 0; i < classes.Length; i++) classes[i] = p[2 * i + 1] >= Threshold ? 1 : 0;
    }
}
