using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="F.TripletMarginLoss"/> of anchors, what shall be near and what shall be far.</summary>
/// <param name="margin">By how much farther.</param>
/// <param name="p">The order of the norm.</param>
/// <param name="epsilon">What keeps equal vectors apart.</param>
/// <param name="swap">Takes the distance from the positive to the negative where that is less.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class TripletMarginLoss(double margin = 1, double p = 2, double epsilon = 1e-6, bool swap = false, Reduction reduction = Reduction.Mean)
{
    /// <inheritdoc cref="F.TripletMarginLoss"/>
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) => F.TripletMarginLoss(anchor, positive, negative, margin, p, epsilon, swap, reduction);
}

/// <summary><see cref="F.TripletMarginWithDistanceLoss"/>, with a distance of one's own.</summary>
/// <param name="distance">From two tensors to distances; null is the Euclidean distance along the last dimension.</param>
/// <param name="margin">By how much farther.</param>
/// <param name="swap">Takes the distance from the positive to the negative where that is less.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class TripletMarginWithDistanceLoss(Func<Tensor, Tensor, Tensor>? distance = null, double margin = 1, bool swap = false, Reduction reduction = Reduction.Mean)
{
    /// <inheritdoc cref="F.TripletMarginWithDistanceLoss"/>
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative) => F.TripletMarginWithDistanceLoss(anchor, positive, negative, distance, margin, swap, reduction);
}

/// <summary><see cref="F.CosineEmbeddingLoss"/> of pairs that are alike (1) or not (−1).</summary>
/// <param name="margin">The cosine up to which vectors are unlike enough.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class CosineEmbeddingLoss(double margin = 0, Reduction reduction = Reduction.Mean)
{
    /// <inheritdoc cref="F.CosineEmbeddingLoss"/>
    public Tensor Forward(Tensor input1, Tensor input2, Tensor target) => F.CosineEmbeddingLoss(input1, input2, target, margin, reduction);
}

/// <summary><see cref="F.ContrastiveLoss"/> of pairs that are alike (1) or not (0).</summary>
/// <param name="margin">The distance from which pairs are unlike enough.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class ContrastiveLoss(double margin = 1, Reduction reduction = Reduction.Mean)
{
    /// <inheritdoc cref="F.ContrastiveLoss"/>
    public Tensor Forward(Tensor input1, Tensor input2, Tensor alike) => F.ContrastiveLoss(input1, input2, alike, margin, reduction);
}

/// <summary><see cref="F.InfoNce"/>: each query shall find its own key among all.</summary>
/// <param name="temperature">Above 0.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class InfoNCELoss(double temperature = 0.1, Reduction reduction = Reduction.Mean)
{
    /// <inheritdoc cref="F.InfoNce"/>
    public Tensor Forward(Tensor query, Tensor key, Tensor? negatives = null) => F.InfoNce(query, key, negatives, temperature, reduction);
}

/// <summary><see cref="F.NtXent"/> of two views of the same samples.</summary>
/// <param name="temperature">Above 0.</param>
/// <param name="reduction">Mean by default.</param>
public sealed class NTXentLoss(double temperature = 0.5, Reduction reduction = Reduction.Mean)
{
    /// <inheritdoc cref="F.NtXent"/>
    public Tensor Forward(Tensor first, Tensor second) => F.NtXent(first, second, temperature, reduction);
}
