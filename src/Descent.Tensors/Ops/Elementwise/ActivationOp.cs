using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>The slope of an activation in operations that are differentiable themselves.</summary>
delegate Tensor ActivationSlope<F>(Tensor x, F function);

/// <summary>An activation over a tensor: one fused pass forward and one backward.</summary>
static class ActivationOp
{
    /// <summary>f over every element.</summary>
    /// <param name="x">Of any type; integers are converted to the default floating type.</param>
    /// <param name="f">The function.</param>
    /// <param name="slope">Its slope, for gradients of gradients; null where the slope is constant by pieces.</param>
    /// <param name="operation">The operation's name.</param>
    internal static Tensor Apply<F>(Tensor x, F f, ActivationSlope<F>? slope = null, [CallerMemberName] string operation = "") where F : struct, IActivation
    {
        if (!x.DType.IsFloatingPoint) x = x.To(Tensor.DefaultDType);
        var y = x.DType.IsReduced ? NarrowPointwise.Map(x, f) : Later(x, f) ?? Value(x, f);
        if (OperationTrace.IsOn) OperationTrace.Describe(null, [.. f.Numbers, typeof(F).Name]);
        return Autograd.Record(y, (x: x.Saved, f, slope), (x, static (dy, s) => Gradient(dy, s.x, s.f, s.slope)), operation: operation);
    }

    /// <summary>dy times the slope at x.</summary>
    /// <param name="dy">The gradient above.</param>
    /// <param name="x">What the slope is a formula of: the input, or the output.</param>
    /// <param name="f">The formula.</param>
    /// <param name="slope">The same in operations, for gradients of gradients; null where the slope is constant by pieces.</param>
    internal static Tensor Gradient<F>(Tensor dy, Tensor x, F f, ActivationSlope<F>? slope) where F : struct, ISlope
    {
        if (slope is not null && Autograd.IsEnabled) return dy * slope(x, f);
        var dx = x.DType.IsReduced ? NarrowPointwise.Gradient(dy, x, f) : Later(dy, x, f) ?? Slope(dy, x, f);
        return Autograd.Record(dx, (x: x.Saved, f), (dy, static (ddx, s) => Gradient(ddx, s.x, s.f, null)), operation: "ActivationGradient");
    }

    static Tensor? Later<F>(Tensor x, F f) where F : struct, IActivation => x.Elements is var elements && Chains.Take(elements, x.DType)
        ? Chains.Map(x.DType == DType.Float32 ? ActivationStep<float, F>.Of(f) : ActivationStep<double, F>.Of(f), x, elements) : null;

    static Tensor? Later<F>(Tensor dy, Tensor x, F f) where F : struct, ISlope => x.Elements is var elements && Chains.Take(elements, x.DType) && dy.DType == x.DType
        ? Chains.Zip(x.DType == DType.Float32 ? SlopeStep<float, F>.Of(f) : SlopeStep<double, F>.Of(f), x, dy, x.Shape, elements) : null;

    static Tensor Slope<F>(Tensor dy, Tensor x, F f) where F : struct, ISlope
    {
        var dx = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.Float32) Gradient<float, F>(f, x, dy, dx);
        else Gradient<double, F>(f, x, dy, dx);
        return dx;
    }

    static Tensor Value<F>(Tensor x, F f) where F : struct, IActivation
    {
        var source = x.Contiguous();
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.Float32) ActivationLoops.Map<float, F>(f, source.AsSpan<float>(), y.AsSpan<float>());
        else ActivationLoops.Map<double, F>(f, source.AsSpan<double>(), y.AsSpan<double>());
        GC.KeepAlive(source);
        return y;
    }

    static void Gradient<T, F>(F f, Tensor x, Tensor dy, Tensor dx) where T : unmanaged, IFloatingPointIeee754<T> where F : struct, ISlope
    {
        (x, dy) = (x.Contiguous(), dy.Contiguous());
        ActivationLoops.Gradient(f, x.AsSpan<T>(), dy.AsSpan<T>(), dx.AsSpan<T>());
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
    }
}
