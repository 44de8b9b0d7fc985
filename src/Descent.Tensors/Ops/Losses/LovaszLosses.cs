namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The Lovász extension of the Jaccard loss at the hinges <c>max(0, 1 − x · (2 t − 1))</c>, for one foreground class.</summary>
    /// <remarks>Berman, Rannen Triki and Blaschko, "The Lovász-Softmax Loss", CVPR 2018, arXiv:1705.08790.</remarks>
    /// <param name="logits">Logits x of shape <c>(N, ...)</c>.</param>
    /// <param name="target">0 or 1, of the same shape.</param>
    /// <param name="perImage">Takes each of the N apart; otherwise the batch is one image.</param>
    /// <param name="reduction">What is done with the images.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor LovaszHingeLoss(Tensor logits, Tensor target, bool perImage = true, Reduction reduction = Reduction.Mean)
    {
        CheckSame(logits, target, nameof(LovaszHingeLoss));
        if (logits.Rank == 0) throw new ShapeException("LovaszHingeLoss: the logits have the shape (); expected (N, ...).");
        int images = perImage ? logits.Shape[0] : 1, pixels = images == 0 ? 0 : logits.Elements / images;
        var x = logits.Wide().Reshape(images, pixels);
        var t = target.To(x.DType).Reshape(images, pixels);
        var errors = (x * t.Mul(2).Sub(1)).RSub(1);
        return reduction.Apply(LovaszExtension(errors, t)).Like(logits);
    }

    /// <summary>The Lovász extension of the Jaccard loss at the errors of probabilities, averaged over the classes that occur in the target.</summary>
    /// <remarks>Berman, Rannen Triki and Blaschko, "The Lovász-Softmax Loss", CVPR 2018, arXiv:1705.08790.</remarks>
    /// <param name="probabilities">Of shape <c>(N, C, ...)</c>, as softmax gives them.</param>
    /// <param name="target">Classes of shape <c>(N, ...)</c>.</param>
    /// <param name="perImage">Takes each of the N apart; otherwise the batch is one image.</param>
    /// <param name="ignoreIndex">Positions of this class do not count.</param>
    /// <param name="reduction">What is done with the images.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is no class.</exception>
    public static Tensor LovaszSoftmaxLoss(Tensor probabilities, Tensor target, bool perImage = false, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
    {
        if (probabilities.Rank < 2) throw new ShapeException($"LovaszSoftmaxLoss: the probabilities' shape is {probabilities.Shape}; expected (N, C, ...).");
        ClassTargets.Check(probabilities.Shape, target.Shape, nameof(LovaszSoftmaxLoss));
        var rows = ClassTargets.Rows(probabilities.Wide());
        int c = rows.Shape[1], images = perImage ? probabilities.Shape[0] : 1, pixels = images == 0 ? 0 : rows.Shape[0] / images;
        var classes = target.To(DType.Int64).Contiguous().Reshape(rows.Shape[0]);
        ClassTargets.Total(classes, null, c, ignoreIndex, nameof(LovaszSoftmaxLoss));

        // (images, C, pixels): one problem for every class of every image.
        var p = rows.Reshape(images, pixels, c).Transpose(1, 2);
        var own = classes.Reshape(images, 1, pixels);
        var isCounted = own.Ne(ignoreIndex);
        var t = own.Eq(Tensor.Arange(c).Reshape(1, c, 1)).LogicalAnd(isCounted).To(p.DType);
        var counted = isCounted.To(p.DType);
        // An error of 0 comes last in the order and adds nothing.
        var losses = LovaszExtension((t - p).Abs() * counted, t);
        var present = t.Sum(-1).Gt(0).To(p.DType);
        return reduction.Apply((losses * present).Sum(1) / present.Sum(1).Clamp(1, null)).Like(probabilities);
    }

    /// <summary>Σ relu(e) · g along the last dimension, with errors e in falling order and g what each adds to the Jaccard loss.</summary>
    static Tensor LovaszExtension(Tensor errors, Tensor target)
    {
        var (sorted, order) = errors.Sort(-1, descending: true);
        if (errors.Shape[^1] == 0) return sorted.Sum(-1);
        Tensor growth;
        using (Autograd.NoGrad())
        {
            var t = target.Gather(-1, order);
            var total = t.Sum(-1, keepDim: true);
            var jaccard = ((total - t.Cumsum(-1)) / (total + t.RSub(1).Cumsum(-1))).RSub(1);
            growth = Tensor.Cat([jaccard.Narrow(-1, 0, 1), jaccard.Diff()], -1);
        }
        return (sorted.Relu() * growth).Sum(-1);
    }
}
