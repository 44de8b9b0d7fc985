using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>In training, zeroes each element with probability <paramref name="p"/> and scales the others by <c>1 / (1 − p)</c>.</summary>
    /// <remarks>Srivastava et al., "Dropout", JMLR 15, 2014.</remarks>
    /// <param name="x">Any shape.</param>
    /// <param name="p">From 0 to 1.</param>
    /// <param name="training">Outside training the input is returned as it is.</param>
    /// <param name="generator">Where the choices come from; the default generator if null.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    public static Tensor Dropout(Tensor x, double p = 0.5, bool training = true, Generator? generator = null) =>
        Dropped(x, x.Shape, p, training, generator, nameof(Dropout));

    /// <summary>Dropout of whole channels of <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
    /// <remarks>Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2014, arXiv:1411.4280.</remarks>
    /// <param name="x">Sequences.</param>
    /// <param name="p">From 0 to 1.</param>
    /// <param name="training">Outside training the input is returned as it is.</param>
    /// <param name="generator">Where the choices come from; the default generator if null.</param>
    /// <exception cref="ShapeException">The input is not of such a shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    public static Tensor Dropout1d(Tensor x, double p = 0.5, bool training = true, Generator? generator = null) =>
        Dropped(x, Leading(x, x.Rank switch { 2 => 1, 3 => 2, _ => throw Unfit(x, nameof(Dropout1d), "(N, C, L) or (C, L)") }), p, training, generator, nameof(Dropout1d));

    /// <summary>Dropout of whole channels of <c>(N, C, H, W)</c>, or as PyTorch has it of <c>(N, C, L)</c>.</summary>
    /// <param name="x">Images.</param>
    /// <inheritdoc cref="Dropout1d"/>
    public static Tensor Dropout2d(Tensor x, double p = 0.5, bool training = true, Generator? generator = null) =>
        Dropped(x, Leading(x, x.Rank is 3 or 4 ? 2 : throw Unfit(x, nameof(Dropout2d), "(N, C, H, W) or (N, C, L)")), p, training, generator, nameof(Dropout2d));

    /// <summary>Dropout of whole channels of <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
    /// <param name="x">Volumes.</param>
    /// <inheritdoc cref="Dropout1d"/>
    public static Tensor Dropout3d(Tensor x, double p = 0.5, bool training = true, Generator? generator = null) =>
        Dropped(x, Leading(x, x.Rank switch { 4 => 1, 5 => 2, _ => throw Unfit(x, nameof(Dropout3d), "(N, C, D, H, W) or (C, D, H, W)") }), p, training, generator, nameof(Dropout3d));

    /// <summary>Stochastic depth: in training, zeroes whole samples with probability <paramref name="p"/> and scales the others by <c>1 / (1 − p)</c>.</summary>
    /// <remarks>Huang et al., "Deep Networks with Stochastic Depth", 2016, arXiv:1603.09382.</remarks>
    /// <param name="x">Shape <c>(N, …)</c>.</param>
    /// <param name="p">From 0 to 1.</param>
    /// <param name="training">Outside training the input is returned as it is.</param>
    /// <param name="generator">Where the choices come from; the default generator if null.</param>
    /// <exception cref="ShapeException">The input is a single number.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    public static Tensor DropPath(Tensor x, double p = 0, bool training = true, Generator? generator = null) =>
        Dropped(x, Leading(x, x.Rank > 0 ? 1 : throw Unfit(x, nameof(DropPath), "(N, …)")), p, training, generator, nameof(DropPath));

    /// <summary>Dropout that keeps mean 0 and deviation 1: elements become SELU's lower limit, and an affine map restores the moments.</summary>
    /// <remarks>Klambauer et al., "Self-Normalizing Neural Networks", 2017, arXiv:1706.02515.</remarks>
    /// <inheritdoc cref="Dropout"/>
    public static Tensor AlphaDropout(Tensor x, double p = 0.5, bool training = true, Generator? generator = null) =>
        AlphaDropped(x, x.Shape, p, training, generator, nameof(AlphaDropout));

    /// <summary><see cref="AlphaDropout"/> of whole channels of <c>(N, C, …)</c>.</summary>
    /// <exception cref="ShapeException">The input has fewer than two dimensions.</exception>
    /// <inheritdoc cref="AlphaDropout"/>
    public static Tensor FeatureAlphaDropout(Tensor x, double p = 0.5, bool training = true, Generator? generator = null) =>
        AlphaDropped(x, Leading(x, x.Rank >= 2 ? 2 : throw Unfit(x, nameof(FeatureAlphaDropout), "(N, C, …)")), p, training, generator, nameof(FeatureAlphaDropout));

    static Tensor Dropped(Tensor x, Shape choices, double p, bool training, Generator? generator, string operation)
    {
        CheckProbability(p, operation);
        if (!training || p == 0 || x.Elements == 0) return x;
        if (p == 1) return x * Tensor.Zeros(choices, x.DType);
        if (choices == x.Shape && x.DType.IsFloatingPoint && !OperationTrace.IsOn)
            return DropoutOp.Apply(x, (generator ?? Generator.Default).ReserveBernoulli(x.Elements, 1 - p), 1 / (1 - p), operation);
        // The choices are made in float32, which has too few digits for a factor of float64.
        return x * (x.DType == DType.Float64 ? Kept(choices, p, 1, generator).To(x.DType).Mul(1 / (1 - p)) : Kept(choices, p, 1 / (1 - p), generator).To(x.DType));
    }

    static Tensor AlphaDropped(Tensor x, Shape choices, double p, bool training, Generator? generator, string operation)
    {
        // SELU's limit for large negative x is -scale · alpha.
        const double limit = 1.7580993408473766;
        CheckProbability(p, operation);
        if (!training || p == 0 || x.Elements == 0) return x;
        if (p == 1) return x * Tensor.Zeros([], x.DType);
        double a = 1 / Math.Sqrt((limit * limit * p + 1) * (1 - p));
        var kept = Kept(choices, p, 1, generator).To(x.DType);
        return x * kept.Mul(a) + kept.Sub(1).Mul(limit * a).Add(limit * a * p);
    }

    /// <summary><paramref name="value"/> with probability 1 − p, else 0.</summary>
    static Tensor Kept(Shape shape, double p, double value, Generator? generator)
    {
        var mask = Tensor.Uninitialized(shape, DType.Float32);
        (generator ?? Generator.Default).Bernoulli(mask.AsSpan<float>(), 1 - p, (float)value);
        return mask;
    }

    /// <summary>The shape with sizes of 1 behind its first dimensions: one choice for all that lies there.</summary>
    static Shape Leading(Tensor x, int dims)
    {
        var sizes = x.Shape.ToArray();
        sizes.AsSpan(dims).Fill(1);
        return new(sizes);
    }

    static void CheckProbability(double p, string operation)
    {
        if (!(p is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(p), p, $"{operation}: p is {p}; it must be from 0 to 1.");
    }

    static ShapeException Unfit(Tensor x, string operation, string expected) => new($"{operation}: the input is {x.Shape}; expected {expected}.");
}

/// <summary>Dropout of single elements: the choices are drawn again in backward, from their place in the random stream.</summary>
static class DropoutOp
{
    /// <summary>x · scale where it is kept, else x · 0; linear, and so its own gradient.</summary>
    internal static Tensor Apply(Tensor x, BernoulliStream choices, double scale, [CallerMemberName] string operation = "")
    {
        if (x.DType.IsReduced)
            // The scale as the type has it, so that the product is rounded once.
            return Apply(x.To(DType.Float32), choices, Tensor.Full([], scale, x.DType).Item(), operation).To(x.DType);
        var source = x.Contiguous();
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.Float32) DropoutLoops.Run(source.AsSpan<float>(), y.AsSpan<float>(), choices, (float)scale);
        else DropoutLoops.Run(source.AsSpan<double>(), y.AsSpan<double>(), choices, scale);
        GC.KeepAlive(source);
        return Autograd.Record(y, (choices, scale), (x, static (dy, s) => Apply(dy, s.choices, s.scale)), operation: operation);
    }
}
