using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>What a running reduction repeats, over accumulators of a type that is wide enough.</summary>
interface IScan
{
    static abstract A Combine<A>(A a, A b) where A : unmanaged, INumber<A>;
}

/// <summary>a + b.</summary>
readonly struct SumScan : IScan
{
    public static A Combine<A>(A a, A b) where A : unmanaged, INumber<A> => a + b;
}

/// <summary>a · b.</summary>
readonly struct ProductScan : IScan
{
    public static A Combine<A>(A a, A b) where A : unmanaged, INumber<A> => a * b;
}

/// <summary>log(eᵃ + eᵇ).</summary>
readonly struct LogSumExpScan : IScan
{
    public static A Combine<A>(A a, A b) where A : unmanaged, INumber<A>
    {
        double x = double.CreateTruncating(a), y = double.CreateTruncating(b);
        if (double.IsNaN(x) || double.IsNaN(y)) return A.CreateTruncating(double.NaN);
        double max = Math.Max(x, y);
        return A.CreateTruncating(double.IsInfinity(max) ? max : max + double.LogP1(Math.Exp(Math.Min(x, y) - max)));
    }
}

/// <summary>Running reductions along the middle dimension of (outer, n, inner), from either end.</summary>
static unsafe class Scan
{
    const int Strip = 128;

    /// <summary>y[o, r, i] = x[o, 0, i] ∘ … ∘ x[o, r, i], or from the end backwards.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<T, A, S>(ReadOnlySpan<T> x, Span<T> y, int outer, int n, int inner, bool reverse)
        where T : unmanaged, INumber<T> where A : unmanaged, INumber<A> where S : struct, IScan
    {
        if (y.IsEmpty) return;
        fixed (T* px = x, py = y)
        {
            var body = new Body<T, A, S> { X = px, Y = py, N = n, Inner = inner, Strips = (inner + Strip - 1) / Strip, Reverse = reverse };
            if ((long)outer * n * inner >= Elementwise.Grain) WorkerPool.For(outer * body.Strips, body);
            else
                for (int i = 0; i < outer * body.Strips; i++) body.Invoke(i);
        }
    }

    /// <summary>
    /// The gradient of running products: a = dy[r] + a · x[r + 1] from the end, dx[r] = a · y[r − 1]. Nothing is divided, so zeros do no harm.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ProductGradient<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int outer, int n, int inner) where T : unmanaged, INumber<T>
    {
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
            {
                T a = T.Zero;
                for (int r = n - 1; r >= 0; r--)
                {
                    int at = (o * n + r) * inner + i;
                    a = dy[at] + (r + 1 < n ? a * x[at + inner] : T.Zero);
                    dx[at] = r > 0 ? a * y[at - inner] : a;
                }
            }
    }

    /// <summary>indices[o, r, i] = the position of the extreme of x[o, 0…r, i], the last of equals; a NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Extremes<T, P>(ReadOnlySpan<T> x, Span<long> indices, int outer, int n, int inner) where T : unmanaged, INumber<T> where P : struct, IPreference
    {
        for (int o = 0; o < outer; o++)
            for (int i = 0; i < inner; i++)
            {
                int best = 0;
                for (int r = 0; r < n; r++)
                {
                    T here = x[(o * n + r) * inner + i], held = x[(o * n + best) * inner + i];
                    if (T.IsNaN(here) || !P.IsBetter(held, here)) best = r;
                    indices[(o * n + r) * inner + i] = best;
                }
            }
    }

    struct Body<T, A, S> : IParallelBody where T : unmanaged, INumber<T> where A : unmanaged, INumber<A> where S : struct, IScan
    {
        internal T* X, Y;
        internal int N, Inner, Strips;
        internal bool Reverse;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            (int o, int s) = Math.DivRem(index, Strips);
            int width = Math.Min(Strip, Inner - s * Strip), step = Reverse ? -Inner : Inner;
            nint start = ((nint)o * N + (Reverse ? N - 1 : 0)) * Inner + s * Strip;
            T* x = X + start, y = Y + start;
            A* held = stackalloc A[Strip];
            for (int c = 0; c < width; c++)
            {
                held[c] = A.CreateTruncating(x[c]);
                y[c] = x[c];
            }
            for (int r = 1; r < N; r++)
            {
                x += step;
                y += step;
                for (int c = 0; c < width; c++)
                {
                    held[c] = S.Combine(held[c], A.CreateTruncating(x[c]));
                    y[c] = T.CreateTruncating(held[c]);
                }
            }
        }
    }
}
