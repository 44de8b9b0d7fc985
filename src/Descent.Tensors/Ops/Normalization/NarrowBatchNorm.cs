using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Batch normalisation of narrow tensors: statistics and parameters in float32, a channel widened at a time.</summary>
static unsafe class NarrowBatchNorm
{
    internal static Tensor Run(BatchNormShape shape, Tensor x, Tensor? runningMean, Tensor? runningVar, Tensor? weight, Tensor? bias,
        bool training, double momentum, double epsilon)
    {
        (x, weight, bias) = (x.Contiguous(), weight?.To(DType.Float32).Contiguous(), bias?.To(DType.Float32).Contiguous());
        Tensor mean = Tensor.Uninitialized([shape.C], DType.Float32), inverse = Tensor.Uninitialized([shape.C], DType.Float32);
        var variance = Tensor.Uninitialized([shape.C], DType.Float32);
        if (!training)
        {
            Copying.CopyInto(mean, runningMean!);
            Copying.CopyInto(variance, runningVar!);
        }
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (shape.C > 0)
            fixed (byte* px = x.AsBytes(), py = y.AsBytes())
            fixed (float* pm = mean.AsSpan<float>(), pv = variance.AsSpan<float>(), pi = inverse.AsSpan<float>(),
                pw = weight is null ? default : weight.AsSpan<float>(), pb = bias is null ? default : bias.AsSpan<float>())
                NarrowNorms.Forward(shape, new(px, x.DType), pm, pv, pi, pw, pb, epsilon, training, new(py, x.DType));
        if (training)
        {
            double unbiased = (double)shape.Count / (shape.Count - 1);
            if (runningMean is not null) BatchNormOp.Blend<float>(runningMean, mean.AsSpan<float>(), 1, momentum);
            if (runningVar is not null) BatchNormOp.Blend<float>(runningVar, variance.AsSpan<float>(), unbiased, momentum);
        }
        var none = weight is null || bias is null ? Tensor.Uninitialized([], DType.Float32) : null;
        Autograd.RecordJoint([y], new BatchNormOp.State(shape, x.Saved, weight?.Saved, mean, inverse, training, epsilon), [x, weight ?? none!, bias ?? none!],
            Gradients, operation: nameof(F.BatchNorm));
        return y;
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, BatchNormOp.State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        if (dys[0] is not { } dy) return;
        var x = s.X.Value;
        if (Autograd.IsEnabled)
        {
            BatchNormOp.Composite(dy.To(DType.Float32), s, needed, results);
            results[0] = results[0]?.To(x.DType);
            return;
        }
        dy = dy.Contiguous();
        var weight = s.Weight?.Value;
        Tensor? dx = needed[0] ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        Tensor? dw = needed[1] ? Tensor.Uninitialized([s.Shape.C], DType.Float32) : null, db = needed[2] ? Tensor.Uninitialized([s.Shape.C], DType.Float32) : null;
        fixed (byte* px = x.AsBytes(), pdy = dy.AsBytes(), pdx = dx is null ? default : dx.AsBytes())
        fixed (float* pm = s.Mean.AsSpan<float>(), pi = s.InverseDeviation.AsSpan<float>(), pw = weight is null ? default : weight.AsSpan<float>(),
            pdw = dw is null ? default : dw.AsSpan<float>(), pdb = db is null ? default : db.AsSpan<float>())
            NarrowNorms.Gradient(s.Shape, new(px, x.DType), pm, pi, pw, new(pdy, dy.DType), new(pdx, x.DType), pdw, pdb, s.Training);
        GC.KeepAlive(dy);
        GC.KeepAlive(x);
        (results[0], results[1], results[2]) = (dx, dw, db);
    }
}
