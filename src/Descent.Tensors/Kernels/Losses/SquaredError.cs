using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The sum of squared differences and its gradient, each in one pass.</summary>
static unsafe class SquaredError
{
    const int Block = 1024;

    /// <summary>Σ (a − b)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static T Sum<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = a.Length;
        fixed (T* pa = a, pb = b)
        {
            if (n < 2 * Elementwise.Grain) return Pairwise(pa, pb, n);
            var sums = new T[Elementwise.Pieces(n)];
            fixed (T* ps = sums)
            {
                WorkerPool.For(sums.Length, new SumBody<T> { A = pa, B = pb, Sums = ps, Length = n });
                T total = T.Zero;
                foreach (T s in sums) total += s;
                return total;
            }
        }
    }

    /// <summary>y = (a − b) · scale.</summary>
    internal static void Difference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, T scale, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* pa = a, pb = b, py = y)
        {
            var body = new DifferenceBody<T> { A = pa, B = pb, Y = py, Scale = scale, Length = y.Length };
            if (y.Length < 2 * Elementwise.Grain) body.Run(0, y.Length);
            else WorkerPool.For(Elementwise.Pieces(y.Length), body);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T Pairwise<T>(T* a, T* b, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n > Block)
        {
            int half = (n / 2 + Block - 1) / Block * Block;
            return Pairwise(a, b, half) + Pairwise(a + half, b + half, n - half);
        }
        int w = Vector<T>.Count, i = 0;
        Vector<T> s0 = default, s1 = default;
        for (; i + 2 * w <= n; i += 2 * w)
        {
            var (d0, d1) = (Vector.Load(a + i) - Vector.Load(b + i), Vector.Load(a + i + w) - Vector.Load(b + i + w));
            s0 += d0 * d0;
            s1 += d1 * d1;
        }
        T sum = Vector.Sum(s0 + s1);
        for (; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }

    struct SumBody<T> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal T* A, B, Sums;
        internal int Length;

        public readonly void Invoke(int index)
        {
            int start = index * Elementwise.Grain;
            Sums[index] = Pairwise(A + start, B + start, Math.Min(Elementwise.Grain, Length - start));
        }
    }

    struct DifferenceBody<T> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal T* A, B, Y;
        internal T Scale;
        internal int Length;

        public readonly void Invoke(int index) => Run(index * Elementwise.Grain, Math.Min(Elementwise.Grain, Length - index * Elementwise.Grain));

        internal readonly void Run(int start, int n)
        {
            T* a = A + start, b = B + start, y = Y + start;
            int i = 0;
            var scale = new Vector<T>(Scale);
            for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) ((Vector.Load(a + i) - Vector.Load(b + i)) * scale).Store(y + i);
            for (; i < n; i++) y[i] = (a[i] - b[i]) * Scale;
        }
    }
}
