using Descent.Tensors;

namespace Descent.NN;

/// <summary>Attention of several heads, each in a projection of its own: <c>Concat(head₁, …) · W_O</c>, with <see cref="F.ScaledDotProductAttention"/> in each.</summary>
/// <remarks>
/// Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762. Bool masks are true where NOT attended, numbers are
/// added to the scores, as in PyTorch's class. A position that may attend to nothing gets zeros, where PyTorch gives NaN.
/// </remarks>
public sealed class MultiheadAttention : Module
{
    readonly int _heads;
    readonly bool _batchFirst, _addZeroAttn;
    readonly double _dropout;
    readonly Generator? _generator;
    readonly Parameter? _inProjWeight, _qProjWeight, _kProjWeight, _vProjWeight, _inProjBias, _biasK, _biasV;
    readonly Linear _outProj;

    /// <param name="embedDim">Width of queries and outputs.</param>
    /// <param name="numHeads">Heads; a divisor of the width.</param>
    /// <param name="dropout">Probability of dropping a weight, in training.</param>
    /// <param name="bias">Whether the projections add something.</param>
    /// <param name="addBiasKv">A learned key and value beside those given.</param>
    /// <param name="addZeroAttn">A key and value of zeros beside those given.</param>
    /// <param name="kdim">Width of the keys; embedDim if null.</param>
    /// <param name="vdim">Width of the values; embedDim if null.</param>
    /// <param name="batchFirst">Inputs are <c>(N, L, …)</c>, not <c>(L, N, …)</c>.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <param name="generator">Draws the starting values and what is dropped.</param>
    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public MultiheadAttention(int embedDim, int numHeads, double dropout = 0, bool bias = true, bool addBiasKv = false, bool addZeroAttn = false,
        int? kdim = null, int? vdim = null, bool batchFirst = false, DType? dtype = null, Generator? generator = null)
    {
        if (embedDim < 1 || numHeads < 1 || embedDim % numHeads != 0)
            throw new ArgumentException($"MultiheadAttention: a width of {embedDim} does not divide into {numHeads} head(s).");
        if (!(dropout is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, $"MultiheadAttention: dropout is {dropout}; it must be from 0 to 1.");
        (_heads, _dropout, _addZeroAttn, _batchFirst, _generator) = (numHeads, dropout, addZeroAttn, batchFirst, generator);
        if ((kdim ?? embedDim) == embedDim && (vdim ?? embedDim) == embedDim) _inProjWeight = Xavier(3 * embedDim, embedDim);
        else (_qProjWeight, _kProjWeight, _vProjWeight) = (Xavier(embedDim, embedDim), Xavier(embedDim, kdim ?? embedDim), Xavier(embedDim, vdim ?? embedDim));
        _inProjBias = bias ? new(Tensor.Zeros([3 * embedDim], dtype)) : null;
        if (addBiasKv) (_biasK, _biasV) = (Row(), Row());
        _outProj = new(embedDim, embedDim, bias, dtype, generator);
        _outProj.Bias?.Detach().Zero_();

        Parameter Xavier(int rows, int columns) => new(Init.XavierUniform_(Tensor.Empty([rows, columns], dtype), generator: generator));
        Parameter Row() => new(Init.XavierNormal_(Tensor.Empty([1, 1, embedDim], dtype), generator: generator));
    }

    /// <summary>Self-attention without masks.</summary>
    /// <param name="x">Shape <c>(L, N, embedDim)</c>, <c>(N, L, embedDim)</c> with batchFirst, or <c>(L, embedDim)</c>.</param>
    public override Tensor Forward(Tensor x) => Forward(x, x, x, needWeights: false).Output;

    /// <param name="query">Shape <c>(L, N, embedDim)</c>, <c>(N, L, embedDim)</c> with batchFirst, or <c>(L, embedDim)</c>.</param>
    /// <param name="key">The same with S for L and kdim for embedDim.</param>
    /// <param name="value">The same with S for L and vdim for embedDim.</param>
    /// <param name="keyPaddingMask">Shape <c>(N, S)</c>, or <c>(S)</c>: true where a key does not count, or a number to add.</param>
    /// <param name="needWeights">Whether the weights are wanted too; without them it is faster.</param>
    /// <param name="attnMask">Shape <c>(L, S)</c> or <c>(N · heads, L, S)</c>: true where not attended, or a number to add.</param>
    /// <param name="averageAttnWeights">Weights are the mean over heads.</param>
    /// <param name="isCausal">Position i attends to positions 0 to i; no <paramref name="attnMask"/> is needed for it.</param>
    /// <returns>The output in the query's form, and weights of <c>(N, L, S)</c> or <c>(N, heads, L, S)</c>, without N where there is none.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public (Tensor Output, Tensor? Weights) Forward(Tensor query, Tensor key, Tensor value, Tensor? keyPaddingMask = null, bool needWeights = true,
        Tensor? attnMask = null, bool averageAttnWeights = true, bool isCausal = false)
    {
        if (query.Rank == 2)
        {
            int batch = _batchFirst ? 0 : 1;
            var self = ReferenceEquals(query, key) && ReferenceEquals(key, value) ? query.Unsqueeze(batch) : null;
            var (y, w) = Forward(self ?? query.Unsqueeze(batch), self ?? key.Unsqueeze(batch), self ?? value.Unsqueeze(batch),
                keyPaddingMask?.Unsqueeze(0), needWeights, attnMask, averageAttnWeights, isCausal);
            return (y.Squeeze(batch), w?.Squeeze(0));
        }
        Check(query, key, value);
        var (q, k, v) = Projected(query, key, value);
        (int length, int keys, int n) = (q.Shape[2], k.Shape[2], q.Shape[0]);
        bool onlyCausal = isCausal && attnMask is null && keyPaddingMask is null && !needWeights && _biasK is null && !_addZeroAttn;
        var mask = onlyCausal ? null : Mask(attnMask, keyPaddingMask, isCausal, n, length, keys);
        (k, v, mask) = Extended(k, v, mask);

        double dropout = IsTraining ? _dropout : 0;
        Tensor heads;
        Tensor? weights = null;
        if (needWeights) (heads, weights) = F.ScaledDotProductAttentionWithWeights(q, k, v, mask, dropout, generator: _generator);
        else heads = F.ScaledDotProductAttention(q, k, v, mask, dropout, onlyCausal, generator: _generator);
        // From (N, heads, L, width of a head) to the query's own order of dimensions.
        var joined = (_batchFirst ? heads.Transpose(1, 2) : heads.Permute(2, 0, 1, 3)).Reshape(query.Shape);
        return (Observed(_outProj.Forward(joined), ProjectionFlops(query, key, value) + 4L * q.Elements * k.Shape[2]), averageAttnWeights ? weights?.Mean(1) : weights);
    }

    void Check(Tensor query, Tensor key, Tensor value)
    {
        (int batch, int length) = _batchFirst ? (0, 1) : (1, 0);
        int width = _outProj.Weight.Shape[0], kdim = (_kProjWeight ?? _outProj.Weight).Shape[1], vdim = (_vProjWeight ?? _outProj.Weight).Shape[1];
        if (query.Rank != 3 || key.Rank != 3 || value.Rank != 3 || query.Shape[2] != width || key.Shape[2] != kdim || value.Shape[2] != vdim
            || key.Shape[batch] != query.Shape[batch] || value.Shape[batch] != query.Shape[batch] || value.Shape[length] != key.Shape[length])
            throw new ShapeException($"MultiheadAttention: query {query.Shape}, key {key.Shape} and value {value.Shape} do not fit. Expected " +
                (_batchFirst ? $"(N, L, {width}), (N, S, {kdim}) and (N, S, {vdim})." : $"(L, N, {width}), (S, N, {kdim}) and (S, N, {vdim})."));
    }

    /// <summary>The projections, as <c>(N, heads, length, width of a head)</c>; one product for all three in self-attention.</summary>
    (Tensor Q, Tensor K, Tensor V) Projected(Tensor query, Tensor key, Tensor value)
    {
        if (_inProjWeight is { } all && ReferenceEquals(query, key) && ReferenceEquals(key, value))
            return F.Linear(query, all, _inProjBias).Chunk(3, -1) is [var q, var k, var v] ? (Heads(q), Heads(k), Heads(v)) : default;
        var weights = _inProjWeight?.Chunk(3) ?? [_qProjWeight!, _kProjWeight!, _vProjWeight!];
        var biases = _inProjBias?.Chunk(3);
        return (Heads(F.Linear(query, weights[0], biases?[0])), Heads(F.Linear(key, weights[1], biases?[1])), Heads(F.Linear(value, weights[2], biases?[2])));
    }

    /// <summary>Operations of the projections going in; the products of queries, keys and values come beside, the one going out counts itself.</summary>
    long ProjectionFlops(Tensor query, Tensor key, Tensor value)
    {
        int bias = _inProjBias is null ? 0 : 1, width = _outProj.Weight.Shape[0];
        return width * (2L * ((long)query.Elements + key.Elements + value.Elements)
            + bias * (query.Elements / query.Shape[2] + key.Elements / key.Shape[2] + value.Elements / value.Shape[2]));
    }

    Tensor Heads(Tensor x)
    {
        var split = x.Unflatten(-1, _heads, x.Shape[^1] / _heads);
        return _batchFirst ? split.Transpose(1, 2) : split.Permute(1, 2, 0, 3);
    }

    /// <summary>The learned key and value, and those of zeros, at the end.</summary>
    (Tensor K, Tensor V, Tensor? Mask) Extended(Tensor k, Tensor v, Tensor? mask)
    {
        int n = k.Shape[0], width = k.Shape[3];
        if (_biasK is not null) Append(_biasK.Reshape(1, _heads, 1, width).Expand(n, _heads, 1, width), _biasV!.Reshape(1, _heads, 1, width).Expand(n, _heads, 1, width));
        if (_addZeroAttn) Append(Tensor.Zeros([n, _heads, 1, width], k.DType), Tensor.Zeros([n, _heads, 1, width], v.DType));
        return (k, v, mask);

        void Append(Tensor moreK, Tensor moreV)
        {
            (k, v) = (Tensor.Cat([k, moreK.To(k.DType)], 2), Tensor.Cat([v, moreV.To(v.DType)], 2));
            if (mask is not null) mask = Tensor.Cat([mask, Tensor.Full([.. mask.Shape[..^1], 1], mask.DType == DType.Bool ? 1 : 0, mask.DType)], -1);
        }
    }

    /// <summary>All masks as one for <see cref="F.ScaledDotProductAttention"/>, where bools are true where attended.</summary>
    Tensor? Mask(Tensor? attention, Tensor? padding, bool causal, int n, int length, int keys)
    {
        if (attention is not null && attention.Shape != new Shape(length, keys) && attention.Shape != new Shape(n * _heads, length, keys))
            throw new ShapeException($"MultiheadAttention: attnMask has shape {attention.Shape}. Expected ({length}, {keys}) or ({n * _heads}, {length}, {keys}).");
        if (padding is not null && padding.Shape != new Shape(n, keys))
            throw new ShapeException($"MultiheadAttention: keyPaddingMask has shape {padding.Shape}. Expected ({n}, {keys}).");
        var mask = attention is { Rank: 3 } ? attention.Reshape(n, _heads, length, keys) : attention;
        if (mask is { DType: DType.Bool }) mask = mask.LogicalNot();
        if (causal && attention is null) mask = Tensor.Ones([length, keys]).Tril().To(DType.Bool);
        if (padding is null) return mask;
        padding = padding.Reshape(n, 1, 1, keys);
        if (padding.DType == DType.Bool) padding = padding.LogicalNot();
        if (mask is null) return padding.Expand(n, 1, length, keys);
        return mask.DType == DType.Bool && padding.DType == DType.Bool ? mask.LogicalAnd(padding) : Additive(mask) + Additive(padding);
    }

    static Tensor Additive(Tensor mask) => mask.DType != DType.Bool ? mask : Tensor.Zeros(mask.Shape).MaskedFill(mask.LogicalNot(), double.NegativeInfinity);
}
