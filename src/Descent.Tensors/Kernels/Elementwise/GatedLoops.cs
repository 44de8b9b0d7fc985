using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// f(a) · b of rows whose first half is a and whose second b, or the other way round: one pass forward and one backward, in
/// pieces of fixed size.
/// </summary>
static unsafe class GatedLoops
{
    const int Grain = Elementwise.Grain / 4;

    /// <summary>y[r, i] = f(x[r, i + gate]) · x[r, i + half − gate], where gate is 0 or half.</summary>
    internal static void Map<T, F>(F f, ReadOnlySpan<T> x, Span<T> y, int half, bool second) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IActivation
    {
        fixed (T* px = x, py = y)
            WorkerPool.For((y.Length + Grain - 1) / Grain, new Body<T, F> { Function = f, X = px, Y = py, Length = y.Length, Half = half, Gate = second ? half : 0 });
    }

    /// <summary>dx of both halves from dy.</summary>
    internal static void Gradient<T, F>(F f, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx, int half, bool second) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IActivation
    {
        fixed (T* px = x, pdy = dy, pdx = dx)
            WorkerPool.For((dy.Length + Grain - 1) / Grain, new Body<T, F> { Function = f, X = px, Dy = pdy, Dx = pdx, Length = dy.Length, Half = half, Gate = second ? half : 0 });
    }

    struct Body<T, F> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IActivation
    {
        internal F Function;
        internal T* X, Y, Dy, Dx;
        internal int Length, Half, Gate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int at = index * Grain, end = Math.Min(Length, at + Grain);
            while (at < end)
            {
                (int row, int column) = Math.DivRem(at, Half);
                int n = Math.Min(end - at, Half - column);
                nint start = (nint)row * 2 * Half + column, gate = start + Gate, other = start + Half - Gate;
                if (Y != null) Value(X + gate, X + other, Y + at, n);
                else Gradient(X + gate, X + other, Dy + at, Dx + gate, Dx + other, n);
                at += n;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Value(T* a, T* b, T* y, int n)
        {
            var f = Function;
            int i = 0;
            for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) (f.Value(Vector.Load(a + i)) * Vector.Load(b + i)).Store(y + i);
            for (; i < n; i++) y[i] = f.Value(new Vector<T>(a[i]))[0] * b[i];
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Gradient(T* a, T* b, T* dy, T* da, T* db, int n)
        {
            var f = Function;
            int i = 0;
            for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
            {
                Vector<T> ai = Vector.Load(a + i), d = Vector.Load(dy + i);
                f.Gradient(ai, d * Vector.Load(b + i)).Store(da + i);
                (d * f.Value(ai)).Store(db + i);
            }
            for (; i < n; i++)
            {
                var ai = new Vector<T>(a[i]);
                da[i] = f.Gradient(ai, new Vector<T>(dy[i] * b[i]))[0];
                db[i] = dy[i] * f.Value(ai)[0];
            }
        }
    }
}
