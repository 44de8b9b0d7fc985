using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="F.PoissonNllLoss"/> of rates and counts.</summary>
/// <param name="logInput">Whether the input is the logarithm of the rate.</param>
/// <param name="full">Adds Stirling's approximation of <c>log target!</c>.</param>
/// <param name="epsilon">What keeps the logarithm of a rate of 0 finite.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class PoissonNLLLoss(bool logInput = true, bool full = false, double epsilon = 1e-8, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.PoissonNllLoss(input, target, logInput, full, epsilon, reduction);
}

/// <summary><see cref="F.GaussianNllLoss"/> of means, variances and what is true.</summary>
/// <param name="full">Adds the constant <c>½ log 2π</c>.</param>
/// <param name="epsilon">The least variance.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class GaussianNLLLoss(bool full = false, double epsilon = 1e-6, Reduction reduction = Reduction.Mean)
{
    /// <inheritdoc cref="F.GaussianNllLoss"/>
    public Tensor Forward(Tensor input, Tensor target, Tensor variance) => F.GaussianNllLoss(input, target, variance, full, epsilon, reduction);
}

/// <summary><see cref="F.KlDiv"/> of log-probabilities from a distribution.</summary>
/// <param name="reduction">Mean over every element by default, as in PyTorch; <see cref="Reduction.BatchMean"/> is the divergence itself.</param>
/// <param name="logTarget">Whether the target is logarithms.</param>
public sealed class KLDivLoss(Reduction reduction = Reduction.Mean, bool logTarget = false) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.KlDiv(input, target, reduction, logTarget);
}

/// <summary><see cref="F.BinaryCrossEntropy"/> of probabilities.</summary>
/// <param name="weight">Of a shape that broadcasts to the input's, or null.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class BCELoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.BinaryCrossEntropy(input, target, weight, reduction);
}

/// <summary><see cref="F.BinaryCrossEntropyWithLogits"/>, which is finite where probabilities would round to 0 or 1.</summary>
/// <param name="weight">Of a shape that broadcasts to the input's, or null.</param>
/// <param name="reduction">Mean by default.</param>
/// <param name="positiveWeight">Weight of positive targets, or null.</param>
public sealed class BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? positiveWeight = null) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.BinaryCrossEntropyWithLogits(input, target, weight, positiveWeight, reduction);
}

/// <summary><see cref="F.CtcLoss"/> of sequences whose alignment is unknown.</summary>
/// <param name="blank">The class that stands for nothing.</param>
/// <param name="reduction">Mean by default, of each loss over its target's length.</param>
/// <param name="zeroInfinity">Leaves out targets that are too long for their input.</param>
public sealed class CTCLoss(int blank = 0, Reduction reduction = Reduction.Mean, bool zeroInfinity = false)
{
    /// <inheritdoc cref="F.CtcLoss"/>
    public Tensor Forward(Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths) =>
        F.CtcLoss(logProbabilities, targets, inputLengths, targetLengths, blank, reduction, zeroInfinity);
}
