using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>The mean of windows, and its gradient.</summary>
static unsafe class AvgPoolOp
{
    internal static Tensor Average(Tensor x, PoolShape shape, int rank, bool countPadding = true, int divisor = 0)
    {
        if (x.DType.IsReduced) return Average(x.To(DType.Float32), shape, rank, countPadding, divisor).To(x.DType);
        x = x.Contiguous();
        var y = Tensor.Uninitialized(PoolPlan.OutShape(x, shape, rank), x.DType);
        if (x.DType == DType.Float32) Run<float>();
        else Run<double>();
        if (OperationTrace.IsOn) PoolPlan.Describe(shape, rank, countPadding, divisor);
        return Autograd.Record(y, (shape, x: x.Shape, rank, countPadding, divisor),
            (x, static (dy, s) => AverageGradient(dy, s.x, s.shape, s.rank, s.countPadding, s.divisor)), operation: "AvgPool");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
                Pooling.Average(shape, px, py, countPadding, divisor);
        }
    }

    static Tensor AverageGradient(Tensor dy, Shape xShape, PoolShape shape, int rank, bool countPadding, int divisor)
    {
        dy = dy.Contiguous();
        var dx = Tensor.Uninitialized(xShape, dy.DType);
        if (dy.DType == DType.Float32) Run<float>();
        else Run<double>();
        return Autograd.Record(dx, (shape, rank, countPadding, divisor),
            (dy, static (ddx, s) => Average(ddx, s.shape, s.rank, s.countPadding, s.divisor)), operation: "AvgPoolGradient");

        void Run<T>() where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        {
            fixed (T* pdy = dy.AsSpan<T>(), pdx = dx.AsSpan<T>())
                Pooling.AverageGradient(shape, pdy, pdx, countPadding, divisor);
        }
    }
}
