using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>What gradient boosting of classes descends.</summary>
public enum GradientBoostingClassLoss
{
    /// <summary>The cross entropy.</summary>
    LogLoss,

    /// <summary>exp(−y f) of two classes, as AdaBoost.</summary>
    Exponential,
}

/// <summary>Sums of regression trees, one for each class beyond two, fitted to the negative gradient of the loss, with a Newton step in every leaf.</summary>
public sealed record GradientBoostingClassifier : GradientBoostingOptions, IClassifier<GradientBoostingClassificationModel>
{
    /// <summary>What is descended.</summary>
    public GradientBoostingClassLoss Loss { get; init; }

    /// <inheritdoc/>
    public GradientBoostingClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(GradientBoostingClassifier), x, y.Count, weights);
        Training.TwoClasses(nameof(GradientBoostingClassifier), y);
        int classes = y.Classes.Length;
        int[] codes = y.Codes.ToArray();
        if (Loss == GradientBoostingClassLoss.Exponential && classes > 2)
            throw new ArgumentException($"GradientBoostingClassifier: the exponential loss is of two classes, and there are {classes}; take LogLoss.", nameof(y));
        IStageLoss loss = Loss == GradientBoostingClassLoss.Exponential ? new ExponentialLoss(codes) : classes == 2 ? new BinaryLogLoss(codes) : new MultinomialLoss(codes, classes);
        var (initial, trees, losses) = Boost(x, loss, w, !weights.IsEmpty);
        return new() { Schema = x.Schema, Classes = y.Classes, Loss = Loss, Initial = [.. initial], Trees = trees, TrainingLoss = losses };
    }
}

/// <summary>What <see cref="GradientBoostingClassifier"/> learned.</summary>
public sealed record GradientBoostingClassificationModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>What was descended.</summary>
    public required GradientBoostingClassLoss Loss { get; init; }

    /// <summary>The constants that the trees are added to: one of two classes, else one a class.</summary>
    public required ImmutableArray<double> Initial { get; init; }

    /// <summary>The trees, stage by stage, shrunk already.</summary>
    public required ImmutableArray<Tree> Trees { get; init; }

    /// <summary>The training loss after each stage, on the rows it drew.</summary>
    public required ImmutableArray<double> TrainingLoss { get; init; }

    /// <summary>By how much each feature lowers the impurity, as shares of 1, averaged over the trees.</summary>
    public double[] Importances() => ForestTraining.Importances(Trees, Schema.Features.Length);

    /// <summary>The scores before they become probabilities, (n × scores): of two classes one, that of the second.</summary>
    public void Scores(ReadOnlySpan<double> rows, Span<double> scores)
    {
        int width = Initial.Length;
        for (int i = 0; i < scores.Length; i++) scores[i] = Initial[i % width];
        double[] column = new double[scores.Length / width];
        for (int k = 0; k < width; k++)
        {
            Array.Clear(column);
            for (int t = k; t < Trees.Length; t += width) TreeVotes.AddNumbers(Trees[t], rows, Schema.Features.Length, column, 1);
            for (int i = 0; i < column.Length; i++) scores[i * width + k] += column[i];
        }
    }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length;
        if (Initial.Length > 1)
        {
            Scores(rows, probabilities);
            for (int i = 0; i < probabilities.Length; i += classes) TensorPrimitives.SoftMax<double>(probabilities.Slice(i, classes), probabilities.Slice(i, classes));
            return;
        }
        double[] scores = new double[probabilities.Length / 2];
        Scores(rows, scores);
        for (int i = 0; i < scores.Length; i++)
        {
            double p = StageLoss.Sigmoid(Loss == GradientBoostingClassLoss.Exponential ? 2 * scores[i] : scores[i]);
            (probabilities[2 * i], probabilities[2 * i + 1]) = (1 - p, p);
        }
    }
}
