using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="F.SigmoidFocalLoss"/> of logits and 0 or 1.</summary>
/// <param name="alpha">The weight of positives; below 0, none are weighted.</param>
/// <param name="gamma">How strongly what is right is discounted.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class SigmoidFocalLoss(double alpha = 0.25, double gamma = 2, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.SigmoidFocalLoss(input, target, alpha, gamma, reduction);
}

/// <summary><see cref="F.FocalLoss"/> of logits <c>(N, C, …)</c> and classes <c>(N, …)</c>.</summary>
/// <param name="gamma">How strongly what is right is discounted.</param>
/// <param name="weight">Weight per class, or null.</param>
/// <param name="ignoreIndex">Targets of this class do not count.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class FocalLoss(double gamma = 2, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.FocalLoss(input, target, gamma, weight, ignoreIndex, reduction);
}

/// <summary><see cref="F.DiceLoss"/> of probabilities and masks.</summary>
/// <param name="smooth">Keeps the quotient of empty masks finite.</param>
/// <param name="perClass">Takes each class of <c>(N, C, …)</c> apart.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class DiceLoss(double smooth = 1, bool perClass = false, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.DiceLoss(input, target, smooth, perClass, reduction);
}

/// <summary><see cref="F.JaccardLoss"/> of probabilities and masks: one minus intersection over union.</summary>
/// <param name="smooth">Keeps the quotient of empty masks finite.</param>
/// <param name="perClass">Takes each class of <c>(N, C, …)</c> apart.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class JaccardLoss(double smooth = 1, bool perClass = false, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.JaccardLoss(input, target, smooth, perClass, reduction);
}

/// <summary><see cref="F.TverskyLoss"/> of probabilities and masks.</summary>
/// <param name="alpha">The price of false positives.</param>
/// <param name="beta">The price of false negatives.</param>
/// <param name="smooth">Keeps the quotient of empty masks finite.</param>
/// <param name="perClass">Takes each class of <c>(N, C, …)</c> apart.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class TverskyLoss(double alpha = 0.5, double beta = 0.5, double smooth = 1, bool perClass = false, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.TverskyLoss(input, target, alpha, beta, smooth, perClass, reduction);
}

/// <summary><see cref="F.LovaszHingeLoss"/> of logits and 0 or 1.</summary>
/// <param name="perImage">Takes each sample apart.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class LovaszHingeLoss(bool perImage = true, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.LovaszHingeLoss(input, target, perImage, reduction);
}

/// <summary><see cref="F.LovaszSoftmaxLoss"/> of probabilities <c>(N, C, …)</c> and classes <c>(N, …)</c>.</summary>
/// <param name="perImage">Takes each sample apart.</param>
/// <param name="ignoreIndex">Targets of this class do not count.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class LovaszSoftmaxLoss(bool perImage = false, long ignoreIndex = -100, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.LovaszSoftmaxLoss(input, target, perImage, ignoreIndex, reduction);
}
