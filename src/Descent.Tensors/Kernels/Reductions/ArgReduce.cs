using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Which of two elements an extreme prefers.</summary>
interface IPreference
{
    /// <summary>Whether a is strictly preferred to b; a NaN is to every number.</summary>
    static abstract bool IsBetter<T>(T a, T b) where T : unmanaged, INumber<T>;
}

/// <summary>The greater.</summary>
readonly struct PreferGreater : IPreference
{
    public static bool IsBetter<T>(T a, T b) where T : unmanaged, INumber<T> => a > b || (T.IsNaN(a) && !T.IsNaN(b));
}

/// <summary>The lesser.</summary>
readonly struct PreferLesser : IPreference
{
    public static bool IsBetter<T>(T a, T b) where T : unmanaged, INumber<T> => a < b || (T.IsNaN(a) && !T.IsNaN(b));
}

/// <summary>Where the extreme of the middle dimension of (outer, n, inner) lies: the first of equals, a NaN before all.</summary>
static unsafe class ArgReduce
{
    const int Strip = 256;

    /// <summary>y[o, i] = the position of the extreme of x[o, ·, i].</summary>
    /// <typeparam name="T">The element type.</typeparam>
    /// <typeparam name="F">The fold that gives the extreme itself.</typeparam>
    /// <typeparam name="P">The preference that belongs to the fold.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Find<T, F, P>(ReadOnlySpan<T> x, Span<long> y, int outer, int n, int inner)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold where P : struct, IPreference
    {
        fixed (T* px = x)
        fixed (long* py = y)
        {
            int strips = (inner + Strip - 1) / Strip, items = outer * strips;
            long piece = (long)n * Math.Min(inner, Strip);
            var body = new Body<T, F, P> { X = px, Y = py, Outer = outer, N = n, Inner = inner, Strips = strips };
            body.Group = (int)Math.Clamp(Elementwise.Grain / Math.Max(1, piece), 1, Math.Max(1, items));
            int pieces = (items + body.Group - 1) / body.Group;
            if ((long)outer * n * inner >= 2 * Elementwise.Grain) WorkerPool.For(pieces, body);
            else
                for (int i = 0; i < pieces; i++) body.Invoke(i);
        }
    }

    struct Body<T, F, P> : IParallelBody where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold where P : struct, IPreference
    {
        internal T* X;
        internal long* Y;
        internal int Outer, N, Inner, Strips, Group;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            for (int i = index * Group, end = Math.Min(Outer * Strips, i + Group); i < end; i++)
            {
                (int o, int s) = Math.DivRem(i, Strips);
                T* x = X + (nint)o * N * Inner + s * Strip;
                long* y = Y + (nint)o * Inner + s * Strip;
                if (Inner == 1) *y = FirstOf(x, Reduce.Row<T, F>(x, N), N);
                else Columns<T, P>(x, y, N, Inner, Math.Min(Strip, Inner - s * Strip));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int FirstOf<T>(T* x, T value, int n) where T : unmanaged, INumber<T>
    {
        int i = 0;
        if (T.IsNaN(value))
        {
            while (!T.IsNaN(x[i])) i++;
            return i;
        }
        var v = new Vector<T>(value);
        while (i + Vector<T>.Count <= n && !Vector.EqualsAny(Vector.Load(x + i), v)) i += Vector<T>.Count;
        while (x[i] != value) i++;
        return i;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Columns<T, P>(T* x, long* y, int n, int stride, int columns) where T : unmanaged, INumber<T> where P : struct, IPreference
    {
        T* best = stackalloc T[Strip];
        new ReadOnlySpan<T>(x, columns).CopyTo(new(best, columns));
        new Span<long>(y, columns).Clear();
        for (int r = 1; r < n; r++)
        {
            x += stride;
            for (int c = 0; c < columns; c++)
                if (P.IsBetter(x[c], best[c])) (best[c], y[c]) = (x[c], r);
        }
    }
}
