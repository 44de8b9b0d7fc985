using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Layer, group, instance and RMS normalisation by their fused kernels, and the gradient in tensor operations where that is to be differentiated.</summary>
static unsafe class RowNormOp
{
    internal readonly record struct State(RowNormShape Shape, Saved X, Saved? Weight, Shape? BiasShape, Tensor Mean, Tensor Inverse, double Epsilon,
        ActivationForm? Form = null, Saved? Bias = null);

    /// <param name="shape">How x is seen.</param>
    /// <param name="x">Floating-point, of any shape.</param>
    /// <param name="weight">One number per channel, in any shape; or null for 1.</param>
    /// <param name="bias">One number per channel, in any shape; or null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="operation">The operation's name.</param>
    /// <param name="form">What follows; only where it <see cref="Takes"/> that.</param>
    internal static Tensor Run(RowNormShape shape, Tensor x, Tensor? weight, Tensor? bias, double epsilon, string operation, ActivationForm? form = null)
    {
        if (x.DType.IsReduced) return NarrowRowNorm.Run(shape, x, weight, bias, epsilon, operation);
        return x.DType == DType.Float32 ? Run<float>(shape, x, weight?.To(x.DType), bias?.To(x.DType), epsilon, operation, form)
            : Run<double>(shape, x, weight?.To(x.DType), bias?.To(x.DType), epsilon, operation, null);
    }

    /// <summary>Whether an activation can be done in the pass of the normalisation.</summary>
    internal static bool Takes(RowNormShape shape, Tensor x) => shape.Plane > 1 && x.DType == DType.Float32 && Numerics.Fusion && !OperationTrace.IsOn;

    static Tensor Run<T>(RowNormShape shape, Tensor x, Tensor? weight, Tensor? bias, double epsilon, string operation, ActivationForm? form) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor source = x.Contiguous(), scales = Channels(weight, 1, shape.C, x.DType), shifts = Channels(bias, 0, shape.C, x.DType);
        Tensor mean = Tensor.Uninitialized([shape.Rows], x.DType), inverse = Tensor.Uninitialized([shape.Rows], x.DType);
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.Elements > 0)
            fixed (T* px = source.AsSpan<T>(), pw = scales.AsSpan<T>(), pb = shifts.AsSpan<T>(), pm = mean.AsSpan<T>(), pi = inverse.AsSpan<T>(), py = y.AsSpan<T>())
                RowNorm.Forward(shape, px, pw, pb, epsilon, pm, pi, py, form?.AfterNorm);
        GC.KeepAlive(source);
        GC.KeepAlive(scales);
        GC.KeepAlive(shifts);
        // Absent parameters take part as constants, so that places stay the same.
        var none = weight is null || bias is null ? Tensor.Uninitialized([], x.DType) : null;
        if (OperationTrace.IsOn) OperationTrace.Describe([x, scales, shifts], shape.C, shape.Groups, epsilon);
        Autograd.RecordJoint([y], new State(shape, x.Saved, weight?.Saved, bias?.Shape, mean, inverse, epsilon, form, form is null ? null : bias?.Saved), [x, weight ?? none!, bias ?? none!],
            Gradients<T>, operation: operation);
        return y;
    }

    static Tensor Channels(Tensor? parameter, double otherwise, int count, DType dtype) => parameter?.Contiguous() ?? Tensor.Full([count], otherwise, dtype);

    static void Gradients<T>(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dys[0] is not { } dy) return;
        var x = s.X.Value;
        if (Autograd.IsEnabled)
        {
            if (s.Form is { } form) WithActivation(dy, x, s, form, needed, results);
            else Composite(dy, x, s, needed, results);
            return;
        }
        Tensor source = x.Contiguous(), upstream = dy.Contiguous(), scales = Channels(s.Weight?.Value, 1, s.Shape.C, x.DType), shifts = Channels(s.Bias?.Value, 0, s.Shape.C, x.DType);
        Tensor? dx = needed[0] ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        Tensor? dw = needed[1] ? Tensor.Zeros(s.Weight!.Value.Value.Shape, x.DType) : null, db = needed[2] ? Tensor.Zeros(s.BiasShape!.Value, x.DType) : null;
        if (x.Elements > 0)
            fixed (T* px = source.AsSpan<T>(), pw = scales.AsSpan<T>(), pb = shifts.AsSpan<T>(), pm = s.Mean.AsSpan<T>(), pi = s.Inverse.AsSpan<T>(), pdy = upstream.AsSpan<T>(),
                pdx = Span(dx), pdw = Span(dw), pdb = Span(db))
                RowNorm.Gradient(s.Shape, px, pw, pm, pi, pdy, pdx, pdw, pdb, s.Form?.AfterNorm, pb);
        GC.KeepAlive(shifts);
        GC.KeepAlive(source);
        GC.KeepAlive(upstream);
        GC.KeepAlive(scales);
        (results[0], results[1], results[2]) = (dx, dw, db);

        static Span<T> Span(Tensor? t) => t is null ? default : t.AsSpan<T>();
    }

    static void WithActivation(Tensor dy, Tensor x, State s, ActivationForm form, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        Tensor? weight = s.Weight?.Value, bias = s.Bias?.Value;
        var none = weight is null || bias is null ? Tensor.Uninitialized([], x.DType) : null;
        CompositeGradient.Run([dy], [x, weight ?? none!, bias ?? none!], needed, results, t => [form.Value(
            Run(s.Shape, t[0], weight is null ? null : t[1], bias is null ? null : t[2], s.Epsilon, nameof(F.GroupNorm)))]);
    }

    /// <summary>The same gradients in operations that are recorded themselves.</summary>
    internal static void Composite(Tensor dy, Tensor x, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        int[] sizes = [s.Shape.N, s.Shape.Groups, s.Shape.Channels, s.Shape.Plane], row = [2, 3], others = [0, 3];
        var x4 = x.Reshape(sizes);
        var dy4 = dy.Reshape(sizes);
        var centred = s.Shape.Centred ? x4 - x4.Mean(row, keepDim: true) : x4;
        var inverse = (centred * centred).Mean(row, keepDim: true).Add(s.Epsilon).Rsqrt();
        var normal = centred * inverse;
        if (needed[0])
        {
            var h = s.Weight is { } w ? dy4 * w.Value.Reshape(1, s.Shape.Groups, s.Shape.Channels, 1) : dy4;
            var residual = h - normal * (h * normal).Mean(row, keepDim: true);
            if (s.Shape.Centred) residual -= h.Mean(row, keepDim: true);
            results[0] = (residual * inverse).Reshape(dy.Shape.AsSpan());
        }
        if (needed[1]) results[1] = (dy4 * normal).Sum(others).Reshape(s.Weight!.Value.Value.Shape.AsSpan());
        if (needed[2]) results[2] = dy4.Sum(others).Reshape(s.BiasShape!.Value.AsSpan());
    }
}
