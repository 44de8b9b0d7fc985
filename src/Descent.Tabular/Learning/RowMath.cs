using System.Numerics;

namespace Descent.Tabular;

/// <summary>Arithmetic of short rows.</summary>
static class RowMath
{
    /// <summary>Σ (a − b)².</summary>
    internal static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        int j = 0, width = Vector<double>.Count;
        if (Vector.IsHardwareAccelerated && a.Length >= width)
        {
            var sums = Vector<double>.Zero;
            for (; j <= a.Length - width; j += width)
            {
                var difference = new Vector<double>(a[j..]) - new Vector<double>(b[j..]);
                sums += difference * difference;
            }
            sum = Vector.Sum(sums);
        }
        for (; j < a.Length; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
        return sum;
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    /// <summary>The weighted variance of each column, averaged over the columns.</summary>
    internal static double MeanVariance(Features x, double[] weights)
    {
        double total = weights.Sum(), sum = 0;
        for (int j = 0; j < x.Columns; j++)
        {
            var column = x.Column(j);
            double mean = System.Numerics.Tensors.TensorPrimitives.Dot(column, weights) / total, squares = 0;
            for (int i = 0; i < column.Length; i++) squares += weights[i] * (column[i] - mean) * (column[i] - mean);
            sum += squares / total;
        }
        return sum / x.Columns;
    }
}
