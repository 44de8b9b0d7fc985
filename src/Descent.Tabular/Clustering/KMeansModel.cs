using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>What <see cref="KMeans"/> or <see cref="MiniBatchKMeans"/> found.</summary>
public sealed record KMeansModel : IModel
{
    const int BlockRows = 1024;

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>(clusters × features) centres.</summary>
    public required ImmutableArray<double> Centers { get; init; }

    /// <summary>The weighted sum of the squared distances from the nearest centres.</summary>
    public required double Inertia { get; init; }

    /// <summary>The passes that the best start took.</summary>
    public required int Iterations { get; init; }

    /// <summary>The part of each training row.</summary>
    public required ImmutableArray<int> Codes { get; init; }

    /// <summary>The part whose centre is nearest to each row.</summary>
    public int[] Predict(Features x)
    {
        int[] codes = new int[ModelPrediction.Match(this, x).Rows];
        WorkerPool.For((x.Rows + BlockRows - 1) / BlockRows, block =>
        {
            double[] row = new double[x.Columns];
            for (int i = block * BlockRows; i < Math.Min(x.Rows, (block + 1) * BlockRows); i++)
            {
                x.CopyRows(i, row);
                double least = double.PositiveInfinity;
                for (int k = 0; k * row.Length < Centers.Length; k++)
                {
                    double square = RowMath.SquaredDistance(row, Centers.AsSpan(k * row.Length, row.Length));
                    if (square < least) (least, codes[i]) = (square, k);
                }
            }
        });
        return codes;
    }
}
