using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The loops of normalisation over one plane of a channel: sums about a centre, and affine maps.</summary>
static unsafe class PlaneSums
{
    // Elements whose lanes are summed in the element's type before they go into a double.
    const int Chunk = 4096;

    /// <summary>Σ x.</summary>
    public static double Sum<T>(T* x, int count) where T : unmanaged, IFloatingPointIeee754<T> =>
        Reduce<T, SumTerm>(x, T.Zero, x, count);

    /// <summary>Σ (x − centre)².</summary>
    public static double SquaredDistance<T>(T* x, T centre, int count) where T : unmanaged, IFloatingPointIeee754<T> =>
        Reduce<T, SquareTerm>(x, centre, x, count);

    /// <summary>Σ (x − centre) · y.</summary>
    public static double CentredDot<T>(T* x, T centre, T* y, int count) where T : unmanaged, IFloatingPointIeee754<T> =>
        Reduce<T, ProductTerm>(x, centre, y, count);

    /// <summary>y = (x − centre) · scale + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Affine<T>(T* x, T centre, T scale, T shift, T* y, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (c, m, s) = (new Vector<T>(centre), new Vector<T>(scale), new Vector<T>(shift));
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
            Vector.Store((Vector.Load(x + i) - c) * m + s, y + i);
        for (; i < count; i++)
            y[i] = (x[i] - centre) * scale + shift;
    }

    /// <summary>dx = scale · (dy − shift − (x − centre) · slope).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Residual<T>(T* x, T centre, T slope, T* dy, T shift, T scale, T* dx, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (c, p, s, m) = (new Vector<T>(centre), new Vector<T>(slope), new Vector<T>(shift), new Vector<T>(scale));
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
            Vector.Store(m * (Vector.Load(dy + i) - s - (Vector.Load(x + i) - c) * p), dx + i);
        for (; i < count; i++)
            dx[i] = scale * (dy[i] - shift - (x[i] - centre) * slope);
    }

    /// <summary>dx = dy · scale + (x − centre) · slope + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix<T>(T* x, T centre, T slope, T* dy, T scale, T shift, T* dx, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (c, p, m, s) = (new Vector<T>(centre), new Vector<T>(slope), new Vector<T>(scale), new Vector<T>(shift));
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
            Vector.Store(Vector.Load(dy + i) * m + ((Vector.Load(x + i) - c) * p + s), dx + i);
        for (; i < count; i++)
            dx[i] = dy[i] * scale + ((x[i] - centre) * slope + shift);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static double Reduce<T, F>(T* x, T centre, T* y, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
        where F : struct, ITerm
    {
        double total = 0;
        var c = new Vector<T>(centre);
        for (int begin = 0; begin < count; begin += Chunk)
        {
            int end = Math.Min(count, begin + Chunk), i = begin;
            Vector<T> s0 = default, s1 = default, s2 = default, s3 = default;
            for (; i + 4 * Vector<T>.Count <= end; i += 4 * Vector<T>.Count)
            {
                s0 += F.Of(Vector.Load(x + i), c, Vector.Load(y + i));
                s1 += F.Of(Vector.Load(x + i + Vector<T>.Count), c, Vector.Load(y + i + Vector<T>.Count));
                s2 += F.Of(Vector.Load(x + i + 2 * Vector<T>.Count), c, Vector.Load(y + i + 2 * Vector<T>.Count));
                s3 += F.Of(Vector.Load(x + i + 3 * Vector<T>.Count), c, Vector.Load(y + i + 3 * Vector<T>.Count));
            }
            for (; i + Vector<T>.Count <= end; i += Vector<T>.Count)
                s0 += F.Of(Vector.Load(x + i), c, Vector.Load(y + i));
            T sum = Vector.Sum(s0 + s1 + (s2 + s3));
            for (; i < end; i++)
                sum += F.Of(x[i], centre, y[i]);
            total += double.CreateTruncating(sum);
        }
        return total;
    }

    interface ITerm
    {
        static abstract Vector<T> Of<T>(Vector<T> x, Vector<T> centre, Vector<T> y);

        static abstract T Of<T>(T x, T centre, T y) where T : INumberBase<T>;
    }

    readonly struct SumTerm : ITerm
    {
        public static Vector<T> Of<T>(Vector<T> x, Vector<T> centre, Vector<T> y) => x;

        public static T Of<T>(T x, T centre, T y) where T : INumberBase<T> => x;
    }

    readonly struct SquareTerm : ITerm
    {
        public static Vector<T> Of<T>(Vector<T> x, Vector<T> centre, Vector<T> y) => (x - centre) * (x - centre);

        public static T Of<T>(T x, T centre, T y) where T : INumberBase<T> => (x - centre) * (x - centre);
    }

    readonly struct ProductTerm : ITerm
    {
        public static Vector<T> Of<T>(Vector<T> x, Vector<T> centre, Vector<T> y) => (x - centre) * y;

        public static T Of<T>(T x, T centre, T y) where T : INumberBase<T> => (x - centre) * y;
    }
}
