using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The loops of activation functions: one pass forward, one pass backward, over one thread or all.</summary>
static unsafe class ActivationLoops
{
    /// <summary>y[i] = f(x[i]).</summary>
    internal static void Map<T, F>(F f, ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IActivation
    {
        fixed (T* px = x, py = y)
            Run(y.Length, new MapBody<T, F> { Function = f, X = px, Y = py, Length = y.Length });
    }

    /// <summary>dx[i] = dy[i] · f'(x[i]).</summary>
    internal static void Gradient<T, F>(F f, ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ISlope
    {
        fixed (T* px = x, pdy = dy, pdx = dx)
            Run(dx.Length, new GradientBody<T, F> { Function = f, X = px, Dy = pdy, Dx = pdx, Length = dx.Length });
    }

    /// <summary>y[i] = f(x[i]), on this thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Map<T, F>(F f, T* x, T* y, int count) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IActivation
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count) f.Value(Vector.Load(x + i)).Store(y + i);
        for (; i < count; i++) y[i] = f.Value(new Vector<T>(x[i]))[0];
    }

    /// <summary>dx[i] = dy[i] · f'(x[i]), on this thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gradient<T, F>(F f, T* x, T* dy, T* dx, int count) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ISlope
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count) f.Gradient(Vector.Load(x + i), Vector.Load(dy + i)).Store(dx + i);
        for (; i < count; i++) dx[i] = f.Gradient(new Vector<T>(x[i]), new Vector<T>(dy[i]))[0];
    }

    /// <summary>Elements of one piece: fewer than where an element costs one instruction.</summary>
    const int Grain = Elementwise.Grain / 4;

    static void Run<TBody>(int length, in TBody body) where TBody : struct, IParallelBody =>
        WorkerPool.For((length + Grain - 1) / Grain, body);

    struct MapBody<T, F> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T> where F : struct, IActivation
    {
        internal F Function;
        internal T* X, Y;
        internal int Length;

        public readonly void Invoke(int index)
        {
            int start = index * Grain;
            Map(Function, X + start, Y + start, Math.Min(Grain, Length - start));
        }
    }

    struct GradientBody<T, F> : IParallelBody where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ISlope
    {
        internal F Function;
        internal T* X, Dy, Dx;
        internal int Length;

        public readonly void Invoke(int index)
        {
            int start = index * Grain;
            Gradient(Function, X + start, Dy + start, Dx + start, Math.Min(Grain, Length - start));
        }
    }
}
