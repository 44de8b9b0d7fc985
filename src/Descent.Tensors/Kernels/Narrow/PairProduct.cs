namespace Descent.Tensors.Kernels;

/// <summary>Products of matrices of bfloat16, summed in float32; the result is float32, or bfloat16 rounded once.</summary>
/// <remarks>
/// Every element is one chain over k, so its bits depend on no number of threads. As the dot product instructions do, k is
/// taken in pairs; denormal elements may count as zero.
/// </remarks>
static unsafe class PairProduct
{
    /// <summary>C = A·B (+ bias), or C += A·B.</summary>
    /// <typeparam name="TA">The left operand.</typeparam>
    /// <typeparam name="TB">The right operand.</typeparam>
    /// <typeparam name="TC">float or BFloat16.</typeparam>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="a">The left operand; its index is a row of C.</param>
    /// <param name="b">The right operand; its index is a column of C.</param>
    /// <param name="c">Where the result goes, in neighbouring columns.</param>
    /// <param name="bias">Where nothing is accumulated: what sums start from.</param>
    /// <param name="accumulate">C is added to; float only.</param>
    public static void Multiply<TA, TB, TC>(int m, int n, int k, TA a, TB b, GemmOutput<TC> c, GemmBias<float> bias = default, bool accumulate = false)
        where TA : struct, IPairSource where TB : struct, IPairSource where TC : unmanaged
    {
        if (m == 0 || n == 0) return;
        if (AmxProduct.Suits(m, n, k)) AmxProduct.MultiplyPairs(m, n, k, a, b, c, bias, accumulate);
        else if (PairKernels.IsAvailable) new PairJob<TA, TB, TC>(m, n, k, a, b, c, bias, accumulate).Run();
        else MultiplyWidened(m, n, k, a, b, c, bias, accumulate);
    }

    /// <summary>The same by the product of float32, for machines without products of pairs.</summary>
    internal static void MultiplyWidened<TA, TB, TC>(int m, int n, int k, TA a, TB b, GemmOutput<TC> c, GemmBias<float> bias, bool accumulate)
        where TA : struct, IPairSource where TB : struct, IPairSource where TC : unmanaged =>
        WideProduct.Multiply(m, n, k, new WidenedPairs<TA>(a), new WidenedPairs<TB>(b), c, bias, accumulate);
}
