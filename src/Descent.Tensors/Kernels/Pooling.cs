using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>Maximum and average over windows, and their gradients, by PyTorch's rules.</summary>
/// <remarks>
/// Padding is −∞ to the maximum. Of equal elements the first is the maximum; a NaN is greater than anything, a later
/// one greater than an earlier. Outputs are overwritten.
/// </remarks>
static unsafe class Pooling
{
    /// <summary>y from x; <paramref name="indices"/>, unless null, tells where in its plane of x each maximum lies.</summary>
    public static void Max<T>(in PoolShape shape, T* x, T* y, long* indices)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        WorkerPool.For(shape.Items, new MaxBody<T>(shape, x, y, indices));

    /// <summary>dx from dy and the indices that <see cref="Max"/> gave.</summary>
    public static void MaxGradient<T>(in PoolShape shape, long* indices, T* dy, T* dx)
        where T : unmanaged, INumber<T> =>
        WorkerPool.For(shape.Items, new MaxGradientBody<T>(shape, indices, dy, dx));

    /// <summary>y from x: the sum of each window over <paramref name="divisor"/>, or if that is 0 over its size.</summary>
    /// <param name="shape">The pooling.</param>
    /// <param name="x">The planes.</param>
    /// <param name="y">The averages.</param>
    /// <param name="countPadding">Whether the padding, but not what lies beyond it, counts in a window's size.</param>
    /// <param name="divisor">What to divide by, or 0.</param>
    public static void Average<T>(in PoolShape shape, T* x, T* y, bool countPadding, int divisor)
        where T : unmanaged, INumber<T> =>
        WorkerPool.For(shape.Items, new AverageBody<T>(shape, x, y, countPadding, divisor, backward: false));

    /// <summary>dx from dy; the rest as for <see cref="Average"/>.</summary>
    public static void AverageGradient<T>(in PoolShape shape, T* dy, T* dx, bool countPadding, int divisor)
        where T : unmanaged, INumber<T> =>
        WorkerPool.For(shape.Items, new AverageBody<T>(shape, dx, dy, countPadding, divisor, backward: true));

    readonly struct MaxBody<T>(PoolShape shape, T* x, T* y, long* indices) : IParallelBody
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        static readonly T s_lowest = typeof(T) == typeof(float) ? (T)(object)float.NegativeInfinity
            : typeof(T) == typeof(double) ? (T)(object)double.NegativeInfinity
            : T.MinValue;

        public void Invoke(int index)
        {
            int end = Math.Min(shape.Planes, (index + 1) * shape.PlanesPerItem);
            for (int plane = index * shape.PlanesPerItem; plane < end; plane++)
            {
                T* from = x + (nint)plane * shape.Plane;
                nint to = (nint)plane * shape.OutPlane;
                for (int row = 0; row < shape.OutH; row++)
                    for (int column = 0; column < shape.OutW; column++, to++)
                    {
                        y[to] = Window(from, row * shape.StrideH - shape.PadTop, column * shape.StrideW - shape.PadLeft, out long best);
                        if (indices != null)
                            indices[to] = best;
                    }
            }
        }

        T Window(T* plane, int top, int left, out long best)
        {
            int bottom = Math.Min(shape.H, top + (shape.KernelH - 1) * shape.DilationH + 1);
            int right = Math.Min(shape.W, left + (shape.KernelW - 1) * shape.DilationW + 1);
            while (top < 0)
                top += shape.DilationH;
            while (left < 0)
                left += shape.DilationW;

            T greatest = s_lowest;
            best = (long)top * shape.W + left;
            for (int row = top; row < bottom; row += shape.DilationH)
                for (int column = left; column < right; column += shape.DilationW)
                {
                    T value = plane[(nint)row * shape.W + column];
                    if (value > greatest || T.IsNaN(value))
                    {
                        greatest = value;
                        best = (long)row * shape.W + column;
                    }
                }
            return greatest;
        }
    }

    readonly struct MaxGradientBody<T>(PoolShape shape, long* indices, T* dy, T* dx) : IParallelBody
        where T : unmanaged, INumber<T>
    {
        public void Invoke(int index)
        {
            int end = Math.Min(shape.Planes, (index + 1) * shape.PlanesPerItem);
            for (int plane = index * shape.PlanesPerItem; plane < end; plane++)
            {
                T* to = dx + (nint)plane * shape.Plane;
                new Span<T>(to, shape.Plane).Clear();
                nint from = (nint)plane * shape.OutPlane;
                for (int i = 0; i < shape.OutPlane; i++, from++)
                    to[indices[from]] += dy[from];
            }
        }
    }

    readonly struct AverageBody<T>(PoolShape shape, T* x, T* y, bool countPadding, int divisor, bool backward) : IParallelBody
        where T : unmanaged, INumber<T>
    {
        public void Invoke(int index)
        {
            int end = Math.Min(shape.Planes, (index + 1) * shape.PlanesPerItem);
            for (int plane = index * shape.PlanesPerItem; plane < end; plane++)
            {
                T* inner = x + (nint)plane * shape.Plane;
                T* outer = y + (nint)plane * shape.OutPlane;
                if (backward)
                    new Span<T>(inner, shape.Plane).Clear();
                for (int row = 0; row < shape.OutH; row++)
                    for (int column = 0; column < shape.OutW; column++, outer++)
                        Window(inner, row * shape.StrideH - shape.PadTop, column * shape.StrideW - shape.PadLeft, outer);
            }
        }

        void Window(T* plane, int top, int left, T* value)
        {
            // The padding at the end is as wide as at the beginning; what rounding up adds is not in the window.
            int bottom = Math.Min(top + shape.KernelH, shape.H + shape.PadTop);
            int right = Math.Min(left + shape.KernelW, shape.W + shape.PadLeft);
            int size = (bottom - top) * (right - left);
            top = Math.Max(top, 0);
            left = Math.Max(left, 0);
            bottom = Math.Min(bottom, shape.H);
            right = Math.Min(right, shape.W);
            if (!countPadding)
                size = (bottom - top) * (right - left);
            if (divisor != 0)
                size = divisor;

            T scale = T.CreateChecked(size);
            if (backward)
            {
                T share = *value / scale;
                for (int row = top; row < bottom; row++)
                    for (int column = left; column < right; column++)
                        plane[(nint)row * shape.W + column] += share;
                return;
            }
            T sum = T.Zero;
            for (int row = top; row < bottom; row++)
                for (int column = left; column < right; column++)
                    sum += plane[(nint)row * shape.W + column];
            *value = bottom <= top || right <= left ? T.Zero : sum / scale;
        }
    }
}
