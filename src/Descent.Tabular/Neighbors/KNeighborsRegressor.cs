using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>The mean target of the nearest training rows.</summary>
public sealed record KNeighborsRegressor : NeighborOptions, IRegressor<NeighborRegressionModel>
{
    /// <inheritdoc/>
    public NeighborRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(KNeighborsRegressor), x, y, weights);
        return new()
        {
            Schema = x.Schema, Rows = [.. Rows(nameof(KNeighborsRegressor), x)], RowWeights = [.. w], Targets = [.. y],
            Neighbors = Neighbors, Metric = Metric, Weighting = Weighting,
        };
    }
}

/// <summary>What <see cref="KNeighborsRegressor"/> keeps.</summary>
public sealed record NeighborRegressionModel : NeighborModel, IRegressionModel
{
    /// <summary>The target of each training row.</summary>
    public required ImmutableArray<double> Targets { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        var (nearest, votes) = Vote(rows, y.Length);
        for (int i = 0; i < y.Length; i++)
        {
            double sum = 0, weight = 0, plain = 0;
            for (int k = i * Neighbors; k < (i + 1) * Neighbors; k++)
            {
                sum += votes[k] * Targets[nearest[k]];
                weight += votes[k];
                plain += Targets[nearest[k]];
            }
            y[i] = weight > 0 ? sum / weight : plain / Neighbors;
        }
    }
}
