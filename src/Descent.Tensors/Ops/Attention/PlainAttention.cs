using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Attention whose weights are kept, for those who ask for them: two products around a softmax in place, and their gradients.</summary>
static class PlainAttention
{
    sealed record State(Saved Query, Saved Key, Saved Value, Tensor? Mask, double Scale, Saved Probabilities, Tensor? Kept);

    /// <returns>The output and the weights after dropout.</returns>
    internal static Tensor[] Run(Tensor query, Tensor key, Tensor value, Tensor? mask, double scale, Tensor? kept)
    {
        const string name = nameof(F.ScaledDotProductAttention);
        if ((mask is { RequiresGrad: true } && Autograd.IsEnabled) || OperationTrace.IsOn)
            return Composite([query, key, value], mask, scale, null, kept);

        var batch = Shape.Broadcast(Shape.Broadcast(query.Shape[..^2], key.Shape[..^2], name), value.Shape[..^2], name);
        int rows = query.Shape[^2], columns = key.Shape[^2];
        Shape scores = [.. batch, rows, columns];
        Tensor probabilities, y;
        using (Autograd.NoGrad())
        {
            Tensor q = query.Detach(), k = key.Detach(), v = value.Detach();
            probabilities = Tensor.Uninitialized(scores, q.DType);
            MatMulOps.BatchedInto(probabilities, q, k.T);
            var added = mask is null ? null : Additive(mask, scores, q.DType);
            if (q.DType == DType.Float32) Softmax<float>(probabilities, added, scale);
            else Softmax<double>(probabilities, added, scale);
            y = Beside([.. batch, rows, v.Shape[^1]], q.DType);
            MatMulOps.BatchedInto(y, kept is null ? probabilities : probabilities * kept, v);
        }
        Tensor[] outputs = [y, kept is null ? probabilities : probabilities * kept];
        Autograd.RecordJoint(outputs, new State(query.Saved, key.Saved, value.Saved, mask, scale, probabilities.Detach().Saved, kept), [query, key, value],
            Gradients, operation: name);
        return outputs;
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        Tensor q = s.Query, k = s.Key, v = s.Value;
        if (Autograd.IsEnabled)
        {
            CompositeGradient.Run(dys, [q, k, v], needed, results, x => Composite(x, s.Mask, s.Scale, null, s.Kept));
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
        if (dys[1] is { } direct) dp = dp + direct;
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

    static void Softmax<T>(Tensor x, Tensor? mask, double scale) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int[] dims = x.Shape[..^1].ToArray();
        var layout = new LoopNest(dims, mask is null ? new int[dims.Length] : Pointwise.BroadcastStrides(mask, x.Shape)[..^1]);
        if (mask is null) AttentionRows.Softmax(x.AsSpan<T>(), T.CreateTruncating(scale), ref System.Runtime.CompilerServices.Unsafe.NullRef<T>(), layout, x.Shape[^1]);
        else AttentionRows.Softmax(x.AsSpan<T>(), T.CreateTruncating(scale), ref mask.First<T>(), layout, x.Shape[^1]);
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
    internal static Tensor Beside(Shape shape, DType dtype)
    {
        if (shape.Rank < 4) return Tensor.Uninitialized(shape, dtype);
        int rank = shape.Rank;
        int[] order = [0, .. Enumerable.Range(2, rank - 3), 1, rank - 1];
        return Tensor.Uninitialized([shape[0], shape[^2], .. shape[1..^2], shape[^1]], dtype).Permute(order);
    }

    /// <summary>Room for the gradients of tensors that are parts of one, equally far from each other and without gaps: parts of one again, or null.</summary>
    internal static Tensor[]? AsParts(ReadOnlySpan<Tensor> parts)
    {
        var first = parts[0];
        int step = parts[1].Offset - first.Offset;
        for (int i = 1; i < parts.Length; i++)
        {
            var (before, part) = (parts[i - 1], parts[i]);
            if (!ReferenceEquals(part.Storage, first.Storage) || part.DType != first.DType || part.Shape != first.Shape || part.Offset - before.Offset != step
                || !part.StrideArray.AsSpan().SequenceEqual(first.StrideArray)) return null;
        }
        // Without gaps and overlaps each stride, in their order, is the number of elements below.
        (int Size, int Stride)[] dims = [(parts.Length, step), .. first.Shape.ToArray().Zip(first.StrideArray)];
        int expected = 1;
        foreach (var (size, stride) in dims.Where(d => d.Size != 1).OrderBy(d => d.Stride))
        {
            if (stride != expected) return null;
            expected *= size;
        }
        var whole = Tensor.Uninitialized([expected], first.DType);
        var room = new Tensor[parts.Length];
        for (int i = 0; i < room.Length; i++) room[i] = whole.Alias(first.Shape, first.StrideArray, i * step);
        return room;
    }

    /// <summary>The same in recorded operations.</summary>
    /// <param name="x">Query, key and value.</param>
    /// <param name="mask">Bools or numbers.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="causal">Query i sees keys 0 to i plus this; null without such a limit.</param>
    /// <param name="kept">What the weights are multiplied by.</param>
    internal static Tensor[] Composite(Tensor[] x, Tensor? mask, double scale, int? causal, Tensor? kept)
    {
        var scores = x[0].MatMul(x[1].T) * scale;
        if (causal is { } offset)
            scores = scores.MaskedFill(Tensor.Ones([scores.Shape[^2], scores.Shape[^1]], DType.UInt8).Tril(offset).To(DType.Bool).LogicalNot(), double.NegativeInfinity);
        if (mask is { DType: DType.Bool }) scores = scores.MaskedFill(mask.LogicalNot(), double.NegativeInfinity);
        else if (mask is not null) scores += mask.To(scores.DType);
        var blind = scores.Detach().Eq(double.NegativeInfinity).All(-1, keepDim: true);
        var p = scores.MaskedFill(blind, 0).Softmax(-1).MaskedFill(blind, 0);
        if (kept is not null) p *= kept;
        return [p.MatMul(x[2]), p];
    }
}
