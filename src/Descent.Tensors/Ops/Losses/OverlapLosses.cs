namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>1 − (2 Σ p t + smooth) / (Σ p + Σ t + smooth)</c> of every sample, the sums over all but the batch.</summary>
    /// <remarks>Milletari, Navab and Ahmadi, "V-Net", 2016, arXiv:1606.04797.</remarks>
    /// <param name="input">Probabilities p of shape <c>(N, ...)</c>.</param>
    /// <param name="target">The mask t of the same shape; with <paramref name="perClass"/>, classes <c>(N, ...)</c> for probabilities <c>(N, C, ...)</c> too.</param>
    /// <param name="smooth">Keeps the quotient of empty masks, and its gradient, finite.</param>
    /// <param name="perClass">Takes each class of <c>(N, C, ...)</c> apart and averages over the classes.</param>
    /// <param name="reduction">What is done with the samples.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor DiceLoss(Tensor input, Tensor target, double smooth = 1, bool perClass = false, Reduction reduction = Reduction.Mean)
    {
        var (both, p, t) = Overlap(input, target, perClass, nameof(DiceLoss));
        return Missing(both.Mul(2).Add(smooth), (p + t).Add(smooth), perClass, reduction, input);
    }

    /// <summary>One minus the intersection over the union, <c>1 − (Σ p t + smooth) / (Σ p + Σ t − Σ p t + smooth)</c>.</summary>
    /// <remarks>Rahman and Wang, "Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation", ISVC 2016.</remarks>
    /// <inheritdoc cref="DiceLoss"/>
    public static Tensor JaccardLoss(Tensor input, Tensor target, double smooth = 1, bool perClass = false, Reduction reduction = Reduction.Mean)
    {
        var (both, p, t) = Overlap(input, target, perClass, nameof(JaccardLoss));
        return Missing(both.Add(smooth), (p + t - both).Add(smooth), perClass, reduction, input);
    }

    /// <summary>
    /// <c>1 − (TP + smooth) / (TP + alpha · FP + beta · FN + smooth)</c>: Dice with a price of its own for each kind of error.
    /// </summary>
    /// <remarks>Salehi, Erdogmus and Gholipour, "Tversky loss function for image segmentation", 2017, arXiv:1706.05721.</remarks>
    /// <inheritdoc cref="DiceLoss"/>
    /// <param name="alpha">The price of false positives.</param>
    /// <param name="beta">The price of false negatives; ½ and ½ is Dice, 1 and 1 is Jaccard.</param>
    public static Tensor TverskyLoss(Tensor input, Tensor target, double alpha = 0.5, double beta = 0.5, double smooth = 1, bool perClass = false,
        Reduction reduction = Reduction.Mean)
    {
        var (both, p, t) = Overlap(input, target, perClass, nameof(TverskyLoss));
        return Missing(both.Add(smooth), (both + (p - both).Mul(alpha) + (t - both).Mul(beta)).Add(smooth), perClass, reduction, input);
    }

    /// <summary>Σ p t, Σ p and Σ t of every sample, or of every class of every sample.</summary>
    static (Tensor Both, Tensor Input, Tensor Target) Overlap(Tensor input, Tensor target, bool perClass, string operation)
    {
        if (input.Rank == 0 || (perClass && input.Rank < 2))
            throw new ShapeException($"{operation}: the input's shape is {input.Shape}; expected {(perClass ? "(N, C, ...)" : "(N, ...)")}.");
        var p = input.Wide();
        Tensor t;
        if (perClass && !target.DType.IsFloatingPoint && target.Rank == input.Rank - 1)
        {
            ClassTargets.Check(input.Shape, target.Shape, operation);
            t = Tensor.Zeros(p.Shape, p.DType).Scatter(1, target.To(DType.Int64).Unsqueeze(1), 1);
        }
        else
        {
            CheckSame(input, target, operation);
            t = target.To(p.DType);
        }
        int[] over = [.. Enumerable.Range(0, p.Rank).Skip(perClass ? 2 : 1)];
        return over.Length == 0 ? (p * t, p, t) : ((p * t).Sum(over), p.Sum(over), t.Sum(over));
    }

    static Tensor Missing(Tensor shared, Tensor all, bool perClass, Reduction reduction, Tensor input)
    {
        var losses = (shared / all).RSub(1);
        return reduction.Apply(perClass ? losses.Mean(1) : losses).Like(input);
    }
}
