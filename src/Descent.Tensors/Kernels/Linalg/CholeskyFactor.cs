using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

/// <summary>A = L·Lᵀ of row-major symmetric matrices.</summary>
static class CholeskyFactor
{
    /// <summary>Reads the lower triangle of a matrix and writes its factor, with zeros above the diagonal.</summary>
    /// <returns>The order of the first leading minor that is not positive, or 0: the matrix is positive definite.</returns>
    public static int Factor(ReadOnlySpan<double> a, Span<double> l, int n)
    {
        l.Clear();
        for (int i = 0; i < n; i++)
        {
            var row = l.Slice(i * n, i + 1);
            for (int j = 0; j < i; j++)
                row[j] = (a[i * n + j] - TensorPrimitives.Dot<double>(row[..j], l.Slice(j * n, j))) / l[j * n + j];
            double square = a[i * n + i] - TensorPrimitives.SumOfSquares<double>(row[..i]);
            if (!(square > 0)) return i + 1;
            row[i] = Math.Sqrt(square);
        }
        return 0;
    }
}
