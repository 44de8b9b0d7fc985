using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Bayes' rule with features that are independent and normal within each class.</summary>
public sealed record GaussianNaiveBayes : IClassifier<GaussianNaiveBayesModel>
{
    /// <inheritdoc/>
    public LearnerInput Takes => LearnerInput.AnyScale;

    /// <summary>Added to all variances, as a share of the greatest variance of a feature.</summary>
    public double VarianceSmoothing { get; init => field = Check.AtLeast(0, value); } = 1e-9;

    /// <inheritdoc/>
    public GaussianNaiveBayesModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(GaussianNaiveBayes), x, y.Count, weights);
        Training.NoGaps(nameof(GaussianNaiveBayes), x);
        int classes = y.Classes.Length, columns = x.Columns;
        double[] counts = ClassSums.Count(nameof(GaussianNaiveBayes), y, w);
        double[] means = ClassSums.Of(x, y, w), variances = new double[means.Length];
        for (int k = 0; k < means.Length; k++) means[k] /= counts[k / columns];
        double widest = 0;
        for (int j = 0; j < columns; j++)
        {
            var column = x.Column(j);
            double mean = TensorPrimitives.Sum(column) / column.Length, spread = 0;
            for (int i = 0; i < column.Length; i++)
            {
                int at = y.Codes[i] * columns + j;
                variances[at] += w[i] * (column[i] - means[at]) * (column[i] - means[at]);
                spread += (column[i] - mean) * (column[i] - mean);
            }
            widest = Math.Max(widest, spread / column.Length);
        }
        double floor = VarianceSmoothing * widest;
        for (int k = 0; k < variances.Length; k++)
            if (!((variances[k] = variances[k] / counts[k / columns] + floor) > 0))
                throw new ArgumentException($"GaussianNaiveBayes: feature '{x.Schema.Features[k % columns].Name}' has one value in class '{y.Classes[k / columns]}', and its variance is 0. Raise VarianceSmoothing, or drop it.", nameof(x));
        double total = counts.Sum();
        return new() { Schema = x.Schema, Classes = y.Classes, Priors = [.. counts.Select(c => c / total)], Means = [.. means], Variances = [.. variances] };
    }
}

/// <summary>What <see cref="GaussianNaiveBayes"/> learned.</summary>
public sealed record GaussianNaiveBayesModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The share of each class.</summary>
    public required ImmutableArray<double> Priors { get; init; }

    /// <summary>(classes × features) means.</summary>
    public required ImmutableArray<double> Means { get; init; }

    /// <summary>(classes × features) variances.</summary>
    public required ImmutableArray<double> Variances { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length, columns = Schema.Features.Length;
        double[] constants = new double[classes];
        for (int k = 0; k < classes; k++)
        {
            constants[k] = Math.Log(Priors[k]);
            for (int j = 0; j < columns; j++) constants[k] -= 0.5 * Math.Log(2 * Math.PI * Variances[k * columns + j]);
        }
        for (int i = 0; i * classes < probabilities.Length; i++)
        {
            var own = probabilities.Slice(i * classes, classes);
            for (int k = 0; k < classes; k++)
            {
                double sum = constants[k];
                for (int j = 0; j < columns; j++)
                {
                    double d = rows[i * columns + j] - Means[k * columns + j];
                    sum -= 0.5 * d * d / Variances[k * columns + j];
                }
                own[k] = sum;
            }
            TensorPrimitives.SoftMax<double>(own, own);
        }
    }
}
