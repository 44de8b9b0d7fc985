using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="F.CrossEntropy"/> of logits <c>(N, C, …)</c> and classes <c>(N, …)</c> or probabilities <c>(N, C, …)</c>.</summary>
/// <param name="weight">Weight per class, or null.</param>
/// <param name="ignoreIndex">Targets of this class do not count.</param>
/// <param name="reduction">Mean by default.</param>
/// <param name="labelSmoothing">Share of the target that is spread over all classes.</param>
public sealed class CrossEntropyLoss(Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean, double labelSmoothing = 0) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.CrossEntropy(input, target, weight, ignoreIndex, reduction, labelSmoothing);
}

/// <summary><see cref="F.NllLoss"/> of logarithms of probabilities <c>(N, C, …)</c> and classes <c>(N, …)</c>.</summary>
/// <param name="weight">Weight per class, or null.</param>
/// <param name="ignoreIndex">Targets of this class do not count.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class NLLLoss(Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.NllLoss(input, target, weight, ignoreIndex, reduction);
}
