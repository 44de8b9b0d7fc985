using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How much worse a model scores on rows in which one feature's values have been shuffled.</summary>
/// <remarks>Breiman, "Random Forests", 2001. Measured on rows that were not trained on, it says what a feature is worth for new ones.</remarks>
public sealed record PermutationImportance
{
    /// <summary>How often each feature is shuffled.</summary>
    public int Repeats { get; init => field = Check.AtLeast(1, value); } = 5;

    /// <summary>Decides the orders.</summary>
    public ulong Seed { get; init; }

    /// <summary>What judges the model unless a function is given; null is R² of numbers, the accuracy of classes.</summary>
    public Scorer? Scorer { get; init; }

    /// <summary>Measures each feature by <see cref="Scorer"/>, or by a function of which more is better.</summary>
    /// <exception cref="ArgumentException">There are other rows in the target than in the features, or none.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public PermutationImportances Measure(IModel model, Features x, Target y, Func<IModel, Features, Target, double>? score = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        CheckRows(x.Rows, y.Count);
        score ??= Score;
        return Measure(x.Rows, [.. x.Schema.Features.Select(f => f.Name)], score(model, x, y), (j, order) => score(model, x.WithColumn(j, Taken(x.Column(j), order)), y), cancellation);
    }

    /// <summary>Measures each column of a frame as a pipeline takes it, before its steps.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type, or the target is missing in a row.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public PermutationImportances Measure(PipelineModel pipeline, Frame frame, Func<IModel, Features, Target, double>? score = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(frame);
        score ??= Score;
        var y = TargetOf(pipeline, frame);
        var x = pipeline.Input.Read(frame);
        CheckRows(x.Rows, y.Count);
        return Measure(x.Rows, [.. x.Names], score(pipeline.Model, pipeline.Prepare(x), y),
            (j, order) => score(pipeline.Model, pipeline.Prepare(x.With(x.Columns[j].Take(order))), y), cancellation);
    }

    PermutationImportances Measure(int rows, ImmutableArray<string> names, double whole, Func<int, int[], double> shuffled, CancellationToken cancellation)
    {
        var features = ImmutableArray.CreateBuilder<FeatureImportance>(names.Length);
        double[] drops = new double[Repeats];
        int[] order = new int[rows];
        for (int j = 0; j < names.Length; j++)
        {
            for (int repeat = 0; repeat < Repeats; repeat++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (int i = 0; i < rows; i++) order[i] = i;
                new Generator(Seed, (ulong)(j * Repeats + repeat) + 1).Shuffle<int>(order);
                drops[repeat] = whole - shuffled(j, order);
            }
            double mean = drops.Average();
            features.Add(new(names[j], mean) { Spread = Repeats == 1 ? 0 : Math.Sqrt(drops.Sum(d => (d - mean) * (d - mean)) / (Repeats - 1)) });
        }
        return new() { Score = whole, Features = features.MoveToImmutable() };
    }

    double Score(IModel model, Features x, Target y)
    {
        var scorer = Scorer ?? (y.Kind == TargetKind.Number ? Scorers.R2 : Scorers.Accuracy);
        double score = scorer.Score(y, Predictions.Of(model, x));
        return scorer.GreaterIsBetter ? score : -score;
    }

    /// <summary>The target with the classes numbered as the model has them.</summary>
    static Target TargetOf(PipelineModel pipeline, Frame frame)
    {
        var column = frame[pipeline.Target];
        if (pipeline.Model is not IClassificationModel classifier) return Target.Of(column, TargetKind.Number);
        var labels = Labels.From(column);
        // A class that the model never saw has a number of its own behind the others, which no prediction meets.
        ImmutableArray<string> classes = [.. classifier.Classes, .. labels.Classes.Except(classifier.Classes, StringComparer.Ordinal)];
        int[] numbers = [.. labels.Classes.Select(c => classes.IndexOf(c))], codes = new int[labels.Count];
        for (int i = 0; i < codes.Length; i++) codes[i] = numbers[labels.Codes[i]];
        return Target.Of(new Labels(codes, classes));
    }

    static double[] Taken(ReadOnlySpan<double> values, int[] order)
    {
        double[] taken = new double[order.Length];
        for (int i = 0; i < taken.Length; i++) taken[i] = values[order[i]];
        return taken;
    }

    static void CheckRows(int rows, int targets)
    {
        if (rows == 0 || rows != targets) throw new ArgumentException($"PermutationImportance: {targets} targets for {rows} rows; expected as many, and at least one.", nameof(targets));
    }
}

/// <summary>What <see cref="PermutationImportance"/> measured.</summary>
public sealed record PermutationImportances
{
    /// <summary>The score of the rows as they are; of a figure of which less is better its negative.</summary>
    public required double Score { get; init; }

    /// <summary>By how much the score falls, on average over the repeats, where each feature is shuffled.</summary>
    public required ImmutableArray<FeatureImportance> Features { get; init; }
}
