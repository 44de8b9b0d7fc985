using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// Each channel shifted and scaled to mean 0 and deviation 1, then <c>· weight + bias</c>: <c>(x − μ) / √(σ² + ε)</c>
    /// over batch and positions of <c>(N, C)</c> or <c>(N, C, …)</c>.
    /// </summary>
    /// <remarks>Ioffe and Szegedy, "Batch Normalization", 2015, arXiv:1502.03167.</remarks>
    /// <param name="x">Shape <c>(N, C, …)</c>.</param>
    /// <param name="runningMean">Running mean per channel, read in evaluation and updated in training; or null.</param>
    /// <param name="runningVar">Running variance per channel (of the unbiased estimate), likewise; or null.</param>
    /// <param name="weight">Scale per channel, or null.</param>
    /// <param name="bias">Shift per channel, or null.</param>
    /// <param name="training">Whether the statistics of this batch are used (and the running ones updated).</param>
    /// <param name="momentum">Weight of this batch in the running statistics.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ShapeException">The shapes do not fit, or one value per channel is all there is to train on.</exception>
    public static Tensor BatchNorm(Tensor x, Tensor? runningMean, Tensor? runningVar, Tensor? weight = null, Tensor? bias = null,
        bool training = false, double momentum = 0.1, double epsilon = 1e-5)
    {
        if (x.Rank < 2 || !x.DType.IsFloatingPoint)
            throw new ShapeException($"BatchNorm: the input is {x.DType} {x.Shape}. Expected floating-point (N, C) or (N, C, …).");
        foreach (var t in (ReadOnlySpan<Tensor?>)[runningMean, runningVar, weight, bias])
            if (t is not null && t.Shape != new Shape(x.Shape[1]))
                throw new ShapeException($"BatchNorm: a statistic or parameter has shape {t.Shape}; expected ({x.Shape[1]},), one per channel of {x.Shape}.");
        if (!training && (runningMean is null || runningVar is null))
            throw new ArgumentException("BatchNorm: evaluation needs running statistics; pass them, or training: true.");
        if (OperationTrace.IsOn && (!training || (runningMean is null && runningVar is null)))
        {
            Tensor whole;
            using (OperationTrace.Pause()) whole = BatchNorm(x, runningMean, runningVar, weight, bias, training, momentum, epsilon);
            Tensor scale = weight ?? Tensor.Ones([x.Shape[1]], x.DType), shift = bias ?? Tensor.Zeros([x.Shape[1]], x.DType);
            return OperationTrace.Add(whole, training ? [x, scale, shift] : [x, scale, shift, runningMean!, runningVar!], epsilon);
        }
        int plane = x.Elements == 0 ? 0 : x.Elements / (x.Shape[0] * x.Shape[1]);
        var shape = new BatchNormShape(x.Shape[0], x.Shape[1], plane);
        if (training && shape.Count <= 1)
            throw new ShapeException($"BatchNorm: {x.Shape} has {shape.Count} value per channel; training needs at least 2.");
        if (x.DType.IsReduced) return NarrowBatchNorm.Run(shape, x, runningMean, runningVar, weight, bias, training, momentum, epsilon);
        return x.DType == DType.Float32
            ? BatchNormOp.Run<float>(shape, x, runningMean, runningVar, weight, bias, training, momentum, epsilon)
            : BatchNormOp.Run<double>(shape, x, runningMean, runningVar, weight, bias, training, momentum, epsilon);
    }
}

/// <summary>Batch normalisation by its fused kernels, and its gradient in tensor operations where that is to be differentiated.</summary>
static unsafe class BatchNormOp
{
    internal readonly record struct State(BatchNormShape Shape, Saved X, Saved? Weight, Tensor Mean, Tensor InverseDeviation, bool Training, double Epsilon);

    internal static Tensor Run<T>(BatchNormShape shape, Tensor x, Tensor? runningMean, Tensor? runningVar, Tensor? weight, Tensor? bias,
        bool training, double momentum, double epsilon) where T : unmanaged, IFloatingPointIeee754<T>
    {
        (x, weight, bias) = (x.Contiguous(), weight?.To(x.DType).Contiguous(), bias?.To(x.DType).Contiguous());
        var (mean, inverse) = Statistics<T>(shape, x, runningMean, runningVar, training, momentum, epsilon);
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.Elements > 0)
        {
            fixed (T* px = x.AsSpan<T>(), pm = mean.AsSpan<T>(), pi = inverse.AsSpan<T>(), pw = weight is null ? default : weight.AsSpan<T>(),
                pb = bias is null ? default : bias.AsSpan<T>(), py = y.AsSpan<T>())
                BatchNorm.Normalize(shape, px, pm, pi, pw, pb, py);
        }
        var state = new State(shape, x.Saved, weight?.Saved, mean, inverse, training, epsilon);
        // Absent parameters take part as constants, so that places stay the same.
        var none = weight is null || bias is null ? Tensor.Uninitialized([], x.DType) : null;
        Autograd.RecordJoint([y], state, [x, weight ?? none!, bias ?? none!], Gradients<T>, operation: "BatchNorm");
        return y;
    }

    /// <summary>What x is normalised by, one over the deviation in place of the variance; running statistics are brought up to date.</summary>
    internal static (Tensor Mean, Tensor InverseDeviation) Statistics<T>(BatchNormShape shape, Tensor x, Tensor? runningMean, Tensor? runningVar,
        bool training, double momentum, double epsilon) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor mean = Tensor.Uninitialized([shape.C], x.DType), inverse = Tensor.Uninitialized([shape.C], x.DType);
        Span<T> variance = shape.C <= 256 ? stackalloc T[shape.C] : new T[shape.C];
        if (training)
        {
            fixed (T* px = x.AsSpan<T>(), pm = mean.AsSpan<T>(), pv = variance)
                BatchNorm.Moments(shape, px, pm, pv);
            double unbiased = (double)shape.Count / (shape.Count - 1);
            if (runningMean is not null) Blend(runningMean, mean.AsSpan<T>(), 1, momentum);
            if (runningVar is not null) Blend<T>(runningVar, variance, unbiased, momentum);
        }
        else
        {
            runningMean!.To(x.DType).Contiguous().AsSpan<T>().CopyTo(mean.AsSpan<T>());
            runningVar!.To(x.DType).Contiguous().AsSpan<T>().CopyTo(variance);
        }
        var inverses = inverse.AsSpan<T>();
        for (int c = 0; c < shape.C; c++)
            inverses[c] = T.CreateTruncating(1 / Math.Sqrt(double.CreateTruncating(variance[c]) + epsilon));
        return (mean, inverse);
    }

    internal static void Blend<T>(Tensor running, ReadOnlySpan<T> batch, double scale, double momentum) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var _ = Autograd.NoGrad();
        var now = Tensor.From(batch, [batch.Length]).Mul(scale * momentum).To(running.DType);
        Copying.CopyInto(running, running.Mul(1 - momentum).Add(now));
        running.Storage.Changed();
    }

    static void Gradients<T>(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dys[0] is not { } dy) return;
        if (Autograd.IsEnabled)
        {
            Composite(dy, s, needed, results);
            return;
        }
        dy = dy.Contiguous();
        var x = s.X.Value;
        var weight = s.Weight?.Value;
        Tensor? dx = needed[0] ? Tensor.Uninitialized(x.Shape, x.DType) : null;
        Tensor? dw = needed[1] ? Tensor.Uninitialized([s.Shape.C], x.DType) : null, db = needed[2] ? Tensor.Uninitialized([s.Shape.C], x.DType) : null;
        fixed (T* px = x.AsSpan<T>(), pm = s.Mean.AsSpan<T>(), pi = s.InverseDeviation.AsSpan<T>(), pw = Span(weight), pdy = dy.AsSpan<T>(),
            pdx = Span(dx), pdw = Span(dw), pdb = Span(db))
            BatchNorm.Gradient(s.Shape, px, pm, pi, pw, pdy, pdx, pdw, pdb, s.Training);
        GC.KeepAlive(dy);
        GC.KeepAlive(x);
        (results[0], results[1], results[2]) = (dx, dw, db);

        static Span<T> Span(Tensor? t) => t is null ? default : t.AsSpan<T>();
    }

    /// <summary>The same gradients in operations that are recorded themselves.</summary>
    internal static void Composite(Tensor dy, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        var x = s.X.Value.Wide().Reshape(s.Shape.N, s.Shape.C, s.Shape.Plane);
        var dy3 = dy.Reshape(s.Shape.N, s.Shape.C, s.Shape.Plane);
        int[] dims = [0, 2];
        Tensor mean, inverse;
        if (s.Training)
        {
            mean = x.Mean(dims, keepDim: true);
            var centred = x - mean;
            inverse = ((centred * centred).Mean(dims, keepDim: true) + s.Epsilon).Rsqrt();
        }
        else (mean, inverse) = (s.Mean.Reshape(1, -1, 1), s.InverseDeviation.Reshape(1, -1, 1));
        var normal = (x - mean) * inverse;
        var dw = (dy3 * normal).Sum(dims, keepDim: true);
        var db = dy3.Sum(dims, keepDim: true);
        if (needed[0])
        {
            var scale = s.Weight is { } w ? inverse * w.Value.Reshape(1, -1, 1) : inverse;
            double count = s.Shape.Count;
            results[0] = ((s.Training ? dy3 - db / count - normal * (dw / count) : dy3) * scale).Reshape(dy.Shape.AsSpan());
        }
        if (needed[1]) results[1] = dw.Reshape(-1);
        if (needed[2]) results[2] = db.Reshape(-1);
    }
}
