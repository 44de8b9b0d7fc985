using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="F.HingeEmbeddingLoss"/> of distances and targets 1 and −1.</summary>
/// <param name="margin">The distance from which pairs are unlike enough.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class HingeEmbeddingLoss(double margin = 1, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.HingeEmbeddingLoss(input, target, margin, reduction);
}

/// <summary><see cref="F.SoftMarginLoss"/>: the logistic loss of targets 1 and −1.</summary>
/// <param name="reduction">Mean by default.</param>
public sealed class SoftMarginLoss(Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.SoftMarginLoss(input, target, reduction);
}

/// <summary><see cref="F.MultilabelSoftMarginLoss"/> of logits <c>(N, C)</c> and a 0 or 1 for each class.</summary>
/// <param name="weight">Weight per class, or null.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class MultiLabelSoftMarginLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.MultilabelSoftMarginLoss(input, target, weight, reduction);
}

/// <summary><see cref="F.MultiMarginLoss"/> of scores <c>(N, C)</c> and classes <c>(N)</c>.</summary>
/// <param name="p">1 or 2.</param>
/// <param name="margin">By how much the target shall lead.</param>
/// <param name="weight">Weight per class, or null.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class MultiMarginLoss(int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.MultiMarginLoss(input, target, p, margin, weight, reduction);
}

/// <summary><see cref="F.MultilabelMarginLoss"/> of scores <c>(N, C)</c> and rows of classes that end at −1.</summary>
/// <param name="reduction">Mean by default.</param>
public sealed class MultiLabelMarginLoss(Reduction reduction = Reduction.Mean) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => F.MultilabelMarginLoss(input, target, reduction);
}

/// <summary><see cref="F.MarginRankingLoss"/> of two scores and which shall be greater.</summary>
/// <param name="margin">By how much.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class MarginRankingLoss(double margin = 0, Reduction reduction = Reduction.Mean)
{
    /// <inheritdoc cref="F.MarginRankingLoss"/>
    public Tensor Forward(Tensor input1, Tensor input2, Tensor target) => F.MarginRankingLoss(input1, input2, target, margin, reduction);
}
