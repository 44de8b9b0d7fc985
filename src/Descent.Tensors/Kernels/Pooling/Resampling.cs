using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>One dimension replaced by weighted sums of its elements: <c>y[o, i, r] = Σ weights[k] · x[o, indices[k], r]</c>, k from starts[i] to starts[i + 1].</summary>
/// <remarks>y is overwritten; what has no weights is 0. Terms are added in their order, so the bits do not depend on the threads.</remarks>
static unsafe class Resampling
{
    // Elements of an item of work, and the length from which calls for whole runs pay.
    const int ItemSize = 16 * 1024;
    const int LongRun = 16;

    /// <summary>y <c>(outer, m, inner)</c> from x <c>(outer, n, inner)</c>.</summary>
    public static void Run<T>(int outer, int n, int m, int inner, int* starts, int* indices, T* weights, T* x, T* y)
        where T : unmanaged, INumberBase<T>
    {
        int rows = Math.Max(1, ItemSize / Math.Max(1, inner));
        WorkerPool.For((int)(((long)outer * m + rows - 1) / rows), new Rows<T>(outer * m, rows, n, m, inner, starts, indices, weights, x, y));
    }

    readonly struct Rows<T>(int count, int perItem, int n, int m, int inner, int* starts, int* indices, T* weights, T* x, T* y) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            int end = Math.Min(count, (index + 1) * perItem), first = index * perItem;
            T* from = x + (nint)(first / m) * n * inner, to = y + (nint)first * inner;
            for (int row = first, i = first % m; row < end; row++, to += inner)
            {
                if (inner == 1)
                    *to = Sum(from, starts[i], starts[i + 1]);
                else if (inner < LongRun)
                    for (int r = 0; r < inner; r++)
                        to[r] = Sum(from + r, starts[i], starts[i + 1]);
                else
                    Blend(from, starts[i], starts[i + 1], new(to, inner));
                if (++i < m)
                    continue;
                i = 0;
                from += (nint)n * inner;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        T Sum(T* from, int begin, int end)
        {
            T sum = T.Zero;
            for (int k = begin; k < end; k++)
                sum += weights[k] * from[(nint)indices[k] * inner];
            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Blend(T* from, int begin, int end, Span<T> to)
        {
            if (begin == end)
                to.Clear();
            for (int k = begin; k < end; k++)
            {
                var source = new ReadOnlySpan<T>(from + (nint)indices[k] * inner, inner);
                if (k > begin)
                    TensorPrimitives.MultiplyAdd(source, weights[k], to, to);
                else if (weights[k] == T.One)
                    source.CopyTo(to);
                else
                    TensorPrimitives.Multiply(source, weights[k], to);
            }
        }
    }
}
