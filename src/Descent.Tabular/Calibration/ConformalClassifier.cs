using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Which classes a set consists of.</summary>
public enum ConformalSets
{
    /// <summary>The most probable ones until their sum reaches a bound: larger sets where the model is unsure.</summary>
    Adaptive,

    /// <summary>All that reach a bound themselves: the smallest sets on average, some of them empty.</summary>
    Threshold,
}

/// <summary>Predicts sets of classes that hold the true one as often as asked for, whatever the learner and the data.</summary>
/// <remarks>Adaptive: Romano, Sesia and Candès, "Classification with Valid and Adaptive Coverage", 2020, without the draw; by threshold: Sadinle, Lei and Wasserman, 2019.</remarks>
public sealed record ConformalClassifier : IClassifier<ConformalClassificationModel>
{
    /// <summary>What gives the probabilities.</summary>
    public required IClassifier<IProbabilisticModel> Base { get; init; }

    /// <summary>Which classes a set consists of.</summary>
    public ConformalSets Sets { get; init; }

    /// <summary>The share of rows held back, by which the bound is found.</summary>
    public double HoldOut { get; init => field = Check.Within(0.01, 0.9, value); } = 0.25;

    /// <summary>Decides which rows are held back.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public LearnerInput Takes => Base.Takes;

    /// <inheritdoc/>
    public ConformalClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(ConformalClassifier), x, y.Count, weights);
        var (train, test) = new ShuffleSplit { Splits = 1, TestShare = HoldOut, Seed = Seed }.Split(x.Rows).First();
        var model = Base.Fit(x.Take(train), y.Take(train), Array.ConvertAll(train, i => w[i]));
        int classes = y.Classes.Length;
        double[] p = model.Probabilities(x.Take(test)), scores = new double[classes], excesses = new double[test.Length];
        for (int i = 0; i < test.Length; i++)
        {
            ConformalClassificationModel.Scores(Sets, p.AsSpan(i * classes, classes), scores);
            excesses[i] = scores[y.Codes[test[i]]];
        }
        Array.Sort(excesses);
        return new() { Schema = x.Schema, Model = model, Sets = Sets, Strangeness = [.. excesses] };
    }
}

/// <summary>What <see cref="ConformalClassifier"/> learned.</summary>
public sealed record ConformalClassificationModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<string> Classes => Model.Classes;

    /// <summary>What gives the probabilities.</summary>
    public required IProbabilisticModel Model { get; init; }

    /// <summary>Which classes a set consists of.</summary>
    public required ConformalSets Sets { get; init; }

    /// <summary>How strange the true class was to the model on rows held back, rising.</summary>
    public required ImmutableArray<double> Strangeness { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities) => Model.Probabilities(rows, probabilities);

    /// <summary>Whether each class is in the set of each row, (rows × classes).</summary>
    /// <param name="x">The rows.</param>
    /// <param name="level">How often the true class is to be in the set, such as 0.9.</param>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is not within 0 to 1.</exception>
    public bool[] PredictSets(Features x, double level = 0.9)
    {
        int classes = Classes.Length;
        double bound = Conformal.Bound(Strangeness.AsSpan(), level);
        double[] p = Model.Probabilities(x), scores = new double[classes];
        bool[] sets = new bool[p.Length];
        for (int i = 0; i < p.Length; i += classes)
        {
            var own = p.AsSpan(i, classes);
            Scores(Sets, own, scores);
            for (int k = 0; k < classes; k++) sets[i + k] = scores[k] <= bound;
            // The most probable class is in every adaptive set, so that none is empty.
            if (Sets == ConformalSets.Adaptive) sets[i + TensorPrimitives.IndexOfMax<double>(own)] = true;
        }
        return sets;
    }

    /// <summary>How strange each class would be: the sum of the probabilities that are not below its own, or what its own lacks of 1.</summary>
    internal static void Scores(ConformalSets sets, ReadOnlySpan<double> p, Span<double> scores)
    {
        for (int k = 0; k < p.Length; k++)
        {
            double sum = 0;
            foreach (double other in p) sum += other >= p[k] ? other : 0;
            scores[k] = sets == ConformalSets.Adaptive ? sum : 1 - p[k];
        }
    }
}
