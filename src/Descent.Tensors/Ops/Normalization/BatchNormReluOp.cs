using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>max(BatchNorm(x) + residual, 0)</c>, in one pass over memory instead of three, and one backward.</summary>
    /// <param name="x">Shape <c>(N, C, …)</c>.</param>
    /// <param name="runningMean">Running mean per channel, read in evaluation and updated in training; or null.</param>
    /// <param name="runningVar">Running variance per channel, likewise; or null.</param>
    /// <param name="weight">Scale per channel, or null.</param>
    /// <param name="bias">Shift per channel, or null.</param>
    /// <param name="residual">What is added before the cut, of the shape of <paramref name="x"/>; or null.</param>
    /// <param name="training">Whether the statistics of this batch are used (and the running ones updated).</param>
    /// <param name="momentum">Weight of this batch in the running statistics.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ShapeException">As <see cref="BatchNorm"/>, or the residual has another shape.</exception>
    public static Tensor BatchNormRelu(Tensor x, Tensor? runningMean, Tensor? runningVar, Tensor? weight = null, Tensor? bias = null,
        Tensor? residual = null, bool training = false, double momentum = 0.1, double epsilon = 1e-5)
    {
        if (residual is not null && residual.Shape != x.Shape)
            throw new ShapeException($"BatchNormRelu: the residual has shape {residual.Shape}, the input {x.Shape}. Expected the same.");
        int plane = x.Rank < 2 || x.Elements == 0 ? 0 : x.Elements / (x.Shape[0] * x.Shape[1]);
        bool fits = plane > 1 && x.DType is DType.Float32 or DType.Float64 && (residual is null || residual.DType == x.DType) && !OperationTrace.IsOn
            && (training ? x.Shape[0] * plane > 1 : runningMean is not null && runningVar is not null);
        var channels = plane > 1 ? new Shape(x.Shape[1]) : default;
        foreach (var t in (ReadOnlySpan<Tensor?>)[runningMean, runningVar, weight, bias])
            fits = fits && (t is null || t.Shape == channels);
        if (!fits)
        {
            var y = BatchNorm(x, runningMean, runningVar, weight, bias, training, momentum, epsilon);
            return (residual is null ? y : y + residual).Relu();
        }
        var shape = new BatchNormShape(x.Shape[0], x.Shape[1], plane);
        return x.DType == DType.Float32
            ? BatchNormReluOp.Run<float>(shape, x, runningMean, runningVar, weight, bias, residual, training, momentum, epsilon)
            : BatchNormReluOp.Run<double>(shape, x, runningMean, runningVar, weight, bias, residual, training, momentum, epsilon);
    }
}

/// <summary>Batch normalisation with what usually follows it.</summary>
static unsafe class BatchNormReluOp
{
    internal static Tensor Run<T>(BatchNormShape shape, Tensor x, Tensor? runningMean, Tensor? runningVar, Tensor? weight, Tensor? bias, Tensor? residual,
        bool training, double momentum, double epsilon) where T : unmanaged, IFloatingPointIeee754<T>
    {
        (x, weight, bias, residual) = (x.Contiguous(), weight?.To(x.DType).Contiguous(), bias?.To(x.DType).Contiguous(), residual?.Contiguous());
        var (mean, inverse) = BatchNormOp.Statistics<T>(shape, x, runningMean, runningVar, training, momentum, epsilon);
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        fixed (T* px = x.AsSpan<T>(), pm = mean.AsSpan<T>(), pi = inverse.AsSpan<T>(), pw = Span<T>(weight), pb = Span<T>(bias), pr = Span<T>(residual),
            py = y.AsSpan<T>())
            BatchNormRelu.Forward(shape, px, pm, pi, pw, pb, pr, py);
        GC.KeepAlive(x);
        GC.KeepAlive(residual);
        var state = (Norm: new BatchNormOp.State(shape, x.Saved, weight?.Saved, mean, inverse, training, epsilon), Y: y.Saved);
        // Absent parameters take part as constants, so that places stay the same.
        var none = weight is null || bias is null || residual is null ? Tensor.Uninitialized([], x.DType) : null;
        Autograd.RecordJoint([y], state, [x, weight ?? none!, bias ?? none!, residual ?? none!], Gradients<T>, operation: "BatchNormRelu");
        return y;
    }

    static void Gradients<T>(ReadOnlySpan<Tensor?> dys, (BatchNormOp.State Norm, Saved Y) state, ReadOnlySpan<bool> needed, Span<Tensor?> results)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dys[0] is not { } dy) return;
        var (s, y) = (state.Norm, state.Y.Value);
        if (Autograd.IsEnabled)
        {
            var open = dy.GatePositive(y);
            BatchNormOp.Composite(open, s, needed, results);
            if (needed[3]) results[3] = open;
            return;
        }
        dy = dy.Contiguous();
        var x = s.X.Value;
        Tensor? Like(bool wanted, Shape shape) => wanted ? Tensor.Uninitialized(shape, x.DType) : null;
        var (dx, dw, db, dr) = (Like(needed[0], x.Shape), Like(needed[1], [s.Shape.C]), Like(needed[2], [s.Shape.C]), Like(needed[3], x.Shape));
        fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>(), pm = s.Mean.AsSpan<T>(), pi = s.InverseDeviation.AsSpan<T>(), pw = Span<T>(s.Weight?.Value),
            pdy = dy.AsSpan<T>(), pdx = Span<T>(dx), pdr = Span<T>(dr), pdw = Span<T>(dw), pdb = Span<T>(db))
            BatchNormRelu.Gradient(s.Shape, px, py, pm, pi, pw, pdy, pdx, pdr, pdw, pdb, s.Training);
        GC.KeepAlive(dy);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        (results[0], results[1], results[2], results[3]) = (dx, dw, db, dr);
    }

    static Span<T> Span<T>(Tensor? t) where T : unmanaged => t is null ? default : t.AsSpan<T>();
}
