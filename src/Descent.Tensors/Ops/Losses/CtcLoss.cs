using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// Connectionist temporal classification: the negative logarithm of the probability that a sequence of classes, without
    /// its repetitions and then without its blanks, reads as the target.
    /// </summary>
    /// <remarks>Graves et al., "Connectionist Temporal Classification", ICML 2006.</remarks>
    /// <param name="logProbabilities">Of shape <c>(T, N, C)</c>, or <c>(T, C)</c> for one sequence, as <see cref="SoftmaxOps"/> gives them.</param>
    /// <param name="targets">Classes of shape <c>(N, S)</c>, padded; or of one dimension, one target behind the other.</param>
    /// <param name="inputLengths">How many steps of each sequence count, of shape <c>(N)</c>, at most T.</param>
    /// <param name="targetLengths">How long each target is, of shape <c>(N)</c>.</param>
    /// <param name="blank">The class that stands for nothing.</param>
    /// <param name="reduction">The mean divides each loss by its target's length, at least 1, and averages over the batch.</param>
    /// <param name="zeroInfinity">Makes the loss and the gradient of targets that are too long for their input 0 instead of infinite.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length or a class is not in range.</exception>
    public static Tensor CtcLoss(Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank = 0,
        Reduction reduction = Reduction.Mean, bool zeroInfinity = false)
    {
        var x = logProbabilities.Wide();
        bool single = x.Rank == 2;
        if (single) x = x.Unsqueeze(1);
        if (x.Rank != 3 || !x.DType.IsFloatingPoint)
            throw new ShapeException($"CtcLoss: the log-probabilities are {logProbabilities.DType} of shape {logProbabilities.Shape}; expected floating-point numbers of shape (T, N, C) or (T, C).");
        var paths = CtcPaths.Build(x.Shape, targets, inputLengths, targetLengths, blank, single);
        var losses = CtcLosses(x.Contiguous(), paths, zeroInfinity);
        if (reduction == Reduction.Mean) losses /= paths.Divisors.To(x.DType);
        return reduction.Apply(single ? losses.Reshape() : losses).Like(logProbabilities);
    }

    static unsafe Tensor CtcLosses(Tensor x, CtcPaths paths, bool zeroInfinity)
    {
        var sizes = paths.Sizes;
        Tensor alpha = Tensor.Uninitialized([sizes.Samples, sizes.Steps, sizes.Width], DType.Float64), losses = Tensor.Uninitialized([sizes.Samples], DType.Float64);
        using (var work = Tensor.Uninitialized([sizes.Samples, CtcLattice.WorkRows, sizes.Width], DType.Float64))
        fixed (int* labels = paths.Labels, lengths = paths.Lengths)
        fixed (double* skips = paths.Skips, a = alpha.AsSpan<double>(), w = work.AsSpan<double>(), l = losses.AsSpan<double>())
        {
            if (x.DType == DType.Float32) fixed (float* p = x.AsSpan<float>()) CtcLattice.Forward(p, labels, skips, lengths, a, w, l, sizes);
            else fixed (double* p = x.AsSpan<double>()) CtcLattice.Forward(p, labels, skips, lengths, a, w, l, sizes);
        }
        var y = losses.To(x.DType);
        if (zeroInfinity) y = y.MaskedFill(y.Eq(double.PositiveInfinity), 0);
        else if (ReferenceEquals(y, losses)) y = losses.Clone();
        return Autograd.Record(y, (x: x.Saved, alpha, losses, paths, zeroInfinity),
            (x, static (dy, s) => CtcGradient(dy, s.x, s.alpha, s.losses, s.paths, s.zeroInfinity)), owned: alpha, operation: nameof(CtcLoss));
    }

    static unsafe Tensor CtcGradient(Tensor dy, Tensor x, Tensor alpha, Tensor losses, CtcPaths paths, bool zeroInfinity)
    {
        if (Autograd.IsEnabled) return Autograd.Grad([paths.Compose(x, zeroInfinity)], [x], [dy], createGraph: true)[0]!;
        var sizes = paths.Sizes;
        var dx = Tensor.Zeros(x.Shape, x.DType);
        var upstream = dy.To(DType.Float64).Contiguous();
        using (var work = Tensor.Uninitialized([sizes.Samples, CtcLattice.WorkRows, sizes.Width], DType.Float64))
        fixed (int* labels = paths.Labels, lengths = paths.Lengths)
        fixed (double* skips = paths.Skips, a = alpha.AsSpan<double>(), w = work.AsSpan<double>(), l = losses.AsSpan<double>(), g = upstream.AsSpan<double>())
        {
            if (x.DType == DType.Float32)
                fixed (float* p = x.AsSpan<float>(), d = dx.AsSpan<float>()) CtcLattice.Backward(p, labels, skips, lengths, a, w, l, g, d, zeroInfinity, sizes);
            else
                fixed (double* p = x.AsSpan<double>(), d = dx.AsSpan<double>()) CtcLattice.Backward(p, labels, skips, lengths, a, w, l, g, d, zeroInfinity, sizes);
        }
        GC.KeepAlive(x);
        GC.KeepAlive(alpha);
        GC.KeepAlive(losses);
        GC.KeepAlive(upstream);
        return dx;
    }
}
