namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// Binary cross entropy of logits times <c>(1 − p_t)^gamma</c>, where p_t is the probability given to the target, so that
    /// what is right already counts little.
    /// </summary>
    /// <remarks>Lin et al., "Focal Loss for Dense Object Detection", 2017, arXiv:1708.02002.</remarks>
    /// <param name="input">Logits.</param>
    /// <param name="target">0 or 1, of the same shape.</param>
    /// <param name="alpha">The weight of positives, those of negatives being <c>1 − alpha</c>; below 0, none are weighted.</param>
    /// <param name="gamma">How strongly what is right is discounted; 0 not at all.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor SigmoidFocalLoss(Tensor input, Tensor target, double alpha = 0.25, double gamma = 2, Reduction reduction = Reduction.Mean)
    {
        CheckSame(input, target, nameof(SigmoidFocalLoss));
        var x = input.Wide();
        var t = target.To(x.DType);
        // 1 − p_t by products, not by a difference, keeps its digits where p_t is nearly 1.
        var miss = x.Sigmoid() * (1 - t) + x.Neg().Sigmoid() * t;
        var losses = BinaryCrossEntropyWithLogits(x, t, reduction: Reduction.None) * Discount(miss, gamma);
        if (alpha >= 0) losses *= t.Mul(2 * alpha - 1).Add(1 - alpha);
        return reduction.Apply(losses).Like(input);
    }

    /// <summary>Cross entropy of classes times <c>(1 − p_t)^gamma</c>, where p_t is the probability given to the target.</summary>
    /// <remarks>Lin et al., "Focal Loss for Dense Object Detection", 2017, arXiv:1708.02002.</remarks>
    /// <param name="logits">Of shape <c>(N, C)</c>, <c>(N, C, d₁, …)</c> or <c>(C)</c>.</param>
    /// <param name="target">Classes, of the shape without C.</param>
    /// <param name="gamma">How strongly what is right is discounted; 0 not at all.</param>
    /// <param name="weight">Weights of the classes, of shape <c>(C)</c>.</param>
    /// <param name="ignoreIndex">The class that takes no part, also not in the mean.</param>
    /// <param name="reduction">The mean divides by the sum of the weights of the targets that count.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is no class.</exception>
    public static Tensor FocalLoss(Tensor logits, Tensor target, double gamma = 2, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
    {
        CheckWeight(weight, logits, nameof(FocalLoss));
        var positions = ClassTargets.Check(logits.Shape, target.Shape, nameof(FocalLoss));
        var rows = ClassTargets.Rows(logits.Wide());
        var classes = target.To(DType.Int64).Contiguous().Reshape(rows.Shape[0]);
        weight = weight?.To(rows.DType).Contiguous();
        double total = ClassTargets.Total(classes, weight, rows.Shape[1], ignoreIndex, nameof(FocalLoss));

        var counted = classes.Ne(ignoreIndex);
        var own = classes.MaskedFill(counted.LogicalNot(), 0).Unsqueeze(1);
        var logP = rows.LogSoftmax(1).Gather(1, own).Squeeze(1);
        var losses = logP.Neg() * Discount(logP.Expm1().Neg(), gamma);
        if (weight is not null) losses *= weight.IndexSelect(0, own.Squeeze(1));
        return Finish(losses.MaskedFill(counted.LogicalNot(), 0), positions, reduction, total).Like(logits);
    }

    /// <summary>missᵞ. The bound keeps the slope of a power below 1 finite where nothing is missed.</summary>
    static Tensor Discount(Tensor miss, double gamma) => miss.Clamp(1e-37, null).Pow(gamma);
}
