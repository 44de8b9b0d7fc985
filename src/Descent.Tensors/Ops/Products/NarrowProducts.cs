using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>
/// Matrix products of narrow operands, summed in float32 and rounded once. bfloat16 runs on the processor's products of
/// pairs, and a float32 operand beside it is rounded as it is packed; float16 is widened as it is packed.
/// </summary>
static unsafe class NarrowProducts
{
    // A product of this size keeps all threads busy by itself.
    const long LargeProduct = 16 << 20;

    /// <summary>y = a·b (+ bias per column): matrices of one narrow type, or of bfloat16 and float32.</summary>
    /// <param name="y">Float32 or the narrow type.</param>
    /// <param name="a">The left operand.</param>
    /// <param name="aLayout">How its rows and columns lie.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="bLayout">How its rows and columns lie.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="bias">Of any floating type, or null.</param>
    internal static void Multiply(Tensor y, Tensor a, MatrixLayout aLayout, Tensor b, MatrixLayout bLayout, int k, Tensor? bias)
    {
        if (y.Elements == 0) return;
        var addend = bias?.To(DType.Float32).Contiguous();
        fixed (byte* py = y.AsBytes(), pa = &Start(a), pb = &Start(b))
        fixed (float* pBias = addend is null ? default : addend.AsSpan<float>())
            Multiply(y.Shape[0], y.Shape[1], k, pa, a.DType, aLayout, pb, b.DType, bLayout, py, y.DType, pBias);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(addend);
    }

    /// <summary>A product for each element of a nest whose operands are the matrices of y, a and b, all of one narrow type; those of y are contiguous.</summary>
    internal static void Multiply(in LoopNest batches, Tensor y, Tensor a, MatrixLayout aLayout, Tensor b, MatrixLayout bLayout, int k)
    {
        int m = y.Shape[^2], n = y.Shape[^1];
        fixed (byte* py = y.AsBytes(), pa = &Start(a), pb = &Start(b))
        {
            var body = new Batch { Nest = batches, Y = py, A = pa, B = pb, Type = y.DType, M = m, N = n, K = k, ALayout = aLayout, BLayout = bLayout };
            int count = batches.Outer * batches.Inner;
            if ((long)m * n * k >= LargeProduct && count < 4 * Numerics.Threads)
                for (int i = 0; i < count; i++) body.Invoke(i);
            else WorkerPool.For(count, body);
        }
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }

    // Views of a transposed or repeated operand have no bytes of their own: where its first element lies is enough.
    static ref byte Start(Tensor x) =>
        ref x.DType == DType.Float32 ? ref Unsafe.As<float, byte>(ref x.First<float>()) : ref Unsafe.As<ushort, byte>(ref x.First<ushort>());

    static void Multiply(int m, int n, int k, void* a, DType aType, MatrixLayout aLayout, void* b, DType bType, MatrixLayout bLayout,
        void* y, DType yType, float* bias)
    {
        GemmBias<float> addend = new(bias, perRow: false);
        if (aType == DType.Float16)
        {
            HalfMatrix x = new((Half*)a, aLayout.Row, aLayout.Column), w = new((Half*)b, bLayout.Column, bLayout.Row);
            if (yType == DType.Float32) WideProduct.Multiply(m, n, k, x, w, new GemmOutput<float>((float*)y, n, 1), addend);
            else WideProduct.Multiply(m, n, k, x, w, new GemmOutput<Half>((Half*)y, n, 1), addend);
            return;
        }
        PairMatrix left = aType == DType.Float32 ? new((float*)a, aLayout.Row, aLayout.Column) : new((BFloat16*)a, aLayout.Row, aLayout.Column);
        PairMatrix right = bType == DType.Float32 ? new((float*)b, bLayout.Column, bLayout.Row) : new((BFloat16*)b, bLayout.Column, bLayout.Row);
        if (yType == DType.Float32) PairProduct.Multiply(m, n, k, left, right, new GemmOutput<float>((float*)y, n, 1), addend);
        else PairProduct.Multiply(m, n, k, left, right, new GemmOutput<BFloat16>((BFloat16*)y, n, 1), addend);
    }

    struct Batch : IParallelBody
    {
        internal LoopNest Nest;
        internal byte* Y, A, B;
        internal DType Type;
        internal int M, N, K;
        internal MatrixLayout ALayout, BLayout;

        public readonly void Invoke(int index)
        {
            var (outer, inner) = Math.DivRem(index, Nest.Inner);
            NarrowProducts.Multiply(M, N, K, A + At(1, outer, inner), Type, ALayout, B + At(2, outer, inner), Type, BLayout, Y + At(0, outer, inner), Type, null);
        }

        readonly nint At(int operand, int outer, int inner) => (Nest.Start(operand, outer) + (nint)inner * Nest.Strides[operand][^1]) * Type.Size;
    }
}
