namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>softmax(query · keyᵀ · scale + mask) · value</c>.</summary>
    /// <remarks>
    /// Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762; groups of query heads: Ainslie et al., "GQA", 2023,
    /// arXiv:2305.13245. Computed by tiles, Dao et al., "FlashAttention", 2022, arXiv:2205.14135: the scores are never all there, and
    /// memory grows with L, not with L · S. A position that may attend to nothing gets zeros.
    /// </remarks>
    /// <param name="query">Shape <c>(…, L, E)</c>.</param>
    /// <param name="key">Shape <c>(…, S, E)</c>.</param>
    /// <param name="value">Shape <c>(…, S, Ev)</c>.</param>
    /// <param name="attnMask">Broadcasts to <c>(…, L, S)</c>. Bools are true where attended; numbers are added to the scores.</param>
    /// <param name="dropoutP">Probability with which a weight is dropped; give 0 outside training.</param>
    /// <param name="isCausal">Position i attends to positions 0 to i plus <paramref name="queryOffset"/>, also where L and S differ.</param>
    /// <param name="scale">Factor of the scores; <c>1/√E</c> if null.</param>
    /// <param name="enableGqa">Dimension -3 are heads, and each head of key and value serves a group of the query's.</param>
    /// <param name="queryOffset">The position of the first query among the keys, for <paramref name="isCausal"/>: with a cache of keys, its length before this call.</param>
    /// <param name="generator">Draws what is dropped; the default generator if null.</param>
    /// <returns>Shape <c>(…, L, Ev)</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">Both a mask and <paramref name="isCausal"/> are given.</exception>
    public static Tensor ScaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor? attnMask = null, double dropoutP = 0,
        bool isCausal = false, double? scale = null, bool enableGqa = false, int queryOffset = 0, Generator? generator = null)
    {
        if (isCausal && attnMask is not null)
            throw new ArgumentException("ScaledDotProductAttention: both a mask and isCausal are given. Put the causal mask into the mask, or leave that out.", nameof(attnMask));
        return Attend(query, key, value, attnMask, dropoutP, isCausal ? queryOffset : null, scale, enableGqa, generator, weights: false)[0];
    }

    /// <summary>Also the weights, of shape <c>(…, L, S)</c>, after dropout.</summary>
    /// <inheritdoc cref="ScaledDotProductAttention"/>
    public static (Tensor Output, Tensor Weights) ScaledDotProductAttentionWithWeights(Tensor query, Tensor key, Tensor value, Tensor? attnMask = null,
        double dropoutP = 0, double? scale = null, Generator? generator = null) =>
        Attend(query, key, value, attnMask, dropoutP, null, scale, false, generator, weights: true) is [var y, var w] ? (y, w) : default;

    static Tensor[] Attend(Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout, int? causal, double? scale, bool grouped,
        Generator? generator, bool weights)
    {
        AttentionOp.Check(query, key, value, grouped);
        if (!(dropout is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(dropout), dropout, $"ScaledDotProductAttention: dropoutP is {dropout}; it must be from 0 to 1.");
        // The kernels read narrow types as they are; what is made of other operations is computed in float32.
        if (query.DType.IsReduced && (weights || dropout == 1 || OperationTrace.IsOn || (mask is { RequiresGrad: true } && Autograd.IsEnabled)))
            return Array.ConvertAll(Attend(query.To(DType.Float32), key.To(DType.Float32), value.To(DType.Float32), mask, dropout, causal, scale, grouped, generator, weights),
                y => y.To(query.DType));
        int heads = query.Rank > 2 ? query.Shape[^3] : 1;
        if (grouped && key.Shape[^3] != heads)
        {
            // A head of the key beside its group of the query's: nothing is repeated in memory.
            int groups = key.Shape[^3];
            query = query.Unflatten(-3, groups, heads / groups);
            if (mask is { Rank: > 2 }) mask = mask.Shape[^3] == 1 ? mask.Unsqueeze(-3) : mask.Unflatten(-3, groups, heads / groups);
            var made = Attend(query, key.Unsqueeze(-3), value.Unsqueeze(-3), mask, dropout, causal, scale, false, generator, weights);
            return Array.ConvertAll(made, y => y.Flatten(-4, -3));
        }
        bool single = query.Rank == 2 && key.Rank == 2 && value.Rank == 2;
        if (single) (query, key, value) = (query.Unsqueeze(0), key.Unsqueeze(0), value.Unsqueeze(0));
        var outputs = AttentionOp.Run(query, key, value, mask, scale ?? 1 / Math.Sqrt(query.Shape[^1]), causal, dropout, generator, weights);
        return single ? Array.ConvertAll(outputs, y => y.Squeeze(0)) : outputs;
    }
}
