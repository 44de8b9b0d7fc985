using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Maximum and average over windows, and their gradients, by PyTorch's rules.</summary>
/// <remarks>
/// Padding is −∞ to the maximum. Of equal elements the first is the maximum; a NaN is greater than anything, a later
/// one greater than an earlier. Outputs are overwritten.
/// </remarks>
static unsafe class Pooling
{
    // Elements from which the call for a vectorised sum pays.
    const int LongRun = 16;

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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            int end = Math.Min(shape.Planes, (index + 1) * shape.PlanesPerItem);
            for (int plane = index * shape.PlanesPerItem; plane < end; plane++)
            {
                T* from = x + (nint)plane * shape.Plane;
                nint to = (nint)plane * shape.OutPlane;
                for (int slice = 0; slice < shape.Depth.Out; slice++)
                {
                    var depth = shape.Depth.Inside(slice);
                    for (int row = 0; row < shape.Height.Out; row++)
                    {
                        var height = shape.Height.Inside(row);
                        for (int column = 0; column < shape.Width.Out; column++, to++)
                        {
                            y[to] = Window(from, depth, height, shape.Width.Inside(column), out nint best);
                            if (indices != null)
                                indices[to] = best;
                        }
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        T Window(T* plane, (int Start, int End) depth, (int Start, int End) height, (int Start, int End) width, out nint best)
        {
            T greatest = s_lowest;
            best = -1;
            for (int slice = depth.Start; slice < depth.End; slice += shape.Depth.Dilation)
                for (int row = height.Start; row < height.End; row += shape.Height.Dilation)
                {
                    nint line = ((nint)slice * shape.Height.Size + row) * shape.Width.Size;
                    if (best < 0 && width.Start < width.End)
                        best = line + width.Start;
                    for (int column = width.Start; column < width.End; column += shape.Width.Dilation)
                    {
                        T value = plane[line + column];
                        if (value > greatest || T.IsNaN(value))
                        {
                            greatest = value;
                            best = line + column;
                        }
                    }
                }
            // Dilated taps may all be in the padding: −∞, which must stand somewhere.
            best = Math.Max(best, 0);
            return greatest;
        }
    }

    readonly struct MaxGradientBody<T>(PoolShape shape, long* indices, T* dy, T* dx) : IParallelBody
        where T : unmanaged, INumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            int end = Math.Min(shape.Planes, (index + 1) * shape.PlanesPerItem);
            for (int plane = index * shape.PlanesPerItem; plane < end; plane++)
            {
                T* inner = x + (nint)plane * shape.Plane;
                T* outer = y + (nint)plane * shape.OutPlane;
                if (backward)
                    new Span<T>(inner, shape.Plane).Clear();
                for (int slice = 0; slice < shape.Depth.Out; slice++)
                {
                    var depth = shape.Depth.Inside(slice);
                    int deep = Counted(shape.Depth, slice, depth);
                    for (int row = 0; row < shape.Height.Out; row++)
                    {
                        var height = shape.Height.Inside(row);
                        int area = deep * Counted(shape.Height, row, height);
                        for (int column = 0; column < shape.Width.Out; column++, outer++)
                        {
                            var width = shape.Width.Inside(column);
                            Window(inner, depth, height, width, divisor != 0 ? divisor : area * Counted(shape.Width, column, width), outer);
                        }
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Window(T* plane, (int Start, int End) depth, (int Start, int End) height, (int Start, int End) width, int size, T* value)
        {
            int length = width.End - width.Start;
            if (depth.End <= depth.Start || height.End <= height.Start || length <= 0)
            {
                if (!backward)
                    *value = T.Zero;
                return;
            }
            T scale = T.CreateChecked(size), share = backward ? *value / scale : T.Zero, sum = T.Zero;
            for (int z = depth.Start; z < depth.End; z++)
                for (int y = height.Start; y < height.End; y++)
                {
                    T* line = plane + ((nint)z * shape.Height.Size + y) * shape.Width.Size + width.Start;
                    var run = new Span<T>(line, length);
                    if (length < LongRun)
                        for (int i = 0; i < length; i++)
                        {
                            if (backward)
                                line[i] += share;
                            else
                                sum += line[i];
                        }
                    else if (backward)
                        TensorPrimitives.Add(run, share, run);
                    else
                        sum += TensorPrimitives.Sum<T>(run);
                }
            if (!backward)
                *value = sum / scale;
        }

        /// <summary>The padding at the end is as wide as at the beginning; what rounding up adds is not in the window.</summary>
        int Counted(in PoolAxis axis, int index, (int Start, int End) inside)
        {
            if (!countPadding)
                return inside.End - inside.Start;
            var (start, end) = axis.Window(index);
            return Math.Min(end, axis.Size + axis.Pad) - start;
        }
    }
}
