using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

/// <summary>Gaussian elimination with row exchanges, of row-major square matrices.</summary>
static class Lu
{
    /// <summary>Overwrites a matrix by its factors, the unit lower one below the diagonal.</summary>
    /// <param name="a">The matrix, n by n.</param>
    /// <param name="n">Its order.</param>
    /// <param name="pivots">The row that each row was exchanged with.</param>
    /// <param name="sign">-1 after an odd number of exchanges, else 1.</param>
    /// <returns>The first pivot that is 0, or -1: the matrix is not singular.</returns>
    public static int Factor(Span<double> a, int n, Span<int> pivots, out int sign)
    {
        int singular = -1;
        sign = 1;
        for (int k = 0; k < n; k++)
        {
            int best = k;
            for (int i = k + 1; i < n; i++)
                if (Math.Abs(a[i * n + k]) > Math.Abs(a[best * n + k])) best = i;
            pivots[k] = best;
            if (best != k)
            {
                Swap(a.Slice(k * n, n), a.Slice(best * n, n));
                sign = -sign;
            }
            double pivot = a[k * n + k];
            if (pivot == 0)
            {
                if (singular < 0) singular = k;
                continue;
            }
            var row = a.Slice(k * n + k + 1, n - k - 1);
            for (int i = k + 1; i < n; i++)
            {
                double factor = a[i * n + k] /= pivot;
                var target = a.Slice(i * n + k + 1, n - k - 1);
                TensorPrimitives.MultiplyAdd(row, -factor, target, target);
            }
        }
        return singular;
    }

    /// <summary>Overwrites the right sides, <paramref name="columns"/> to a row, by the solutions.</summary>
    public static void Solve(ReadOnlySpan<double> factors, int n, ReadOnlySpan<int> pivots, Span<double> b, int columns)
    {
        for (int i = 0; i < n; i++)
            if (pivots[i] != i) Swap(b.Slice(i * columns, columns), b.Slice(pivots[i] * columns, columns));
        for (int i = 0; i < n; i++)
            Eliminate(factors, n, b, columns, i, 0, i);
        for (int i = n - 1; i >= 0; i--)
        {
            Eliminate(factors, n, b, columns, i, i + 1, n);
            var row = b.Slice(i * columns, columns);
            TensorPrimitives.Divide(row, factors[i * n + i], row);
        }
    }

    static void Eliminate(ReadOnlySpan<double> factors, int n, Span<double> b, int columns, int i, int from, int to)
    {
        var row = b.Slice(i * columns, columns);
        for (int k = from; k < to; k++)
            TensorPrimitives.MultiplyAdd(b.Slice(k * columns, columns), -factors[i * n + k], row, row);
    }

    static void Swap(Span<double> a, Span<double> b)
    {
        for (int i = 0; i < a.Length; i++) (a[i], b[i]) = (b[i], a[i]);
    }
}
