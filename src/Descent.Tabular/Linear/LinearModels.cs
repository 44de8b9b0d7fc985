using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>A weighted sum of the features and a constant.</summary>
public sealed record LinearRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The weight of each feature.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>What is added to the weighted features.</summary>
    public required double Intercept { get; init; }

    /// <summary>Whether the sum is the logarithm of the prediction.</summary>
    public bool IsLogarithm { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            double sum = Intercept + TensorPrimitives.Dot(rows.Slice(i * Weights.Length, Weights.Length), Weights.AsSpan());
            y[i] = IsLogarithm ? Math.Exp(sum) : sum;
        }
    }
}

/// <summary>Weighted sums of the features, of which the greatest says the class; a single one is that of the second class, which wins above 0.</summary>
public abstract record LinearScoreModel : IClassificationModel, IMarginModel
{
    private protected LinearScoreModel() { }

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>(sums × features) weights.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>The constant of each sum.</summary>
    public required ImmutableArray<double> Intercepts { get; init; }

    int IMarginModel.Scores => Intercepts.Length;

    /// <summary>The sums, (n × sums).</summary>
    public void Margins(ReadOnlySpan<double> rows, Span<double> margins)
    {
        int columns = Schema.Features.Length, sums = Intercepts.Length;
        double[] buffer = new double[columns];
        for (int i = 0; i * sums < margins.Length; i++)
        {
            var row = Seen(rows.Slice(i * columns, columns), buffer);
            for (int k = 0; k < sums; k++)
                margins[i * sums + k] = Intercepts[k] + TensorPrimitives.Dot(row, Weights.AsSpan(k * columns, columns));
        }
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<int> classes)
    {
        int sums = Intercepts.Length;
        double[] margins = new double[classes.Length * sums];
        Margins(rows, margins);
        for (int i = 0; i < classes.Length; i++)
            classes[i] = sums == 1 ? (margins[i] > 0 ? 1 : 0) : TensorPrimitives.IndexOfMax<double>(margins.AsSpan(i * sums, sums));
    }

    /// <summary>What the sums are of.</summary>
    private protected virtual ReadOnlySpan<double> Seen(ReadOnlySpan<double> row, double[] buffer) => row;
}

/// <summary>Planes that part classes, without probabilities.</summary>
public sealed record PlaneClassificationModel : LinearScoreModel;

/// <summary>How sums become probabilities.</summary>
public enum ScoreLink
{
    /// <summary>By the softmax; of a single sum by the sigmoid.</summary>
    Softmax,

    /// <summary>Each by the sigmoid, and then as shares of all.</summary>
    Sigmoid,

    /// <summary>Each by (s + 1) / 2 between 0 and 1, and then as shares of all.</summary>
    Clip,
}

/// <summary>Weighted sums of the features that stand for the probabilities of the classes.</summary>
public sealed record LinearClassificationModel : LinearScoreModel, IProbabilisticModel
{
    /// <summary>If given, features count as 1 where they are greater, and 0 else.</summary>
    public double? Threshold { get; init; }

    /// <summary>How sums become probabilities.</summary>
    public ScoreLink Link { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length, sums = Intercepts.Length;
        double[] margins = new double[probabilities.Length / classes * sums];
        Margins(rows, margins);
        for (int i = 0; i * classes < probabilities.Length; i++)
        {
            var own = probabilities.Slice(i * classes, classes);
            if (sums == 1)
            {
                double p = Share(margins[i]);
                (own[0], own[1]) = (1 - p, p);
                continue;
            }
            margins.AsSpan(i * sums, sums).CopyTo(own);
            if (Link == ScoreLink.Softmax)
            {
                TensorPrimitives.SoftMax<double>(own, own);
                continue;
            }
            double total = 0;
            foreach (ref double p in own) total += p = Share(p);
            foreach (ref double p in own) p = total > 0 ? p / total : 1.0 / classes;
        }
    }

    double Share(double score) => Link == ScoreLink.Clip ? (Math.Clamp(score, -1, 1) + 1) / 2 : StageLoss.Sigmoid(score);

    private protected override ReadOnlySpan<double> Seen(ReadOnlySpan<double> row, double[] buffer)
    {
        if (Threshold is null) return row;
        for (int j = 0; j < buffer.Length; j++) buffer[j] = row[j] > Threshold ? 1 : 0;
        return buffer;
    }
}
