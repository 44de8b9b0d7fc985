using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>The maximum of windows, and its gradient.</summary>
static unsafe class MaxPoolOp
{
    /// <summary>The maxima alone.</summary>
    internal static Tensor Max(Tensor x, PoolShape shape, int rank)
    {
        if (!shape.Is2x2) return WithIndices(x, shape, rank).Values;
        return x.DType.IsReduced ? Max2x2(x.To(DType.Float32), shape).To(x.DType) : Max2x2(x, shape);
    }

    internal static (Tensor Values, Tensor Indices) WithIndices(Tensor x, PoolShape shape, int rank)
    {
        if (x.DType.IsReduced)
        {
            var (values, places) = WithIndices(x.To(DType.Float32), shape, rank);
            return (values.To(x.DType), places);
        }
        x = x.Contiguous();
        var y = Tensor.Uninitialized(PoolPlan.OutShape(x, shape, rank), x.DType);
        var indices = Tensor.Uninitialized(y.Shape, DType.Int64);
        if (x.DType == DType.Float32) Run<float>();
        else Run<double>();
        using (OperationTrace.Pause())
            y = Autograd.Record(y, (shape, x: x.Shape, indices: indices.Saved), (x, static (dy, s) => Gradient(dy, s.indices, s.x, s.shape)), operation: "MaxPool");
        if (OperationTrace.IsOn)
        {
            PoolPlan.Describe(shape, rank);
            OperationTrace.Add([y, indices], [x], null, "MaxPool");
        }
        return (y, indices);

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
            fixed (long* pi = indices.AsSpan<long>())
                Pooling.Max(shape, px, py, pi);
        }
    }

    static Tensor Gradient(Tensor dy, Tensor indices, Shape xShape, PoolShape shape)
    {
        dy = dy.Contiguous();
        var dx = Tensor.Uninitialized(xShape, dy.DType);
        if (dy.DType == DType.Float32) Run<float>();
        else Run<double>();
        // Every dy goes to one place of dx, so the gradient of this gradient gathers from there.
        return Autograd.Record(dx, (shape, indices: indices.Saved), (dy, static (ddx, s) =>
            ddx.Reshape(-1, s.shape.Plane).Gather(1, s.indices.Value.Reshape(-1, s.shape.OutPlane)).Reshape(s.indices.Value.Shape.AsSpan())), operation: "MaxPoolGradient");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* pdy = dy.AsSpan<T>(), pdx = dx.AsSpan<T>())
            fixed (long* pi = indices.AsSpan<long>())
                Pooling.MaxGradient(shape, pi, pdy, pdx);
        }
    }

    static Tensor Max2x2(Tensor x, PoolShape shape)
    {
        x = x.Contiguous();
        var y = Tensor.Uninitialized(PoolPlan.OutShape(x, shape, rank: 2), x.DType);
        var choices = Autograd.Wants(x) ? Tensor.Uninitialized(y.Shape, DType.UInt8) : null;
        if (x.DType == DType.Float32) Run<float>();
        else Run<double>();
        if (OperationTrace.IsOn) PoolPlan.Describe(shape, rank: 2);
        return choices is null ? Autograd.Record(y, 0, (x, static (dy, _) => dy), operation: "MaxPool")
            : Autograd.Record(y, (shape, x: x.Shape, choices), (x, static (dy, s) => Max2x2Gradient(dy, s.choices, s.x, s.shape)), owned: choices, operation: "MaxPool");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
            fixed (byte* pc = choices is null ? default : choices.AsSpan<byte>())
                MaxPool2x2.Forward(shape.Planes, shape.Height.Size, shape.Width.Size, px, py, pc);
        }
    }

    static Tensor Max2x2Gradient(Tensor dy, Tensor choices, Shape xShape, PoolShape shape)
    {
        int h = shape.Height.Size, w = shape.Width.Size;
        if (Autograd.IsEnabled)
        {
            var indices = Tensor.Uninitialized(choices.Shape, DType.Int64);
            fixed (byte* pc = choices.AsSpan<byte>())
            fixed (long* pi = indices.AsSpan<long>())
                MaxPool2x2.ToIndices(shape.Planes, h, w, pc, pi);
            return Gradient(dy, indices, xShape, shape);
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
                MaxPool2x2.Gradient(shape.Planes, h, w, pc, pdy, pdx);
        }
    }
}
