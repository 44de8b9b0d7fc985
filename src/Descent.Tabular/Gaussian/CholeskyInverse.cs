using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Inverses of covariances.</summary>
static class CholeskyInverse
{
    /// <summary>The inverse of a symmetric matrix, and the logarithm of its determinant; null where it is not positive definite.</summary>
    internal static double[]? Try(double[] matrix, int n, out double logDeterminant)
    {
        logDeterminant = double.NaN;
        using var _ = Autograd.NoGrad();
        double[] factor;
        Tensor lower;
        try
        {
            lower = Linalg.Cholesky(Tensor.From<double>(matrix, [n, n]));
            factor = lower.ToArray<double>();
        }
        catch (ArithmeticException)
        {
            return null;
        }
        double sum = 0;
        for (int i = 0; i < n; i++)
        {
            if (!(factor[i * n + i] > 0) || !double.IsFinite(factor[i * n + i])) return null;
            sum += 2 * Math.Log(factor[i * n + i]);
        }
        logDeterminant = sum;
        var inverse = Linalg.Inverse(lower);
        return inverse.T.MatMul(inverse).ToArray<double>();
    }
}
