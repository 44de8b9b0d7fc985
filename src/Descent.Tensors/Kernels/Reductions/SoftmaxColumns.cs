using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Softmax and its logarithm over the middle dimension of (outer, n, inner), a strip of columns at a time.</summary>
static unsafe class SoftmaxColumns
{
    const int Strip = 256;

    /// <summary>y = softmax(x), or its logarithm, over the middle dimension.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Softmax<T>(ReadOnlySpan<T> x, Span<T> y, int outer, int n, int inner, bool log)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int strips = (inner + Strip - 1) / Strip;
        fixed (T* px = x, py = y)
        {
            var body = new Body<T> { X = px, Y = py, N = n, Inner = inner, Strips = strips, Log = log };
            if ((long)outer * n * inner >= Elementwise.Grain)
            {
                WorkerPool.For(outer * strips, body);
                return;
            }
            for (int i = 0; i < outer * strips; i++) body.Invoke(i);
        }
    }

    struct Body<T> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal T* X, Y;
        internal int N, Inner, Strips;
        internal bool Log;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            (int o, int s) = Math.DivRem(index, Strips);
            int width = Math.Min(Strip, Inner - s * Strip);
            nint start = (nint)o * N * Inner + s * Strip;
            T* x = X + start, y = Y + start;
            T* maxima = stackalloc T[Strip], sums = stackalloc T[Strip], terms = stackalloc T[Strip];
            Span<T> max = new(maxima, width), sum = new(sums, width), term = new(terms, width);
            new ReadOnlySpan<T>(x, width).CopyTo(max);
            for (int r = 1; r < N; r++) TensorPrimitives.Max(max, new ReadOnlySpan<T>(x + (nint)r * Inner, width), max);
            sum.Clear();
            for (int r = 0; r < N; r++)
            {
                var to = new Span<T>(y + (nint)r * Inner, width);
                TensorPrimitives.Subtract(new ReadOnlySpan<T>(x + (nint)r * Inner, width), max, to);
                var e = Log ? term : to;
                FloatExponential.Map<T>(to, e);
                TensorPrimitives.Add(sum, e, sum);
            }
            if (Log) TensorPrimitives.Log(sum, sum);
            for (int r = 0; r < N; r++)
            {
                var to = new Span<T>(y + (nint)r * Inner, width);
                if (Log) TensorPrimitives.Subtract(to, sum, to);
                else TensorPrimitives.Divide(to, sum, to);
            }
        }
    }
}
