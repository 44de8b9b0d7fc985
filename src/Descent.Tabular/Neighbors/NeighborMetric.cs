using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>How far apart rows lie.</summary>
public enum NeighborMetric
{
    /// <summary>√Σ (a − b)².</summary>
    Euclidean,

    /// <summary>Σ |a − b|.</summary>
    Manhattan,

    /// <summary>The greatest |a − b|.</summary>
    Chebyshev,

    /// <summary>(Σ |a − b|ᵖ)^(1/p).</summary>
    Minkowski,

    /// <summary>1 − a·b / (|a| |b|); of a row of zeros 1.</summary>
    Cosine,

    /// <summary>The share of columns that differ.</summary>
    Hamming,

    /// <summary>√((a − b) S⁻¹ (a − b)), S being the covariance of the training rows.</summary>
    Mahalanobis,
}

/// <summary>Distances of rows by a metric that needs no more than its power.</summary>
/// <param name="Kind">The metric.</param>
/// <param name="Power">The power of Minkowski's.</param>
readonly record struct RowMetric(NeighborMetric Kind, double Power)
{
    internal double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Expand(Reduced(a, b));

    /// <summary>What rises with the distance and is cheaper to tell.</summary>
    internal double Reduced(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        switch (Kind)
        {
            case NeighborMetric.Euclidean or NeighborMetric.Mahalanobis:
                return RowMath.SquaredDistance(a, b);
            case NeighborMetric.Cosine:
                double squares = TensorPrimitives.SumOfSquares(a) * TensorPrimitives.SumOfSquares(b);
                return squares > 0 ? Math.Max(0, 1 - TensorPrimitives.Dot(a, b) / Math.Sqrt(squares)) : 1;
            case NeighborMetric.Chebyshev:
                for (int j = 0; j < a.Length; j++) sum = Math.Max(sum, Math.Abs(a[j] - b[j]));
                return sum;
            default:
                for (int j = 0; j < a.Length; j++) sum += Term(a[j] - b[j], a.Length);
                return sum;
        }
    }

    /// <summary>The least that any row between two corners can have as its reduced distance.</summary>
    internal double ReducedToBox(ReadOnlySpan<double> row, ReadOnlySpan<double> low, ReadOnlySpan<double> high)
    {
        double sum = 0;
        for (int j = 0; j < row.Length; j++)
        {
            double outside = row[j] < low[j] ? low[j] - row[j] : row[j] > high[j] ? row[j] - high[j] : 0;
            if (outside == 0) continue;
            sum = Kind == NeighborMetric.Chebyshev ? Math.Max(sum, outside) : sum + Term(outside, row.Length);
        }
        return sum;
    }

    /// <summary>The distance of a reduced one.</summary>
    internal double Expand(double reduced) => Kind switch
    {
        NeighborMetric.Euclidean or NeighborMetric.Mahalanobis => Math.Sqrt(reduced),
        NeighborMetric.Minkowski => Math.Pow(reduced, 1 / Power),
        _ => reduced,
    };

    /// <summary>The reduced of a distance.</summary>
    internal double Reduce(double distance) => Kind switch
    {
        NeighborMetric.Euclidean or NeighborMetric.Mahalanobis => distance * distance,
        NeighborMetric.Minkowski => Math.Pow(distance, Power),
        _ => distance,
    };

    double Term(double difference, int columns) => Kind switch
    {
        NeighborMetric.Euclidean or NeighborMetric.Mahalanobis => difference * difference,
        NeighborMetric.Manhattan => Math.Abs(difference),
        NeighborMetric.Minkowski => Math.Pow(Math.Abs(difference), Power),
        _ => difference == 0 ? 0 : 1.0 / columns,
    };
}
