using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>What <see cref="AdaBoostClassifier"/> learned.</summary>
public sealed record AdaBoostClassificationModel : IProbabilisticModel
{
    /// <summary>The spacing of doubles at 1, below which a probability is taken for rounding.</summary>
    internal const double LeastProbability = 2.220446049250313e-16;

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>How the members vote.</summary>
    public required AdaBoostAlgorithm Algorithm { get; init; }

    /// <summary>The members, in the order they were trained.</summary>
    public required ImmutableArray<IClassificationModel> Members { get; init; }

    /// <summary>The weight of each member's vote.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>The share of the weight, as it was then, on which each member erred.</summary>
    public required ImmutableArray<double> Errors { get; init; }

    /// <summary>What the training error of two classes cannot exceed: ∏ 2√(e (1 − e)) over the members' errors e, at a learning rate of 1.</summary>
    public double TrainingErrorBound => Errors.Aggregate(1.0, (bound, e) => bound * 2 * Math.Sqrt(e * (1 - e)));

    /// <summary>The scores of the classes after all members, (n × classes), or after the first <paramref name="rounds"/>.</summary>
    public void Scores(ReadOnlySpan<double> rows, Span<double> scores, int? rounds = null)
    {
        int classes = Classes.Length, count = scores.Length / classes, used = Math.Clamp(rounds ?? Members.Length, 1, Members.Length);
        scores.Clear();
        double sum = 0;
        for (int m = 0; m < used; m++)
        {
            sum += Weights[m];
            if (Algorithm == AdaBoostAlgorithm.Samme) Vote(Members[m], Weights[m], rows, scores, count);
            else VoteByLogarithms((IProbabilisticModel)Members[m], rows, scores, count);
        }
        TensorPrimitives.Divide(scores, sum, scores);
    }

    void Vote(IClassificationModel member, double weight, ReadOnlySpan<double> rows, Span<double> scores, int count)
    {
        int[] classes = new int[count];
        member.Predict(rows, classes);
        for (int i = 0; i < count; i++) scores[i * Classes.Length + classes[i]] += weight;
    }

    void VoteByLogarithms(IProbabilisticModel member, ReadOnlySpan<double> rows, Span<double> scores, int count)
    {
        int classes = Classes.Length;
        double[] p = new double[scores.Length];
        member.Probabilities(rows, p);
        for (int i = 0; i < count; i++)
        {
            var own = p.AsSpan(i * classes, classes);
            double mean = 0;
            foreach (ref double v in own)
            {
                v = Math.Log(Math.Max(v, LeastProbability));
                mean += v / classes;
            }
            for (int k = 0; k < classes; k++) scores[i * classes + k] += (classes - 1) * (own[k] - mean);
        }
    }

    /// <summary>The classes after 1, 2, … members, (members × rows).</summary>
    public int[][] PredictStaged(Features x)
    {
        ArgumentNullException.ThrowIfNull(x);
        double[] rows = new double[x.Rows * x.Columns], scores = new double[x.Rows * Classes.Length];
        x.CopyRows(0, rows);
        var staged = new int[Members.Length][];
        for (int m = 0; m < staged.Length; m++)
        {
            if (Algorithm == AdaBoostAlgorithm.Samme) Vote(Members[m], Weights[m], rows, scores, x.Rows);
            else VoteByLogarithms((IProbabilisticModel)Members[m], rows, scores, x.Rows);
            staged[m] = [.. Enumerable.Range(0, x.Rows).Select(i => TensorPrimitives.IndexOfMax<double>(scores.AsSpan(i * Classes.Length, Classes.Length)))];
        }
        return staged;
    }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length;
        Scores(rows, probabilities);
        for (int i = 0; i < probabilities.Length; i += classes)
        {
            var p = probabilities.Slice(i, classes);
            // Half the difference of two scores stands for either class.
            if (classes == 2) (p[0], p[1]) = ((p[0] - p[1]) / 2, (p[1] - p[0]) / 2);
            else TensorPrimitives.Divide(p, classes - 1, p);
            TensorPrimitives.SoftMax<double>(p, p);
        }
    }
}
