using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>(input − target)²</c>, reduced; the shapes broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor MseLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        if (input.DType != target.DType || input.DType.IsReduced || !input.DType.IsFloatingPoint || input.Shape != target.Shape || reduction == Reduction.None)
        {
            var d = input - target;
            return reduction.Apply(d * d);
        }
        var (a, b) = (input.Contiguous(), target.Contiguous());
        double divisor = reduction == Reduction.Mean ? a.Elements : 1;
        var y = Tensor.Uninitialized([], a.DType);
        if (a.DType == DType.Float32) y.AsSpan<float>()[0] = (float)(SquaredError.Sum<float>(a.AsSpan<float>(), b.AsSpan<float>()) / divisor);
        else y.AsSpan<double>()[0] = SquaredError.Sum<double>(a.AsSpan<double>(), b.AsSpan<double>()) / divisor;
        return Autograd.Record(y, (a: a.Saved, b: b.Saved, divisor),
            (a, static (dy, s) => SquaredErrorGradient(dy, s.a, s.b, s.divisor)),
            (b, static (dy, s) => SquaredErrorGradient(dy, s.b, s.a, s.divisor)));
    }

    /// <summary><c>|input − target|</c>, reduced; the shapes broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor L1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => reduction.Apply((input - target).Abs());

    static Tensor SquaredErrorGradient(Tensor dy, Tensor a, Tensor b, double divisor)
    {
        if (Autograd.IsEnabled) return (a - b) * dy.Mul(2 / divisor);
        var dx = Tensor.Uninitialized(a.Shape, a.DType);
        double scale = dy.Item() * 2 / divisor;
        if (a.DType == DType.Float32) SquaredError.Difference(a.AsSpan<float>(), b.AsSpan<float>(), (float)scale, dx.AsSpan<float>());
        else SquaredError.Difference(a.AsSpan<double>(), b.AsSpan<double>(), scale, dx.AsSpan<double>());
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return dx;
    }
}
