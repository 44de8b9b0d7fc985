using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// When a float32 product runs on units for bfloat16: on tiles in as many parts as <see cref="Numerics.MatMulPrecision"/> asks
/// for, and where <see cref="MatMulPrecision.Medium"/> allows it by products of pairs.
/// </summary>
static unsafe class NarrowPath
{
    // An element costs some 2 ns to split and pack, a product on tiles saves 5 ps: worth it from some 256 × 256 outputs on.
    // Fixed, not measured as the program runs: another choice would give other bits.
    const double LeastOnTiles = 128;

    // One rounding to pack, and twice the rate of float32 at least.
    const double LeastMedium = 24;
    const int LeastDepth = 64;

    /// <summary>Whether a product of this shape is done here.</summary>
    public static bool Takes(MatMulPrecision precision, int m, int n, int k)
    {
        // Each element of A is used n times, each of B m times.
        if (k < LeastDepth || (double)m * n < (precision == MatMulPrecision.Medium ? LeastMedium : LeastOnTiles) * ((double)m + n)) return false;
        return AmxProduct.IsAvailable || (precision == MatMulPrecision.Medium && PairKernels.IsAvailable);
    }

    /// <summary>Whether the product was done here; the type is float, and C gains or becomes the product (β is 0 or 1, α is 1).</summary>
    public static bool TryMultiply<T, TA, TB>(MatMulPrecision precision, int m, int n, int k, T alpha, TA a, TB b, T beta, GemmOutput<T> c, GemmBias<T> bias)
        where T : unmanaged, INumberBase<T> where TA : struct, IPanelSource<T> where TB : struct, IPanelSource<T>
    {
        if (!Takes(precision, m, n, k) || alpha != T.One || (beta != T.Zero && beta != T.One)) return false;
        var output = *(GemmOutput<float>*)&c;
        var addend = *(GemmBias<float>*)&bias;
        bool accumulate = beta == T.One;
        SinglePanels<T, TA> left = new(a);
        SinglePanels<T, TB> right = new(b);
        if (precision != MatMulPrecision.Medium) AmxProduct.Multiply(precision, m, n, k, left, right, output, addend, accumulate);
        else
        {
            RoundedSource<SinglePanels<T, TA>> roundedLeft = new(left);
            RoundedSource<SinglePanels<T, TB>> roundedRight = new(right);
            if (AmxProduct.IsAvailable) AmxProduct.MultiplyPairs(m, n, k, roundedLeft, roundedRight, output, addend, accumulate);
            else
                new PairJob<RoundedSource<SinglePanels<T, TA>>, RoundedSource<SinglePanels<T, TB>>, float>(m, n, k, roundedLeft, roundedRight, output, addend, accumulate).Run();
        }
        return true;
    }

    /// <summary>A source of T, which is float, as a source of float.</summary>
    readonly struct SinglePanels<T, TSource>(TSource source) : IPanelSource<float> where T : unmanaged where TSource : struct, IPanelSource<T>
    {
        public void Pack(float* destination, int first, int count, int panel, int step, int k0, int kc) => source.Pack((T*)destination, first, count, panel, step, k0, kc);
    }
}
