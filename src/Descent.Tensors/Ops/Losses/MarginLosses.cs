namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>x</c> where the target is 1, <c>max(0, margin − x)</c> where it is −1: x is a distance of pairs that are alike or not.</summary>
    /// <param name="input">The distances.</param>
    /// <param name="target">1 or −1; the shapes broadcast.</param>
    /// <param name="margin">The distance from which pairs are unlike enough.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor HingeEmbeddingLoss(Tensor input, Tensor target, double margin = 1, Reduction reduction = Reduction.Mean)
    {
        var x = input.Wide();
        return reduction.Apply(x.MaskedFill(target.Eq(-1), 0) + x.RSub(margin).Clamp(0, null).MaskedFill(target.Eq(1), 0)).Like(input);
    }

    /// <summary><c>max(0, −target · (input1 − input2) + margin)</c>: the first shall rank above the second where the target is 1, below where it is −1.</summary>
    /// <param name="input1">Scores.</param>
    /// <param name="input2">The scores they are compared with.</param>
    /// <param name="target">1 or −1; the shapes broadcast.</param>
    /// <param name="margin">By how much.</param>
    /// <param name="reduction">What is done with the elements.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor MarginRankingLoss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean) =>
        reduction.Apply((target.Wide().Neg() * (input1.Wide() - input2.Wide())).Add(margin).Clamp(0, null)).Like(input1);

    /// <summary><c>log(1 + e^(−target · x))</c>, the logistic loss of targets 1 and −1.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor SoftMarginLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
        reduction.Apply(Softplus((target.Wide() * input.Wide()).Neg())).Like(input);

    /// <summary>The mean over classes of the binary cross entropy of every class, from logits.</summary>
    /// <param name="input">Logits of shape <c>(N, C)</c> or <c>(C)</c>.</param>
    /// <param name="target">1 for the classes that hold, else 0, of the same shape.</param>
    /// <param name="weight">Weights of the classes, of shape <c>(C)</c>.</param>
    /// <param name="reduction">What is done with the losses of the samples.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor MultilabelSoftMarginLoss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        CheckSame(input, target, nameof(MultilabelSoftMarginLoss));
        if (input.Rank == 0) throw new ShapeException("MultilabelSoftMarginLoss: the input has the shape (); expected (N, C) or (C).");
        var losses = BinaryCrossEntropyWithLogits(input.Wide(), target.Wide(), reduction: Reduction.None);
        if (weight is not null) losses *= weight.Wide();
        return reduction.Apply(losses.Mean(-1)).Like(input);
    }

    /// <summary>
    /// The multi-class hinge loss <c>Σ max(0, margin − x[y] + x[j])ᵖ / C</c> over the classes j other than the target y.
    /// </summary>
    /// <remarks>Crammer and Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines", 2001.</remarks>
    /// <param name="input">Scores of shape <c>(N, C)</c> or <c>(C)</c>.</param>
    /// <param name="target">Classes of shape <c>(N)</c> or <c>()</c>.</param>
    /// <param name="p">1 or 2.</param>
    /// <param name="margin">By how much the target shall lead.</param>
    /// <param name="weight">Weights of the target's class, of shape <c>(C)</c>; they are inside the loss of a sample, and the mean does not divide by them.</param>
    /// <param name="reduction">What is done with the losses of the samples.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is no class, or p is neither 1 nor 2.</exception>
    public static Tensor MultiMarginLoss(Tensor input, Tensor target, int p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        if (p is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(p), p, $"MultiMarginLoss: p is {p}; expected 1 or 2.");
        CheckWeight(weight, input, nameof(MultiMarginLoss));
        if (input.Rank > 2) throw new ShapeException($"MultiMarginLoss: the input's shape is {input.Shape}; expected (N, C) or (C).");
        // One sample may come with its class as () or as (1).
        if (input.Rank == 1 && target.Shape == new Shape(1)) target = target.Reshape();
        var positions = ClassTargets.Check(input.Shape, target.Shape, nameof(MultiMarginLoss));
        var x = input.Wide();
        if (x.Rank == 1) x = x.Unsqueeze(0);
        var classes = target.To(DType.Int64).Contiguous().Reshape(x.Shape[0]);
        int c = x.Shape[1];
        ClassTargets.Total(classes, null, c, long.MinValue, nameof(MultiMarginLoss));

        var own = classes.Unsqueeze(1);
        // Relu, whose slope at 0 is 0: a class exactly at the margin counts for nothing.
        var hinges = (x - x.Gather(1, own)).Add(margin).Relu();
        if (p == 2) hinges = hinges.Square();
        if (weight is not null) hinges *= weight.To(x.DType).IndexSelect(0, classes).Unsqueeze(1);
        var losses = hinges.Scatter(1, own, 0).Sum(1).Div(c);
        return reduction.Apply(losses.Reshape(positions.AsSpan())).Like(input);
    }

    /// <summary>
    /// The hinge of every pair of a class that holds and one that does not:
    /// <c>Σ max(0, 1 − (x[y] − x[i])) / C</c> over targets y and other classes i.
    /// </summary>
    /// <param name="input">Scores of shape <c>(N, C)</c> or <c>(C)</c>.</param>
    /// <param name="target">The classes that hold, from 0 to C − 1, first in each row; what follows the first −1 is not read. Of the input's shape.</param>
    /// <param name="reduction">What is done with the losses of the samples.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is no class.</exception>
    public static Tensor MultilabelMarginLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        CheckSame(input, target, nameof(MultilabelMarginLoss));
        if (input.Rank is not (1 or 2)) throw new ShapeException($"MultilabelMarginLoss: the input's shape is {input.Shape}; expected (N, C) or (C).");
        var x = input.Wide();
        if (x.Rank == 1) x = x.Unsqueeze(0);
        var (chosen, counts, others) = LabelSets(target.To(DType.Int64).Contiguous().Reshape(x.Shape.AsSpan()), x.DType);
        // (N, K, 1) against (N, 1, C): K is the most classes that hold in any row, so this stays small where they are few.
        var hinges = (x.Unsqueeze(1) - x.Gather(1, chosen).Unsqueeze(2)).Add(1).Relu();
        var losses = (hinges * counts.Unsqueeze(2) * others.Unsqueeze(1)).Sum([1, 2]).Div(x.Shape[1]);
        return reduction.Apply(input.Rank == 1 ? losses.Reshape() : losses).Like(input);
    }

    /// <summary>The classes that hold as (N, K), 1 where one does, and 1 for the classes (N, C) that do not hold.</summary>
    static (Tensor Chosen, Tensor Counts, Tensor Others) LabelSets(Tensor target, DType dtype)
    {
        int n = target.Shape[0], c = target.Shape[1], most = 0;
        var rows = target.AsSpan<long>();
        for (int r = 0; r < n; r++)
        {
            var row = rows.Slice(r * c, c);
            int count = row.IndexOf(-1L);
            if (count < 0) count = c;
            most = Math.Max(most, count);
            foreach (long t in row[..count])
                if ((ulong)t >= (ulong)c)
                    throw new ArgumentOutOfRangeException(nameof(target), t, $"MultilabelMarginLoss: row {r} holds the class {t}. Expected 0 to {c - 1}, or −1 behind the last.");
        }
        Tensor chosen = Tensor.Zeros([n, most], DType.Int64), counts = Tensor.Zeros([n, most], DType.Float64), others = Tensor.Ones([n, c], DType.Float64);
        for (int r = 0; r < n; r++)
            for (int k = 0; k < most && rows[r * c + k] is >= 0 and var t; k++)
            {
                chosen.AsSpan<long>()[r * most + k] = t;
                counts.AsSpan<double>()[r * most + k] = 1;
                others.AsSpan<double>()[r * c + (int)t] = 0;
            }
        GC.KeepAlive(target);
        return (chosen, counts.To(dtype), others.To(dtype));
    }

    /// <summary>log(1 + eˣ), without overflow.</summary>
    static Tensor Softplus(Tensor x) => x.LogAddExp(Tensor.Zeros([], x.DType));
}
