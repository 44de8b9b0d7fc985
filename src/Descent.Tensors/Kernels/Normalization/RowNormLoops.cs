using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The loops of normalisation over a row in which every element has a scale and a shift of its own.</summary>
static unsafe class RowNormLoops
{
    // Elements whose lanes are summed in the element's type before they go into a double.
    const int Chunk = 4096;

    /// <summary>y = (x − centre) · scale · gamma + beta.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scale<T>(T* x, T centre, T scale, T* gamma, T* beta, T* y, int count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (c, s) = (new Vector<T>(centre), new Vector<T>(scale));
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store((Vector.Load(x + i) - c) * s * Vector.Load(gamma + i) + Vector.Load(beta + i), y + i);
        for (; i < count; i++) y[i] = (x[i] - centre) * scale * gamma[i] + beta[i];
    }

    /// <summary>Σ dy · gamma, and Σ dy · gamma · (x − centre).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static (double Sum, double Product) Sums<T>(T* x, T centre, T* dy, T* gamma, int count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0, product = 0;
        var c = new Vector<T>(centre);
        for (int begin = 0; begin < count; begin += Chunk)
        {
            int i = begin, end = Math.Min(count, begin + Chunk);
            Vector<T> s0 = default, s1 = default, p0 = default, p1 = default;
            for (; i <= end - 2 * Vector<T>.Count; i += 2 * Vector<T>.Count)
            {
                Vector<T> h0 = Vector.Load(dy + i) * Vector.Load(gamma + i), h1 = Vector.Load(dy + i + Vector<T>.Count) * Vector.Load(gamma + i + Vector<T>.Count);
                (s0, s1) = (s0 + h0, s1 + h1);
                (p0, p1) = (p0 + h0 * (Vector.Load(x + i) - c), p1 + h1 * (Vector.Load(x + i + Vector<T>.Count) - c));
            }
            T s = Vector.Sum(s0 + s1), p = Vector.Sum(p0 + p1);
            for (; i < end; i++) (s, p) = (s + dy[i] * gamma[i], p + dy[i] * gamma[i] * (x[i] - centre));
            (sum, product) = (sum + double.CreateTruncating(s), product + double.CreateTruncating(p));
        }
        return (sum, product);
    }

    /// <summary>dx = dy · gamma · scale + (x − centre) · slope + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Residual<T>(T* x, T centre, T slope, T* dy, T* gamma, T scale, T shift, T* dx, int count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (c, p, m, s) = (new Vector<T>(centre), new Vector<T>(slope), new Vector<T>(scale), new Vector<T>(shift));
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(Vector.Load(dy + i) * Vector.Load(gamma + i) * m + ((Vector.Load(x + i) - c) * p + s), dx + i);
        for (; i < count; i++) dx[i] = dy[i] * gamma[i] * scale + ((x[i] - centre) * slope + shift);
    }

    /// <summary><see cref="Residual"/> and <see cref="Accumulate"/> in one pass.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Both<T>(T* x, T centre, T slope, T* dy, T* gamma, T scale, T shift, T* dx, T* dGamma, T* dBeta, int count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (c, p, m, s) = (new Vector<T>(centre), new Vector<T>(slope), new Vector<T>(scale), new Vector<T>(shift));
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> d = Vector.Load(dy + i), near = Vector.Load(x + i) - c;
            Vector.Store(d * Vector.Load(gamma + i) * m + (near * p + s), dx + i);
            Vector.Store(Vector.Load(dGamma + i) + d * (near * m), dGamma + i);
            Vector.Store(Vector.Load(dBeta + i) + d, dBeta + i);
        }
        for (; i < count; i++)
        {
            dGamma[i] += dy[i] * ((x[i] - centre) * scale);
            dBeta[i] += dy[i];
            dx[i] = dy[i] * gamma[i] * scale + ((x[i] - centre) * slope + shift);
        }
    }

    /// <summary>total = Σ of so many rows that lie <paramref name="stride"/> apart, in double and in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Total<T>(T* rows, int stride, int count, T* total, int from, int to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = from;
        if (typeof(T) == typeof(float))
            for (; i <= to - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector<double> low = default, high = default;
                for (int r = 0; r < count; r++)
                {
                    Vector.Widen(Vector.Load((float*)rows + (nint)r * stride + i), out var l, out var h);
                    (low, high) = (low + l, high + h);
                }
                Vector.Store(Vector.Narrow(low, high), (float*)total + i);
            }
        for (; i < to; i++)
        {
            double sum = 0;
            for (int r = 0; r < count; r++) sum += double.CreateTruncating(rows[(nint)r * stride + i]);
            total[i] = T.CreateTruncating(sum);
        }
    }

    /// <summary>dGamma += dy · (x − centre) · scale, and dBeta += dy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Accumulate<T>(T* x, T centre, T scale, T* dy, T* dGamma, T* dBeta, int count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (c, s) = (new Vector<T>(centre), new Vector<T>(scale));
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var d = Vector.Load(dy + i);
            Vector.Store(Vector.Load(dGamma + i) + d * ((Vector.Load(x + i) - c) * s), dGamma + i);
            Vector.Store(Vector.Load(dBeta + i) + d, dBeta + i);
        }
        for (; i < count; i++)
        {
            dGamma[i] += dy[i] * ((x[i] - centre) * scale);
            dBeta[i] += dy[i];
        }
    }
}
