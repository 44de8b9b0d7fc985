using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>The mean target of the nearest training rows.</summary>
public sealed record KNeighborsRegressor : NeighborOptions, IRegressor<NeighborRegressionModel>
{
    /// <inheritdoc/>
    public NeighborRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(KNeighborsRegressor), x, y, weights);
        return Keep(nameof(KNeighborsRegressor), x, new NeighborRegressionModel
        {
            Schema = x.Schema, Rows = [], Neighbors = 1, Metric = Metric, Weighting = Weighting, RowWeights = [.. w], Targets = [.. y],
        });
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
        var (starts, asked, votes) = Vote(rows, y.Length);
        for (int i = 0; i < y.Length; i++)
        {
            double sum = 0, weight = 0, plain = 0;
            for (int k = starts[i]; k < starts[i + 1]; k++)
            {
                sum += votes[k] * Targets[asked[k]];
                weight += votes[k];
                plain += Targets[asked[k]];
            }
            int count = starts[i + 1] - starts[i];
            y[i] = weight > 0 ? sum / weight : count > 0 ? plain / count
                : TensorPrimitives.Dot(RowWeights.AsSpan(), Targets.AsSpan()) / TensorPrimitives.Sum(RowWeights.AsSpan());
        }
    }
}
