using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>Products by float32 multiply-adds of operands that are widened as they are packed.</summary>
static unsafe class WideProduct
{
    /// <summary>C = A·B (+ bias), or C += A·B.</summary>
    /// <typeparam name="TA">The left operand.</typeparam>
    /// <typeparam name="TB">The right operand.</typeparam>
    /// <typeparam name="TC">float, BFloat16 or Half.</typeparam>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="a">The left operand; its index is a row of C.</param>
    /// <param name="b">The right operand; its index is a column of C.</param>
    /// <param name="c">Where the result goes, in neighbouring columns.</param>
    /// <param name="bias">Where nothing is accumulated: what sums start from.</param>
    /// <param name="accumulate">C is added to; float only.</param>
    public static void Multiply<TA, TB, TC>(int m, int n, int k, TA a, TB b, GemmOutput<TC> c, GemmBias<float> bias, bool accumulate = false)
        where TA : struct, IPanelSource<float> where TB : struct, IPanelSource<float> where TC : unmanaged
    {
        if (typeof(TC) == typeof(float))
        {
            Gemm.MultiplyPanels(m, n, k, 1f, a, b, accumulate ? 1f : 0f, *(GemmOutput<float>*)&c, bias);
            return;
        }
        var wide = (float*)NativeMemory.AlignedAlloc((nuint)m * (nuint)n * sizeof(float), 64);
        try
        {
            Gemm.MultiplyPanels(m, n, k, 1f, a, b, 0f, new GemmOutput<float>(wide, n, 1), bias);
            for (int i = 0; i < m; i++)
                for (int j = 0; j < n;)
                {
                    int length = c.InRun(j, n - j);
                    float* from = wide + (nint)i * n + j;
                    if (typeof(TC) == typeof(BFloat16)) NarrowFloats.Narrow(from, (BFloat16*)c.At(i, j), length);
                    else NarrowFloats.Narrow(from, (Half*)c.At(i, j), length);
                    j += length;
                }
        }
        finally
        {
            NativeMemory.AlignedFree(wide);
        }
    }
}

/// <summary>A matrix of float16 with any strides, widened as it is packed.</summary>
unsafe readonly struct HalfMatrix(Half* origin, nint stride, nint kStride) : IPanelSource<float>
{
    public void Pack(float* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        int whole = GemmGrid.RoundUp(count, 1, step);
        ushort* packed = Scratch.Get<ushort>(ScratchSlot.Pairs, (nint)whole * kc + Packing.Slack);
        new StridedSource<ushort>((ushort*)origin, stride, kStride).Pack(packed, first, count, panel, step, k0, kc);
        NarrowFloats.Widen((Half*)packed, destination, (nint)whole * kc);
    }
}
