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

    /// <summary>The constant.</summary>
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

/// <summary>Weighted sums of the features whose softmax (of a single sum the sigmoid) are the probabilities of the classes.</summary>
public sealed record LinearClassificationModel : IProbabilisticModel, IMarginModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>(sums × features) weights.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>The constant of each sum; where there is one sum it is that of the second class.</summary>
    public required ImmutableArray<double> Intercepts { get; init; }

    /// <summary>If given, features count as 1 where they are greater, and 0 else.</summary>
    public double? Threshold { get; init; }

    int IMarginModel.Scores => Intercepts.Length;

    void IMarginModel.Margins(ReadOnlySpan<double> rows, Span<double> margins) => Scores(rows, margins);

    /// <summary>The sums, (n × sums).</summary>
    public void Scores(ReadOnlySpan<double> rows, Span<double> scores)
    {
        int columns = Schema.Features.Length, sums = Intercepts.Length;
        double[]? flags = Threshold is null ? null : new double[columns];
        for (int i = 0; i * sums < scores.Length; i++)
        {
            var row = rows.Slice(i * columns, columns);
            if (flags is not null)
            {
                for (int j = 0; j < columns; j++) flags[j] = row[j] > Threshold ? 1 : 0;
                row = flags;
            }
            for (int k = 0; k < sums; k++)
                scores[i * sums + k] = Intercepts[k] + TensorPrimitives.Dot(row, Weights.AsSpan(k * columns, columns));
        }
    }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length;
        if (Intercepts.Length == classes)
        {
            Scores(rows, probabilities);
            for (int i = 0; i < probabilities.Length; i += classes) TensorPrimitives.SoftMax<double>(probabilities.Slice(i, classes), probabilities.Slice(i, classes));
            return;
        }
        double[] scores = new double[probabilities.Length / 2];
        Scores(rows, scores);
        for (int i = 0; i < scores.Length; i++)
        {
            double p = StageLoss.Sigmoid(scores[i]);
            (probabilities[2 * i], probabilities[2 * i + 1]) = (1 - p, p);
        }
    }
}
