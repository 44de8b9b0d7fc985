using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>(input − target)²</c>, reduced; the shapes broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor MseLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        (input, target) = (Autocast.Full(input), Autocast.Full(target));
        if (input.DType != target.DType || input.DType.IsReduced || !input.DType.IsFloatingPoint || input.Shape != target.Shape || reduction is Reduction.None or Reduction.BatchMean)
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
    public static Tensor L1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
        reduction.Apply((Autocast.Full(input) - Autocast.Full(target)).Abs());

    /// <summary>With <c>d = |input − target|</c>: <c>½ d² / beta</c> below beta, else <c>d − ½ beta</c>; the shapes broadcast.</summary>
    /// <remarks>Girshick, "Fast R-CNN", 2015, arXiv:1504.08083.</remarks>
    /// <param name="input">What was predicted.</param>
    /// <param name="target">What is true.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <param name="beta">Where the square becomes a line; 0 is <see cref="L1Loss"/>.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is negative.</exception>
    public static Tensor SmoothL1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1)
    {
        if (!(beta >= 0)) throw new ArgumentOutOfRangeException(nameof(beta), beta, $"SmoothL1Loss: beta is {beta}; it must be at least 0.");
        if (beta == 0) return L1Loss(input, target, reduction);
        var d = input.Wide() - target.Wide();
        var size = d.Abs();
        return reduction.Apply(Tensor.Where(size.Lt(beta), d.Square().Mul(0.5 / beta), size.Sub(0.5 * beta))).Like(input);
    }

    /// <summary>With <c>d = |input − target|</c>: <c>½ d²</c> up to delta, else <c>delta · (d − ½ delta)</c>; the shapes broadcast.</summary>
    /// <remarks>Huber, "Robust Estimation of a Location Parameter", 1964.</remarks>
    /// <param name="input">What was predicted.</param>
    /// <param name="target">What is true.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <param name="delta">Where the square becomes a line, above 0.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is not above 0.</exception>
    public static Tensor HuberLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double delta = 1)
    {
        if (!(delta > 0)) throw new ArgumentOutOfRangeException(nameof(delta), delta, $"HuberLoss: delta is {delta}; it must be above 0.");
        var d = input.Wide() - target.Wide();
        var size = d.Abs();
        return reduction.Apply(Tensor.Where(size.Le(delta), d.Square().Mul(0.5), size.Sub(0.5 * delta).Mul(delta))).Like(input);
    }

    /// <summary><c>log cosh(input − target)</c>, without overflow; the shapes broadcast.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor LogCoshLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        var size = (input.Wide() - target.Wide()).Abs();
        // log cosh d = d + log(1 + e⁻²ᵈ) − log 2, of which no part overflows where d ≥ 0.
        return reduction.Apply(size + size.Mul(-2).Exp().Log1p().Sub(Math.Log(2))).Like(input);
    }

    /// <summary>
    /// The pinball loss <c>max(q · d, (q − 1) · d)</c> of <c>d = target − input</c>: the input that makes it least is the
    /// q-quantile of the target. The shapes broadcast.
    /// </summary>
    /// <remarks>Koenker and Bassett, "Regression Quantiles", Econometrica 46, 1978.</remarks>
    /// <param name="input">The predicted quantiles.</param>
    /// <param name="target">What is true.</param>
    /// <param name="quantile">q, between 0 and 1.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The quantile is not between 0 and 1.</exception>
    public static Tensor QuantileLoss(Tensor input, Tensor target, double quantile, Reduction reduction = Reduction.Mean)
    {
        if (!(quantile is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(quantile), quantile, $"QuantileLoss: the quantile is {quantile}; it must be between 0 and 1.");
        var d = target.Wide() - input.Wide();
        return reduction.Apply(Tensor.Where(d.Ge(0), d.Mul(quantile), d.Mul(quantile - 1))).Like(input);
    }

    /// <summary>The pinball loss of several quantiles at once, <c>(..., Q)</c> for a target of <c>(...)</c>.</summary>
    /// <inheritdoc cref="QuantileLoss(Tensor, Tensor, double, Reduction)"/>
    /// <param name="quantiles">One for each column of the input, between 0 and 1.</param>
    /// <exception cref="ShapeException">The input's shape is not the target's followed by the number of quantiles.</exception>
    public static Tensor QuantileLoss(Tensor input, Tensor target, ReadOnlySpan<double> quantiles, Reduction reduction = Reduction.Mean)
    {
        if (input.Shape != new Shape([.. target.Shape, quantiles.Length]))
            throw new ShapeException($"QuantileLoss: the input's shape is {input.Shape}, the target's {target.Shape}. Expected the target's followed by " +
                $"{quantiles.Length}, one column for each quantile.");
        foreach (double q in quantiles)
            if (!(q is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(quantiles), q, $"QuantileLoss: a quantile is {q}; it must be between 0 and 1.");
        var d = target.Wide().Unsqueeze(-1) - input.Wide();
        var at = Tensor.From(quantiles).To(d.DType);
        return reduction.Apply(d * (at - d.Lt(0).To(d.DType))).Like(input);
    }

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
