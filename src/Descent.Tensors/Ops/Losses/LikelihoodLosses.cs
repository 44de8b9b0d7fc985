namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// The negative log-likelihood of counts under Poisson's distribution, without the term <c>log target!</c> that no
    /// input changes: <c>e^x − target · x</c>, or <c>x − target · log(x + eps)</c>.
    /// </summary>
    /// <param name="input">The rate, or its logarithm.</param>
    /// <param name="target">The counts; the shapes broadcast.</param>
    /// <param name="logInput">Whether the input is the logarithm of the rate.</param>
    /// <param name="full">Adds Stirling's approximation of <c>log target!</c> where the target is above 1.</param>
    /// <param name="eps">What keeps the logarithm of a rate of 0 finite.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor PoissonNllLoss(Tensor input, Tensor target, bool logInput = true, bool full = false, double eps = 1e-8, Reduction reduction = Reduction.Mean)
    {
        var (x, t) = (input.Wide(), target.Wide());
        var losses = logInput ? x.Exp() - t * x : x - t * x.Add(eps).Log();
        if (full)
        {
            // Counts up to 1 are replaced before the logarithm, whose slope at 0 is infinite.
            var counts = t.To(losses.DType).Clamp(1, null);
            var stirling = counts * counts.Log() - counts + counts.Mul(2 * Math.PI).Log().Mul(0.5);
            losses += stirling.MaskedFill(t.Le(1), 0);
        }
        return reduction.Apply(losses).Like(input);
    }

    /// <summary>
    /// The negative log-likelihood under normal distributions: <c>½ (log var + (input − target)² / var)</c>.
    /// </summary>
    /// <param name="input">The means.</param>
    /// <param name="target">What is true, of a shape that broadcasts with the input's.</param>
    /// <param name="variance">Of the input's shape, of that with a last dimension of 1, or of that without the last dimension.</param>
    /// <param name="full">Adds the constant <c>½ log 2π</c>.</param>
    /// <param name="eps">Variances below are taken as this; the gradient passes through.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A variance is negative.</exception>
    public static Tensor GaussianNllLoss(Tensor input, Tensor target, Tensor variance, bool full = false, double eps = 1e-6, Reduction reduction = Reduction.Mean)
    {
        var (x, t, v) = (input.Wide(), target.Wide(), variance.Wide());
        if (v.Rank > 0 && v.Elements > 0 && v.Detach().Amin().Item() is var least && least < 0)
            throw new ArgumentOutOfRangeException(nameof(variance), least, $"GaussianNllLoss: a variance is {least}; it must be at least 0.");
        if (v.Shape != x.Shape && x.Rank > 0)
        {
            if (v.Shape == x.Shape[..^1]) v = v.Unsqueeze(-1);
            else if (v.Rank > 0 && v.Shape != new Shape([.. x.Shape[..^1], 1]))
                throw new ShapeException($"GaussianNllLoss: the variance's shape is {variance.Shape}, the input's {input.Shape}. Expected the same, " +
                    "or a last dimension of 1, or none.");
        }
        // The bound is let out of the gradient, as in PyTorch: a variance that is too small must be able to grow.
        v += (v.Detach().Clamp(eps, null) - v.Detach());
        var losses = (v.Log() + (x - t).Square() / v).Mul(0.5);
        if (full) losses = losses.Add(0.5 * Math.Log(2 * Math.PI));
        return reduction.Apply(losses).Like(input);
    }

    /// <summary>
    /// The Kullback–Leibler divergence <c>target · (log target − input)</c> of a model's log-probabilities from a distribution.
    /// </summary>
    /// <remarks>
    /// The divergence of whole distributions is <see cref="Reduction.BatchMean"/>; the mean over every element is less by
    /// the number of outcomes.
    /// </remarks>
    /// <param name="input">Log-probabilities.</param>
    /// <param name="target">Probabilities, or their logarithms; the shapes broadcast.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <param name="logTarget">Whether the target is logarithms.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor KlDiv(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, bool logTarget = false)
    {
        var (x, t) = (input.Wide(), target.Wide());
        return reduction.Apply(logTarget ? t.Exp() * (t - x) : t.XLogY(t) - t * x).Like(input);
    }
}
