using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>Convolution of each channel by itself: no product of matrices, so straight from the planes.</summary>
static unsafe class Depthwise
{
    public static bool Fits(in ConvShape shape) => shape.Groups > 1 && shape.GroupC == 1 && shape.GroupO == 1;

    // turned: take the taps in reverse, as the gradient of x does.
    public static void Forward<T>(in ConvShape shape, T* x, T* weight, T* bias, T* y, bool turned)
        where T : unmanaged, INumberBase<T>
    {
        if (Vector512.IsHardwareAccelerated)
            WorkerPool.For(shape.N * shape.C, new Planes<T, Vector512<T>, Lanes512<T>>(shape, x, weight, bias, y, turned));
        else if (Vector256.IsHardwareAccelerated)
            WorkerPool.For(shape.N * shape.C, new Planes<T, Vector256<T>, Lanes256<T>>(shape, x, weight, bias, y, turned));
        else
            WorkerPool.For(shape.N * shape.C, new Planes<T, Vector128<T>, Lanes128<T>>(shape, x, weight, bias, y, turned));
    }

    public static void WeightGradient<T>(in ConvShape shape, T* x, T* dy, T* dWeight)
        where T : unmanaged, INumberBase<T> =>
        WorkerPool.For(shape.C, new WeightChannel<T>(shape, x, dy, dWeight));

    readonly struct Planes<T, V, L>(ConvShape shape, T* x, T* weight, T* bias, T* y, bool turned) : IParallelBody
        where T : unmanaged, INumberBase<T>
        where V : struct
        where L : IVectorLanes<T, V>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            int channel = index % shape.C;
            T* plane = x + (nint)index * shape.Plane;
            T* to = y + (nint)index * shape.OutPlane;
            T* taps = weight + (nint)channel * shape.Taps + (turned ? shape.Taps - 1 : 0);
            T start = bias == null ? T.Zero : bias[channel];
            // Outputs whose whole window lies inside the width.
            int reach = (shape.KernelW - 1) * shape.DilationW;
            int begin = shape.StrideW == 1 ? Math.Clamp(shape.PadLeft, 0, shape.OutW) : shape.OutW;
            int end = Math.Clamp(shape.W - reach + shape.PadLeft, begin, shape.OutW);
            for (int row = 0; row < shape.OutH; row++, to += shape.OutW)
            {
                int column = 0;
                for (; column < begin; column++)
                    to[column] = Output(plane, taps, start, row, column);
                for (; column + L.Count <= end; column += L.Count)
                    L.Store(Outputs(plane, taps, start, row, column), to + column);
                for (; column < shape.OutW; column++)
                    to[column] = Output(plane, taps, start, row, column);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        V Outputs(T* plane, T* taps, T start, int row, int column)
        {
            V sum = L.Broadcast(start);
            T* tap = taps;
            nint next = turned ? -1 : 1;
            int y = row * shape.StrideH - shape.PadTop, left = column - shape.PadLeft;
            for (int ky = 0; ky < shape.KernelH; ky++, y += shape.DilationH)
            {
                if ((uint)y >= (uint)shape.H)
                {
                    tap += next * shape.KernelW;
                    continue;
                }
                T* from = plane + (nint)y * shape.W + left;
                for (int kx = 0; kx < shape.KernelW; kx++, from += shape.DilationW, tap += next)
                    sum = L.MultiplyAdd(L.Broadcast(*tap), L.Load(from), sum);
            }
            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        T Output(T* plane, T* taps, T sum, int row, int column)
        {
            T* tap = taps;
            nint next = turned ? -1 : 1;
            int y = row * shape.StrideH - shape.PadTop, left = column * shape.StrideW - shape.PadLeft;
            for (int ky = 0; ky < shape.KernelH; ky++, y += shape.DilationH)
                for (int kx = 0, at = left; kx < shape.KernelW; kx++, at += shape.DilationW, tap += next)
                    if ((uint)y < (uint)shape.H && (uint)at < (uint)shape.W)
                        sum += *tap * plane[(nint)y * shape.W + at];
            return sum;
        }
    }

    readonly struct WeightChannel<T>(ConvShape shape, T* x, T* dy, T* dWeight) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            for (int tap = 0; tap < shape.Taps; tap++)
            {
                int top = tap / shape.KernelW * shape.DilationH - shape.PadTop;
                int left = tap % shape.KernelW * shape.DilationW - shape.PadLeft;
                int begin = left >= 0 ? 0 : Math.Min(shape.OutW, (shape.StrideW - 1 - left) / shape.StrideW);
                int end = left >= shape.W ? begin : Math.Clamp((shape.W - 1 - left) / shape.StrideW + 1, begin, shape.OutW);
                double sum = 0;
                for (nint image = index; image < (nint)shape.N * shape.C; image += shape.C)
                    for (int row = 0; row < shape.OutH; row++)
                    {
                        int y = row * shape.StrideH + top;
                        if ((uint)y < (uint)shape.H)
                            sum += double.CreateTruncating(Dot(
                                x + image * shape.Plane + (nint)y * shape.W + left + begin * shape.StrideW,
                                dy + image * shape.OutPlane + (nint)row * shape.OutW + begin, end - begin));
                    }
                dWeight[(nint)index * shape.Taps + tap] = T.CreateTruncating(sum);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        T Dot(T* from, T* slope, int count)
        {
            if (shape.StrideW == 1)
                return TensorPrimitives.Dot(new ReadOnlySpan<T>(from, count), new ReadOnlySpan<T>(slope, count));
            T sum = T.Zero;
            for (int i = 0; i < count; i++)
                sum += from[i * shape.StrideW] * slope[i];
            return sum;
        }
    }
}
