using MathNet.Numerics.LinearAlgebra;

namespace Descent.Tensors;

/// <summary>The factorizations that MathNet.Numerics does for us, in double precision, of one square row-major matrix.</summary>
static class LinalgBackend
{
    // MathNet stores columns first, so it is given the transpose: Aᵀ = U'·S·V'ᵀ means A = V'·S·U'ᵀ.

    /// <summary>A = U·diag(s)·Vᵀ with falling singular values.</summary>
    internal static void Svd(double[] a, int n, Span<double> u, Span<double> s, Span<double> vh)
    {
        if (n == 0) return;
        var svd = Matrix<double>.Build.Dense(n, n, a).Svd(computeVectors: true);
        svd.VT.ToColumnMajorArray().CopyTo(u);
        svd.S.AsArray().CopyTo(s);
        svd.U.ToColumnMajorArray().CopyTo(vh);
    }

    /// <summary>A·V = V·diag(w) of a symmetric matrix, with rising eigenvalues; the vectors are the columns of V.</summary>
    internal static void Eigh(double[] a, int n, Span<double> w, Span<double> v)
    {
        if (n == 0) return;
        var evd = Matrix<double>.Build.Dense(n, n, a).Evd(Symmetricity.Symmetric);
        var values = Enumerable.Range(0, n).Select(i => evd.EigenValues[i].Real).ToArray();
        int[] order = [.. Enumerable.Range(0, n)];
        Array.Sort((double[])values.Clone(), order);
        for (int j = 0; j < n; j++)
        {
            w[j] = values[order[j]];
            for (int i = 0; i < n; i++) v[i * n + j] = evd.EigenVectors[i, order[j]];
        }
    }
}
