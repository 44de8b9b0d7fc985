using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Attention as one operation: two products around a softmax in place, and their gradients.</summary>
static class AttentionOp
{
    sealed record State(Saved Query, Saved Key, Saved Value, Tensor? Mask, double Scale, bool Causal, Saved Probabilities, Tensor? Kept);

    internal static void Check(Tensor query, Tensor key, Tensor value, bool grouped)
    {
        bool fits = query.Rank >= 2 && key.Rank >= 2 && value.Rank >= 2 && query.Shape[^1] == key.Shape[^1] && key.Shape[^2] == value.Shape[^2];
        if (fits && grouped)
            fits = query.Rank > 2 && key.Rank > 2 && value.Rank > 2 && key.Shape[^3] == value.Shape[^3] && key.Shape[^3] > 0 && query.Shape[^3] % key.Shape[^3] == 0;
        if (!fits)
            throw new ShapeException($"ScaledDotProductAttention: query {query.Shape}, key {key.Shape} and value {value.Shape} do not fit. Expected (…, L, E), (…, S, E) and (…, S, Ev)" +
                (grouped ? ", the heads of key and value equal and a divisor of the query's." : "."));
        if (!query.DType.IsFloatingPoint || key.DType != query.DType || value.DType != query.DType)
            throw new ArgumentException($"ScaledDotProductAttention: query, key and value are {query.DType}, {key.DType} and {value.DType}. Expected one floating-point type.");
    }

    /// <returns>The output, and the weights if they are asked for.</returns>
    internal static Tensor[] Run(Tensor query, Tensor key, Tensor value, Tensor? mask, double scale, bool causal, double dropout, Generator? generator, bool weights)
    {
        const string name = nameof(F.ScaledDotProductAttention);
        var batch = Shape.Broadcast(Shape.Broadcast(query.Shape[..^2], key.Shape[..^2], name), value.Shape[..^2], name);
        int rows = query.Shape[^2], columns = key.Shape[^2];
        Shape scores = [.. batch, rows, columns];
        if (mask is not null && Shape.Broadcast(scores, mask.Shape, name) != scores)
            throw new ShapeException($"{name}: the mask has shape {mask.Shape}; expected one that broadcasts to the scores, {scores}.");
        if (mask is { DType: not DType.Bool } && !mask.DType.IsFloatingPoint)
            throw new ArgumentException($"{name}: the mask is {mask.DType}; expected Bool or a floating-point type.", nameof(mask));
        Tensor? kept = null;
        if (dropout > 0) kept = F.Dropout(Tensor.Ones(scores, query.DType), dropout, true, generator);
        if ((mask is { RequiresGrad: true } && Autograd.IsEnabled) || OperationTrace.IsOn)
            return Composite([query, key, value], mask, scale, causal, kept, weights);

        Tensor probabilities, y;
        using (Autograd.NoGrad())
        {
            Tensor q = query.Detach(), k = key.Detach(), v = value.Detach();
            probabilities = Tensor.Uninitialized(scores, q.DType);
            MatMulOps.BatchedInto(probabilities, q, k.T);
            var added = mask is null ? null : Additive(mask, scores, q.DType);
            if (q.DType == DType.Float32) Softmax<float>(probabilities, added, scale, causal);
            else Softmax<double>(probabilities, added, scale, causal);
            y = Beside([.. batch, rows, v.Shape[^1]], q.DType);
            MatMulOps.BatchedInto(y, kept is null ? probabilities : probabilities * kept, v);
        }
        Tensor[] outputs = weights ? [y, kept is null ? probabilities : probabilities * kept] : [y];
        Autograd.RecordJoint(outputs, new State(query.Saved, key.Saved, value.Saved, mask, scale, causal, probabilities.Detach().Saved, kept), [query, key, value],
            Gradients, operation: name);
        return outputs;
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        Tensor q = s.Query, k = s.Key, v = s.Value;
        if (Autograd.IsEnabled)
        {
            bool weights = dys.Length > 1;
            CompositeGradient.Run(dys, [q, k, v], needed, results, x => Composite(x, s.Mask, s.Scale, s.Causal, s.Kept, weights));
            return;
        }
        Tensor p = s.Probabilities;
        var batch = p.Shape[..^2];
        int rows = p.Shape[^2], columns = p.Shape[^1];
        if (needed[2] && dys[0] is { } above)
        {
            var dv = Beside([.. batch, columns, v.Shape[^1]], v.DType);
            MatMulOps.BatchedInto(dv, (s.Kept is null ? p : p * s.Kept).T, above);
            results[2] = dv.SumTo(v.Shape);
        }
        if (!needed[0] && !needed[1]) return;
        var dp = Tensor.Zeros([], p.DType);
        if (dys[0] is { } dy)
        {
            dp = Tensor.Uninitialized(p.Shape, p.DType);
            MatMulOps.BatchedInto(dp, dy, v.T);
        }
        if (dys.Length > 1 && dys[1] is { } direct) dp = dp + direct;
        if (s.Kept is not null) dp = dp * s.Kept;
        if (p.DType == DType.Float32) AttentionRows.Gradient<float>(p.AsSpan<float>(), dp.AsSpan<float>(), (float)s.Scale, columns);
        else AttentionRows.Gradient<double>(p.AsSpan<double>(), dp.AsSpan<double>(), s.Scale, columns);
        if (needed[0])
        {
            var dq = Beside([.. batch, rows, q.Shape[^1]], q.DType);
            MatMulOps.BatchedInto(dq, dp, k);
            results[0] = dq.SumTo(q.Shape);
        }
        if (needed[1])
        {
            var dk = Beside([.. batch, columns, k.Shape[^1]], k.DType);
            MatMulOps.BatchedInto(dk, dp.T, q);
            results[1] = dk.SumTo(k.Shape);
        }
    }

    static void Softmax<T>(Tensor x, Tensor? mask, double scale, bool causal) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int[] dims = x.Shape[..^1].ToArray();
        var layout = new LoopNest(dims, mask is null ? new int[dims.Length] : Pointwise.BroadcastStrides(mask, x.Shape)[..^1]);
        if (mask is null) AttentionRows.Softmax(x.AsSpan<T>(), T.CreateTruncating(scale), causal, ref System.Runtime.CompilerServices.Unsafe.NullRef<T>(), layout, x.Shape[^2], x.Shape[^1]);
        else AttentionRows.Softmax(x.AsSpan<T>(), T.CreateTruncating(scale), causal, ref mask.First<T>(), layout, x.Shape[^2], x.Shape[^1]);
        GC.KeepAlive(mask);
    }

    /// <summary>The mask as numbers to add, its rows contiguous and as long as those of the scores.</summary>
    static Tensor Additive(Tensor mask, Shape scores, DType dtype)
    {
        mask = mask.Detach();
        var added = mask.DType == DType.Bool ? Tensor.Zeros(mask.Shape, dtype).MaskedFill(mask.LogicalNot(), double.NegativeInfinity) : mask.To(dtype);
        if (added.Rank == 0) added = added.Reshape(1);
        if (added.Shape[^1] != scores[^1]) added = added.Expand([.. added.Shape[..^1], scores[^1]]);
        return added.Contiguous();
    }

    /// <summary>Room for a batch of heads that lie side by side within each row, so that joining them needs no copy.</summary>
    static Tensor Beside(Shape shape, DType dtype)
    {
        if (shape.Rank < 4) return Tensor.Uninitialized(shape, dtype);
        int rank = shape.Rank;
        int[] order = [0, .. Enumerable.Range(2, rank - 3), 1, rank - 1];
        return Tensor.Uninitialized([shape[0], shape[^2], .. shape[1..^2], shape[^1]], dtype).Permute(order);
    }

    /// <summary>The same in recorded operations.</summary>
    static Tensor[] Composite(Tensor[] x, Tensor? mask, double scale, bool causal, Tensor? kept, bool weights)
    {
        var scores = x[0].MatMul(x[1].T) * scale;
        if (causal) mask = Tensor.Ones([scores.Shape[^2], scores.Shape[^1]], DType.UInt8).Tril().To(DType.Bool);
        if (mask is { DType: DType.Bool }) scores = scores.MaskedFill(mask.LogicalNot(), double.NegativeInfinity);
        else if (mask is not null) scores += mask.To(scores.DType);
        var blind = scores.Detach().Eq(double.NegativeInfinity).All(-1, keepDim: true);
        var p = scores.MaskedFill(blind, 0).Softmax(-1).MaskedFill(blind, 0);
        if (kept is not null) p *= kept;
        var y = p.MatMul(x[2]);
        return weights ? [y, p] : [y];
    }
}
