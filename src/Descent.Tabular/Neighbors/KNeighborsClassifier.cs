using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>The classes of the nearest training rows.</summary>
/// <remarks>Cover and Hart, "Nearest Neighbor Pattern Classification", 1967.</remarks>
public sealed record KNeighborsClassifier : NeighborOptions, IClassifier<NeighborClassificationModel>
{
    /// <inheritdoc/>
    public NeighborClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(KNeighborsClassifier), x, y.Count, weights);
        return new()
        {
            Schema = x.Schema, Classes = y.Classes, Rows = [.. Rows(nameof(KNeighborsClassifier), x)], RowWeights = [.. w], Codes = [.. y.Codes],
            Neighbors = Neighbors, Metric = Metric, Weighting = Weighting,
        };
    }
}

/// <summary>What <see cref="KNeighborsClassifier"/> keeps.</summary>
public sealed record NeighborClassificationModel : NeighborModel, IProbabilisticModel
{
    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The class of each training row.</summary>
    public required ImmutableArray<int> Codes { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length, count = probabilities.Length / classes;
        var (nearest, votes) = Vote(rows, count);
        probabilities.Clear();
        for (int i = 0; i < count; i++)
        {
            var own = probabilities.Slice(i * classes, classes);
            double sum = 0;
            for (int k = i * Neighbors; k < (i + 1) * Neighbors; k++)
            {
                own[Codes[nearest[k]]] += votes[k];
                sum += votes[k];
            }
            // Neighbours without weight know nothing.
            foreach (ref double p in own) p = sum > 0 ? p / sum : 1.0 / classes;
        }
    }
}
