namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// <c>max(0, d(anchor, positive) − d(anchor, negative) + margin)</c> with <c>d(a, b) = ‖a − b + eps‖ₚ</c> along the last dimension.
    /// </summary>
    /// <remarks>Balntas et al., "Learning Shallow Convolutional Feature Descriptors with Triplet Losses", BMVC 2016.</remarks>
    /// <param name="anchor">Shape <c>(N, D)</c> or <c>(D)</c>.</param>
    /// <param name="positive">What shall be near.</param>
    /// <param name="negative">What shall be far.</param>
    /// <param name="margin">By how much farther.</param>
    /// <param name="p">The order of the norm.</param>
    /// <param name="eps">What keeps equal vectors apart.</param>
    /// <param name="swap">Takes the distance from the positive to the negative where that is less.</param>
    /// <param name="reduction">What is done with the triplets.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor TripletMarginLoss(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, double p = 2, double eps = 1e-6,
        bool swap = false, Reduction reduction = Reduction.Mean) =>
        TripletMarginWithDistanceLoss(anchor, positive, negative, (a, b) => (a - b).Add(eps).Norm(p, -1), margin, swap, reduction);

    /// <summary><c>max(0, d(anchor, positive) − d(anchor, negative) + margin)</c> with a distance of one's own.</summary>
    /// <param name="anchor">What is compared.</param>
    /// <param name="positive">What shall be near.</param>
    /// <param name="negative">What shall be far.</param>
    /// <param name="distance">From two tensors to distances; null is the Euclidean distance along the last dimension.</param>
    /// <param name="margin">By how much farther.</param>
    /// <param name="swap">Takes the distance from the positive to the negative where that is less.</param>
    /// <param name="reduction">What is done with the triplets.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor TripletMarginWithDistanceLoss(Tensor anchor, Tensor positive, Tensor negative, Func<Tensor, Tensor, Tensor>? distance = null,
        double margin = 1, bool swap = false, Reduction reduction = Reduction.Mean)
    {
        distance ??= static (a, b) => (a - b).Add(1e-6).Norm(2, -1);
        var (a, p, n) = (anchor.Wide(), positive.Wide(), negative.Wide());
        var far = distance(a, n);
        if (swap) far = far.Minimum(distance(p, n));
        return reduction.Apply((distance(a, p) - far).Add(margin).Clamp(0, null)).Like(anchor);
    }

    /// <summary><c>1 − cos(x₁, x₂)</c> where the target is 1, <c>max(0, cos(x₁, x₂) − margin)</c> where it is −1.</summary>
    /// <param name="input1">Shape <c>(N, D)</c> or <c>(D)</c>.</param>
    /// <param name="input2">Of the same shape.</param>
    /// <param name="target">1 or −1, of shape <c>(N)</c> or <c>()</c>.</param>
    /// <param name="margin">The cosine up to which vectors are unlike enough, −1 to 1.</param>
    /// <param name="reduction">What is done with the pairs.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor CosineEmbeddingLoss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        CheckSame(input1, input2, nameof(CosineEmbeddingLoss));
        if (input1.Rank is not (1 or 2) || target.Shape != input1.Shape[..^1])
            throw new ShapeException($"CosineEmbeddingLoss: the inputs' shape is {input1.Shape}, the target's {target.Shape}. Expected (N, D) and (N,), or (D,) and ().");
        var (a, b) = (input1.Wide(), input2.Wide());
        // PyTorch's bound, which keeps the slope at a zero vector finite.
        var norms = ((a * a).Sum(-1).Add(1e-12) * (b * b).Sum(-1).Add(1e-12)).Sqrt();
        var cosine = (a * b).Sum(-1) / norms;
        var losses = cosine.RSub(1).MaskedFill(target.Ne(1), 0) + cosine.Sub(margin).Clamp(0, null).MaskedFill(target.Ne(-1), 0);
        return reduction.Apply(losses).Like(input1);
    }

    /// <summary><c>½ d²</c> of pairs that are alike, <c>½ max(0, margin − d)²</c> of those that are not, with <c>d = ‖x₁ − x₂‖</c>.</summary>
    /// <remarks>Hadsell, Chopra and LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", CVPR 2006.</remarks>
    /// <param name="input1">Shape <c>(..., D)</c>.</param>
    /// <param name="input2">Of the same shape.</param>
    /// <param name="alike">1 where the two are alike, 0 where not, of shape <c>(...)</c>.</param>
    /// <param name="margin">The distance from which pairs are unlike enough.</param>
    /// <param name="reduction">What is done with the pairs.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor ContrastiveLoss(Tensor input1, Tensor input2, Tensor alike, double margin = 1, Reduction reduction = Reduction.Mean)
    {
        CheckSame(input1, input2, nameof(ContrastiveLoss));
        if (input1.Rank == 0 || alike.Shape != input1.Shape[..^1])
            throw new ShapeException($"ContrastiveLoss: the inputs' shape is {input1.Shape}, the labels' {alike.Shape}. Expected (..., D) and (...).");
        var gap = input1.Wide() - input2.Wide();
        var together = alike.To(gap.DType);
        var apart = gap.Norm(2, -1).RSub(margin).Relu().Square();
        return reduction.Apply((together * gap.Square().Sum(-1) + (1 - together) * apart).Mul(0.5)).Like(input1);
    }

    /// <summary>
    /// The cross entropy of finding each query's own key among all: logits are the cosines of queries and keys over the
    /// temperature, and query i belongs to key i.
    /// </summary>
    /// <remarks>van den Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding", 2018, arXiv:1807.03748.</remarks>
    /// <param name="query">Shape <c>(N, D)</c>.</param>
    /// <param name="key">Shape <c>(N, D)</c>; the keys of the other queries are negatives.</param>
    /// <param name="negatives">More keys that belong to no query, of shape <c>(M, D)</c>, or null.</param>
    /// <param name="temperature">Above 0; the lower, the more the nearest negatives count.</param>
    /// <param name="reduction">What is done with the queries.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public static Tensor InfoNce(Tensor query, Tensor key, Tensor? negatives = null, double temperature = 0.1, Reduction reduction = Reduction.Mean)
    {
        CheckEmbeddings(query, key, temperature, nameof(InfoNce));
        if (negatives is not null && (negatives.Rank != 2 || negatives.Shape[1] != key.Shape[1]))
            throw new ShapeException($"InfoNce: the negatives' shape is {negatives.Shape}; expected (M, {key.Shape[1]}), as wide as the keys.");
        var keys = negatives is null ? key.Wide() : Tensor.Cat([key.Wide(), negatives.Wide()], 0);
        var logits = Normalize(query.Wide()).MatMul(Normalize(keys).T).Div(temperature);
        return CrossEntropy(logits, Tensor.Arange(query.Shape[0]), reduction: reduction).Like(query);
    }

    /// <summary>
    /// The normalised, temperature-scaled cross entropy of two views of N samples: each of the 2N embeddings shall find
    /// its partner among the 2N − 1 others.
    /// </summary>
    /// <remarks>Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", 2020, arXiv:2002.05709.</remarks>
    /// <param name="first">Embeddings of one view, of shape <c>(N, D)</c>.</param>
    /// <param name="second">Embeddings of the other view, of the same shape.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="reduction">What is done with the 2N embeddings.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    public static Tensor NtXent(Tensor first, Tensor second, double temperature = 0.5, Reduction reduction = Reduction.Mean)
    {
        CheckEmbeddings(first, second, temperature, nameof(NtXent));
        int n = first.Shape[0];
        var z = Normalize(Tensor.Cat([first.Wide(), second.Wide()], 0));
        var own = Tensor.Eye(2 * n).To(DType.Bool);
        var logits = z.MatMul(z.T).Div(temperature).MaskedFill(own, double.NegativeInfinity);
        var partner = Tensor.Arange(2 * n).Add(n).Remainder(Math.Max(1, 2 * n));
        return CrossEntropy(logits, partner, reduction: reduction).Like(first);
    }

    static void CheckEmbeddings(Tensor first, Tensor second, double temperature, string operation)
    {
        CheckSame(first, second, operation);
        if (first.Rank != 2) throw new ShapeException($"{operation}: the embeddings' shape is {first.Shape}; expected (N, D).");
        if (!(temperature > 0)) throw new ArgumentOutOfRangeException(nameof(temperature), temperature, $"{operation}: the temperature is {temperature}; it must be above 0.");
    }
}
