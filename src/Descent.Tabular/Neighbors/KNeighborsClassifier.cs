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
        return Keep(nameof(KNeighborsClassifier), x, new NeighborClassificationModel
        {
            Schema = x.Schema, Rows = [], Neighbors = 1, Metric = Metric, Weighting = Weighting, RowWeights = [.. w], Classes = y.Classes, Codes = [.. y.Codes],
        });
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
        int classes = Classes.Length;
        var (starts, asked, votes) = Vote(rows, probabilities.Length / classes);
        probabilities.Clear();
        for (int i = 0; i < starts.Length - 1; i++)
        {
            var own = probabilities.Slice(i * classes, classes);
            double sum = 0;
            for (int k = starts[i]; k < starts[i + 1]; k++)
            {
                own[Codes[asked[k]]] += votes[k];
                sum += votes[k];
            }
            if (starts[i] == starts[i + 1])
                for (int row = 0; row < Codes.Length; row++)
                {
                    own[Codes[row]] += RowWeights[row];
                    sum += RowWeights[row];
                }
            // Neighbours without weight know nothing.
            foreach (ref double p in own) p = sum > 0 ? p / sum : 1.0 / classes;
        }
    }
}
