using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Layer, group, instance and RMS normalisation of narrow tensors: statistics and parameters in float32, a sample widened at a time.</summary>
static unsafe class NarrowRowNorm
{
    internal static Tensor Run(RowNormShape shape, Tensor x, Tensor? weight, Tensor? bias, double epsilon, string operation)
    {
        (weight, bias) = (weight?.To(DType.Float32), bias?.To(DType.Float32));
        Tensor source = x.Contiguous(), scales = Channels(weight, 1, shape.C), shifts = Channels(bias, 0, shape.C);
        Tensor mean = Tensor.Uninitialized([shape.Rows], DType.Float32), inverse = Tensor.Uninitialized([shape.Rows], DType.Float32);
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.Elements > 0)
            fixed (byte* px = source.AsBytes(), py = y.AsBytes())
            fixed (float* pw = scales.AsSpan<float>(), pb = shifts.AsSpan<float>(), pm = mean.AsSpan<float>(), pi = inverse.AsSpan<float>())
                NarrowNorms.Forward(shape, new(px, x.DType), pw, pb, epsilon, pm, pi, new(py, x.DType));
        GC.KeepAlive(source);
        GC.KeepAlive(scales);
        GC.KeepAlive(shifts);
        var none = weight is null || bias is null ? Tensor.Uninitialized([], DType.Float32) : null;
        if (OperationTrace.IsOn) OperationTrace.Describe([x, scales, shifts], shape.C, shape.Groups, epsilon);
        Autograd.RecordJoint([y], new RowNormOp.State(shape, x.Saved, weight?.Saved, bias?.Shape, mean, inverse, epsilon), [x, weight ?? none!, bias ?? none!],
            Gradients, operation: operation);
        return y;
    }

    static Tensor Channels(Tensor? parameter, double otherwise, int count) => parameter?.Contiguous() ?? Tensor.Full([count], otherwise, DType.Float32);

    static void Gradients(ReadOnlySpan<Tensor?> dys, RowNormOp.State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        if (dys[0] is not { } dy) return;
        var x = s.X.Value;
        if (Autograd.IsEnabled)
        {
            RowNormOp.Composite(dy.To(DType.Float32), x.To(DType.Float32), s, needed, results);
            results[0] = results[0]?.To(x.DType);
            return;
        }
        Tensor source = x.Contiguous(), upstream = dy.Contiguous(), scales = Channels(s.Weight?.Value, 1, s.Shape.C);
        Tensor? dx = needed[0] ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        Tensor? dw = needed[1] ? Tensor.Zeros(s.Weight!.Value.Value.Shape, DType.Float32) : null, db = needed[2] ? Tensor.Zeros(s.BiasShape!.Value, DType.Float32) : null;
        if (x.Elements > 0)
            fixed (byte* px = source.AsBytes(), pdy = upstream.AsBytes(), pdx = dx is null ? default : dx.AsBytes())
            fixed (float* pw = scales.AsSpan<float>(), pm = s.Mean.AsSpan<float>(), pi = s.Inverse.AsSpan<float>(),
                pdw = dw is null ? default : dw.AsSpan<float>(), pdb = db is null ? default : db.AsSpan<float>())
                NarrowNorms.Gradient(s.Shape, new(px, x.DType), pw, pm, pi, new(pdy, dy.DType), new(pdx, x.DType), pdw, pdb);
        GC.KeepAlive(source);
        GC.KeepAlive(upstream);
        GC.KeepAlive(scales);
        (results[0], results[1], results[2]) = (dx, dw, db);
    }
}
