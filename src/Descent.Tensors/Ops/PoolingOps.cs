using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The greatest value of each window of images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>; padding counts as −∞.</summary>
    /// <param name="x">The images.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Pixels between windows; the kernel size by default.</param>
    /// <param name="padding">Pixels on each side, at most half the kernel.</param>
    /// <param name="dilation">Pixels between the taps of a window; 1 by default.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor MaxPool2d(Tensor x, Pair kernelSize, Pair? stride = null, Pair padding = default, Pair? dilation = null, bool ceilMode = false)
    {
        if (x.Rank == 3) return MaxPool2d(x.Unsqueeze(0), kernelSize, stride, padding, dilation, ceilMode).Squeeze(0);
        if (x.DType.IsReduced) return MaxPool2d(x.To(DType.Float32), kernelSize, stride, padding, dilation, ceilMode).To(x.DType);
        var shape = PoolingOps.Plan("MaxPool2d", x, kernelSize, stride ?? kernelSize, padding, dilation ?? 1, ceilMode);
        return shape.Is2x2 ? PoolingOps.Max2x2(x, shape) : PoolingOps.Max(x, shape).Values;
    }

    /// <summary>As <see cref="MaxPool2d"/>, with where in its flattened plane each maximum stands (Int64; the first of equals).</summary>
    /// <inheritdoc cref="MaxPool2d"/>
    public static (Tensor Values, Tensor Indices) MaxPool2dWithIndices(Tensor x, Pair kernelSize, Pair? stride = null, Pair padding = default,
        Pair? dilation = null, bool ceilMode = false)
    {
        if (x.Rank == 3)
        {
            var (values, indices) = MaxPool2dWithIndices(x.Unsqueeze(0), kernelSize, stride, padding, dilation, ceilMode);
            return (values.Squeeze(0), indices.Squeeze(0));
        }
        if (x.DType.IsReduced)
        {
            var (values, indices) = MaxPool2dWithIndices(x.To(DType.Float32), kernelSize, stride, padding, dilation, ceilMode);
            return (values.To(x.DType), indices);
        }
        return PoolingOps.Max(x, PoolingOps.Plan("MaxPool2d", x, kernelSize, stride ?? kernelSize, padding, dilation ?? 1, ceilMode));
    }

    /// <summary>The mean of each window of images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
    /// <param name="x">The images.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Pixels between windows; the kernel size by default.</param>
    /// <param name="padding">Zeros on each side, at most half the kernel.</param>
    /// <param name="ceilMode">Whether a last window that starts inside but ends outside counts.</param>
    /// <param name="countIncludePad">Whether padding counts in the divisor.</param>
    /// <param name="divisorOverride">Divides by this instead of the number of pixels.</param>
    /// <exception cref="ShapeException">The shapes do not fit one another.</exception>
    public static Tensor AvgPool2d(Tensor x, Pair kernelSize, Pair? stride = null, Pair padding = default, bool ceilMode = false,
        bool countIncludePad = true, int? divisorOverride = null)
    {
        if (x.Rank == 3) return AvgPool2d(x.Unsqueeze(0), kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride).Squeeze(0);
        if (x.DType.IsReduced) return AvgPool2d(x.To(DType.Float32), kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride).To(x.DType);
        if (divisorOverride is <= 0) throw new ArgumentException($"AvgPool2d: divisorOverride is {divisorOverride}; it must be at least 1.");
        var shape = PoolingOps.Plan("AvgPool2d", x, kernelSize, stride ?? kernelSize, padding, 1, ceilMode);
        return PoolingOps.Average(x, shape, countIncludePad, divisorOverride ?? 0);
    }
}

/// <summary>Pooling of planes, forward and backward.</summary>
static unsafe class PoolingOps
{
    internal static PoolShape Plan(string operation, Tensor x, Pair kernel, Pair stride, Pair padding, Pair dilation, bool ceilMode)
    {
        if (x.Shape is not [var n, var c, var h, var w] || !x.DType.IsFloatingPoint)
            throw new ShapeException($"{operation}: the input is {x.DType} {x.Shape}. Expected floating-point (N, C, H, W) or (C, H, W).");
        if (kernel.Height < 1 || kernel.Width < 1 || stride.Height < 1 || stride.Width < 1 || dilation.Height < 1 || dilation.Width < 1)
            throw new ArgumentException($"{operation}: kernel {kernel}, stride {stride}, dilation {dilation}; all must be at least 1.");
        if (padding.Height < 0 || padding.Width < 0 || padding.Height > kernel.Height / 2 || padding.Width > kernel.Width / 2)
            throw new ArgumentException($"{operation}: padding {padding} must be from 0 to half the kernel {kernel}.");
        int outH = Out(h, kernel.Height, stride.Height, padding.Height, dilation.Height, ceilMode);
        int outW = Out(w, kernel.Width, stride.Width, padding.Width, dilation.Width, ceilMode);
        if (outH < 1 || outW < 1)
            throw new ShapeException($"{operation}: windows of {kernel} do not fit into images of {h} × {w} with padding {padding}.");
        return new()
        {
            Planes = n * c, H = h, W = w, KernelH = kernel.Height, KernelW = kernel.Width, StrideH = stride.Height, StrideW = stride.Width,
            OutH = outH, OutW = outW, PadTop = padding.Height, PadLeft = padding.Width, DilationH = dilation.Height, DilationW = dilation.Width,
        };
    }

    static int Out(int size, int kernel, int stride, int padding, int dilation, bool ceil)
    {
        int room = size + 2 * padding - dilation * (kernel - 1) - 1;
        if (room < 0) return 0;
        int count = (ceil ? room + stride - 1 : room) / stride + 1;
        // A window must start inside the image or its left padding.
        return ceil && (count - 1) * stride >= size + padding ? count - 1 : count;
    }

    static Shape OutShape(Tensor x, PoolShape shape) => [x.Shape[0], x.Shape[1], shape.OutH, shape.OutW];

    internal static Tensor Max2x2(Tensor x, PoolShape shape)
    {
        x = x.Contiguous();
        var y = Tensor.Uninitialized(OutShape(x, shape), x.DType);
        var choices = Autograd.Wants(x) ? Tensor.Uninitialized(y.Shape, DType.UInt8) : null;
        if (x.DType == DType.Float32) Run<float>();
        else Run<double>();
        return choices is null ? Autograd.Record(y, 0, (x, static (dy, _) => dy), operation: "MaxPool2d")
            : Autograd.Record(y, (shape, x: x.Shape, choices), (x, static (dy, s) => Max2x2Gradient(dy, s.choices, s.x, s.shape)), owned: choices, operation: "MaxPool2d");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
            fixed (byte* pc = choices is null ? default : choices.AsSpan<byte>())
                MaxPool2x2.Forward(shape.Planes, shape.H, shape.W, px, py, pc);
        }
    }

    static Tensor Max2x2Gradient(Tensor dy, Tensor choices, Shape xShape, PoolShape shape)
    {
        if (Autograd.IsEnabled)
        {
            var indices = Tensor.Uninitialized(choices.Shape, DType.Int64);
            fixed (byte* pc = choices.AsSpan<byte>())
            fixed (long* pi = indices.AsSpan<long>())
                MaxPool2x2.ToIndices(shape.Planes, shape.H, shape.W, pc, pi);
            return MaxGradient(dy, indices, xShape, shape);
        }
        dy = dy.Contiguous();
        var dx = Tensor.Uninitialized(xShape, dy.DType);
        if (dy.DType == DType.Float32) Run<float>();
        else Run<double>();
        GC.KeepAlive(dy);
        GC.KeepAlive(choices);
        return dx;

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* pdy = dy.AsSpan<T>(), pdx = dx.AsSpan<T>())
            fixed (byte* pc = choices.AsSpan<byte>())
                MaxPool2x2.Gradient(shape.Planes, shape.H, shape.W, pc, pdy, pdx);
        }
    }

    internal static (Tensor Values, Tensor Indices) Max(Tensor x, PoolShape shape)
    {
        x = x.Contiguous();
        var y = Tensor.Uninitialized(OutShape(x, shape), x.DType);
        var indices = Tensor.Uninitialized(y.Shape, DType.Int64);
        if (x.DType == DType.Float32) Run<float>();
        else Run<double>();
        return (Autograd.Record(y, (shape, x: x.Shape, indices: indices.Saved),
            (x, static (dy, s) => MaxGradient(dy, s.indices, s.x, s.shape)), operation: "MaxPool2d"), indices);

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
            fixed (long* pi = indices.AsSpan<long>())
                Pooling.Max(shape, px, py, pi);
        }
    }

    static Tensor MaxGradient(Tensor dy, Tensor indices, Shape xShape, PoolShape shape)
    {
        dy = dy.Contiguous();
        var dx = Tensor.Uninitialized(xShape, dy.DType);
        if (dy.DType == DType.Float32) Run<float>();
        else Run<double>();
        // Every dy goes to one place of dx, so the gradient of this gradient gathers from there.
        return Autograd.Record(dx, (shape, indices: indices.Saved), (dy, static (ddx, s) =>
            ddx.Reshape(-1, s.shape.Plane).Gather(1, s.indices.Value.Reshape(-1, s.shape.OutPlane)).Reshape(s.indices.Value.Shape.AsSpan())), operation: "MaxPool2dGradient");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* pdy = dy.AsSpan<T>(), pdx = dx.AsSpan<T>())
            fixed (long* pi = indices.AsSpan<long>())
                Pooling.MaxGradient(shape, pi, pdy, pdx);
        }
    }

    internal static Tensor Average(Tensor x, PoolShape shape, bool countPadding, int divisor)
    {
        x = x.Contiguous();
        var y = Tensor.Uninitialized(OutShape(x, shape), x.DType);
        if (x.DType == DType.Float32) Run<float>();
        else Run<double>();
        return Autograd.Record(y, (shape, x: x.Shape, countPadding, divisor),
            (x, static (dy, s) => AverageGradient(dy, s.x, s.shape, s.countPadding, s.divisor)), operation: "AvgPool2d");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
                Pooling.Average(shape, px, py, countPadding, divisor);
        }
    }

    static Tensor AverageGradient(Tensor dy, Shape xShape, PoolShape shape, bool countPadding, int divisor)
    {
        dy = dy.Contiguous();
        var dx = Tensor.Uninitialized(xShape, dy.DType);
        if (dy.DType == DType.Float32) Run<float>();
        else Run<double>();
        return Autograd.Record(dx, (shape, countPadding, divisor),
            (dy, static (ddx, s) => Average(ddx, s.shape, s.countPadding, s.divisor)), operation: "AvgPool2dGradient");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* pdy = dy.AsSpan<T>(), pdx = dx.AsSpan<T>())
                Pooling.AverageGradient(shape, pdy, pdx, countPadding, divisor);
        }
    }
}
