using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

/// <summary>A = Q·R of row-major matrices, by reflections.</summary>
/// <remarks>Golub and Van Loan, "Matrix Computations", 5.2; signs as LAPACK's geqrf.</remarks>
static class Householder
{
    /// <summary>Factors an m by n matrix.</summary>
    /// <param name="a">The matrix; overwritten by R, m by n, and below its diagonal by the reflections.</param>
    /// <param name="m">Its rows.</param>
    /// <param name="n">Its columns.</param>
    /// <param name="q">Receives the first <paramref name="columns"/> columns of Q.</param>
    /// <param name="columns">How many of the m columns of Q are wanted, at least min(m, n).</param>
    public static void Factor(Span<double> a, int m, int n, Span<double> q, int columns)
    {
        int steps = Math.Min(m, n);
        var scales = new double[steps];
        var sums = new double[Math.Max(n, columns)];
        for (int k = 0; k < steps; k++)
        {
            double below = 0;
            for (int i = k + 1; i < m; i++) below = double.Hypot(below, a[i * n + k]);
            if (below == 0) continue;
            double head = a[k * n + k], norm = -Math.CopySign(double.Hypot(head, below), head);
            scales[k] = (norm - head) / norm;
            for (int i = k + 1; i < m; i++) a[i * n + k] /= head - norm;
            a[k * n + k] = norm;
            Reflect(a, n, k, m, scales[k], a, n, k + 1, n, sums);
        }

        q.Clear();
        for (int i = 0; i < columns; i++) q[i * columns + i] = 1;
        for (int k = steps - 1; k >= 0; k--)
            Reflect(a, n, k, m, scales[k], q, columns, k, columns, sums);
    }

    /// <summary>x −= scale · v · (vᵀ · x) for columns first to last of x, where v is 1 at row k and lies below a's diagonal.</summary>
    static void Reflect(ReadOnlySpan<double> a, int n, int k, int m, double scale, Span<double> x, int width, int first, int last, double[] sums)
    {
        if (scale == 0 || first >= last) return;
        var sum = sums.AsSpan(0, last - first);
        x[(k * width + first)..(k * width + last)].CopyTo(sum);
        for (int i = k + 1; i < m; i++)
            TensorPrimitives.MultiplyAdd(x[(i * width + first)..(i * width + last)], a[i * n + k], sum, sum);
        for (int i = k; i < m; i++)
        {
            var row = x[(i * width + first)..(i * width + last)];
            TensorPrimitives.MultiplyAdd(sum, -scale * (i == k ? 1 : a[i * n + k]), row, row);
        }
    }
}
