using System.Numerics;
using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

/// <summary>What the recurrent kernels share: loops over the sequences of a step, and small pieces of formulas.</summary>
static unsafe class RecurrentRows
{
    /// <summary>Elements, each worth a few exponentials, below which a step is not cut over the threads.</summary>
    const int Grain = 4096;

    /// <summary>Does the rows of a step, cut by their number and width.</summary>
    internal static void For<TBody>(int rows, int width, in TBody body) where TBody : struct, IParallelBody
    {
        int each = Math.Max(1, Grain / Math.Max(1, width)), pieces = (rows + each - 1) / each;
        if (pieces <= 1) new Piece<TBody> { Body = body, Each = rows, Rows = rows }.Invoke(0);
        else WorkerPool.For(pieces, new Piece<TBody> { Body = body, Each = each, Rows = rows });
    }

    struct Piece<TBody> : IParallelBody where TBody : struct, IParallelBody
    {
        internal TBody Body;
        internal int Each, Rows;

        public void Invoke(int index)
        {
            for (int i = index * Each, end = Math.Min(Rows, i + Each); i < end; i++) Body.Invoke(i);
        }
    }

    internal static void Copy<T>(T* from, T* to, nint count) where T : unmanaged =>
        new ReadOnlySpan<T>(from, checked((int)count)).CopyTo(new(to, checked((int)count)));

    internal static void Sigmoid<T>(T* x, int n) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Sigmoid(new ReadOnlySpan<T>(x, n), new Span<T>(x, n));

    internal static void Tanh<T>(T* x, int n) where T : unmanaged, IFloatingPointIeee754<T> =>
        TanhKernel.Invoke(new ReadOnlySpan<T>(x, n), new Span<T>(x, n));

    internal static void Add<T>(T* x, T* y, int n) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Add(new ReadOnlySpan<T>(x, n), new ReadOnlySpan<T>(y, n), new Span<T>(y, n));

    /// <summary>C = A·Bᵀ + beta·C for row-major (m, k), (n, k) and (m, n).</summary>
    internal static void TimesTransposed<T>(int m, int n, int k, T* a, T* b, T beta, T* c) where T : unmanaged, IFloatingPointIeee754<T> =>
        Gemm.Multiply(m, n, k, T.One, a, k, 1, b, 1, k, beta, c, n, 1);

    /// <summary>C = A·B + beta·C for row-major (m, k), (k, n) and (m, n).</summary>
    internal static void Times<T>(int m, int n, int k, T* a, T* b, T beta, T* c) where T : unmanaged, IFloatingPointIeee754<T> =>
        Gemm.Multiply(m, n, k, T.One, a, k, 1, b, n, 1, beta, c, n, 1);

    /// <summary>C = Aᵀ·B for row-major (rows, m), (rows, n) and (m, n).</summary>
    internal static void TransposedTimes<T>(int m, int n, int rows, T* a, T* b, T* c) where T : unmanaged, IFloatingPointIeee754<T> =>
        Gemm.Multiply(m, n, rows, T.One, a, 1, m, b, n, 1, T.Zero, c, n, 1);
}
