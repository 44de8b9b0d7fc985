using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>Rows of a table named by indices: <c>y[i, …] = weight[input[i, …]]</c>.</summary>
    /// <param name="input">Integers of any shape.</param>
    /// <param name="weight">The table, <c>(rows, width)</c>.</param>
    /// <param name="paddingIdx">A row that takes no gradient; negative counts from the end.</param>
    /// <param name="maxNorm">Rows that are read and whose norm is greater are first scaled down to it, in place.</param>
    /// <param name="normType">Order of that norm.</param>
    /// <param name="scaleGradByFreq">The gradient of a row is divided by how often the indices name it.</param>
    /// <returns>Shape <c>(…, width)</c>.</returns>
    /// <exception cref="ShapeException">The table is no matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the number of rows.</exception>
    public static Tensor Embedding(Tensor input, Tensor weight, int? paddingIdx = null, double? maxNorm = null, double normType = 2,
        bool scaleGradByFreq = false)
    {
        if (weight.Rank != 2)
            throw new ShapeException($"Embedding: the weight has shape {weight.Shape}. Expected (rows, width).");
        int size = weight.Shape[0];
        if (paddingIdx is { } given && (given < -size || given >= size))
            throw new ArgumentOutOfRangeException(nameof(paddingIdx), $"Embedding: paddingIdx is {given}, but the weight has {size} rows. Expected {-size} to {size - 1}.");
        var rows = Indexed.Checked(input, 0, weight.Shape).Reshape(-1);
        if (maxNorm is { } most) EmbeddingOps.Shorten(weight, rows, most, normType);
        int padding = paddingIdx is { } p ? p < 0 ? p + size : p : -1;
        return EmbeddingOps.Fetch(weight, rows, padding, scaleGradByFreq).Reshape([.. input.Shape, weight.Shape[1]]);
    }

    /// <summary>Sums, means or maxima of bags of a table's rows.</summary>
    /// <param name="input">Integers: <c>(bags, length)</c>, or all bags one after another with <paramref name="offsets"/>.</param>
    /// <param name="weight">The table, <c>(rows, width)</c>.</param>
    /// <param name="offsets">Where in <paramref name="input"/> each bag starts; null where that has two dimensions.</param>
    /// <param name="maxNorm">As in <see cref="Embedding"/>.</param>
    /// <param name="normType">As in <see cref="Embedding"/>.</param>
    /// <param name="scaleGradByFreq">As in <see cref="Embedding"/>; not for maxima.</param>
    /// <param name="mode">How a bag's rows become one; an empty bag gives zeros.</param>
    /// <param name="perSampleWeights">A factor per index, of the shape of <paramref name="input"/>; only for sums.</param>
    /// <param name="includeLastOffset">The last offset is the end of the last bag, not the start of another.</param>
    /// <param name="paddingIdx">Indices of this row are left out.</param>
    /// <returns>Shape <c>(bags, width)</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">The offsets do not rise from 0, or the options do not go together.</exception>
    public static Tensor EmbeddingBag(Tensor input, Tensor weight, Tensor? offsets = null, double? maxNorm = null, double normType = 2,
        bool scaleGradByFreq = false, BagMode mode = BagMode.Mean, Tensor? perSampleWeights = null, bool includeLastOffset = false, int? paddingIdx = null)
    {
        if (perSampleWeights is not null && (mode != BagMode.Sum || perSampleWeights.Shape != input.Shape))
            throw new ArgumentException($"EmbeddingBag: per-sample weights of shape {perSampleWeights.Shape} for an input {input.Shape} and mode {mode}. " +
                "Expected the input's shape, and sums.", nameof(perSampleWeights));
        if (scaleGradByFreq && mode == BagMode.Max)
            throw new ArgumentException("EmbeddingBag: scaleGradByFreq is not for maxima.", nameof(scaleGradByFreq));
        if (OperationTrace.IsOn && offsets is null && paddingIdx is null)
        {
            Tensor whole;
            using (OperationTrace.Pause())
                whole = EmbeddingBag(input, weight, offsets, maxNorm, normType, scaleGradByFreq, mode, perSampleWeights, includeLastOffset, paddingIdx);
            return OperationTrace.Add(whole, perSampleWeights is null ? [input, weight] : [input, weight, perSampleWeights], mode);
        }
        var bags = EmbeddingOps.Bags(input, offsets, includeLastOffset);
        var flat = input.Reshape(-1);
        var rows = Embedding(flat, weight, paddingIdx, maxNorm, normType, scaleGradByFreq);
        if (paddingIdx is { } padding) bags = bags.Without(flat, padding < 0 ? padding + weight.Shape[0] : padding);
        if (mode == BagMode.Max) return EmbeddingOps.Greatest(rows, bags);
        if (perSampleWeights is not null) rows = rows * perSampleWeights.Reshape(-1, 1).To(rows.DType);
        var sums = EmbeddingOps.Gathered(rows, bags.OfIndex, bags.Count);
        if (mode == BagMode.Sum) return sums;
        return sums / Tensor.From<long>(Array.ConvertAll(bags.Sizes(), n => Math.Max(n, 1))).To(sums.DType).Unsqueeze(1);
    }
}

/// <summary>How the rows of a bag become one.</summary>
public enum BagMode
{
    /// <summary>Their sum.</summary>
    Sum,
    /// <summary>Their mean.</summary>
    Mean,
    /// <summary>The greatest of each column.</summary>
    Max,
}

/// <summary>Reading a table's rows, and its transpose: adding rows up where indices say.</summary>
static class EmbeddingOps
{
    /// <summary>The bag that each index belongs to, -1 for none.</summary>
    internal readonly record struct BagIndex(Tensor OfIndex, int Count)
    {
        internal BagIndex Without(Tensor input, int padding) => this with { OfIndex = OfIndex.MaskedFill(input.Eq(padding), -1) };

        internal long[] Sizes()
        {
            var sizes = new long[Count];
            foreach (long bag in OfIndex.AsSpan<long>())
                if (bag >= 0) sizes[bag]++;
            GC.KeepAlive(OfIndex);
            return sizes;
        }
    }

    internal static BagIndex Bags(Tensor input, Tensor? offsets, bool includeLastOffset)
    {
        if (input.Rank == 2 && offsets is null)
            return new(Tensor.Arange(input.Shape[0], dtype: DType.Int64).Unsqueeze(1).Expand(input.Shape).Reshape(-1).Contiguous(), input.Shape[0]);
        if (input.Rank != 1 || offsets is not { Rank: 1 })
            throw new ShapeException($"EmbeddingBag: the input has shape {input.Shape} and the offsets {(offsets is null ? "are null" : offsets.Shape)}. " +
                "Expected (bags, length) without offsets, or (indices) with offsets (bags).");
        var starts = offsets.To(DType.Int64).ToArray<long>();
        int count = starts.Length - (includeLastOffset ? 1 : 0), n = input.Elements;
        bool rises = count >= 0 && (starts.Length == 0 || starts[0] == 0);
        for (int i = 1; rises && i < starts.Length; i++) rises = starts[i] >= starts[i - 1] && starts[i] <= n;
        if (!rises)
            throw new ArgumentException($"EmbeddingBag: the offsets [{string.Join(", ", starts)}] do not rise from 0 to at most {n}, the number of indices.", nameof(offsets));
        var of = new long[n];
        Array.Fill(of, -1);
        for (int bag = 0; bag < count; bag++)
        {
            int start = (int)starts[bag], end = bag + 1 < starts.Length ? (int)starts[bag + 1] : n;
            of.AsSpan(start, end - start).Fill(bag);
        }
        return new(Tensor.From<long>(of), count);
    }

    /// <summary>Rows of a table at checked indices; <paramref name="padding"/>, if not -1, takes no gradient.</summary>
    internal static Tensor Fetch(Tensor weight, Tensor rows, int padding, bool byFrequency)
    {
        var y = Indexed.FetchRows(weight, 0, rows);
        if (OperationTrace.IsOn) OperationTrace.Describe([weight, rows]);
        return Autograd.Record(y, (size: weight.Shape[0], rows: rows.Saved, padding, byFrequency), (weight, static (dy, s) =>
        {
            Tensor rows = s.rows;
            if (s.byFrequency) dy = dy * Shares(rows, s.size).To(dy.DType);
            return Gathered(dy, s.padding < 0 ? rows : rows.MaskedFill(rows.Eq(s.padding), -1), s.size);
        }), operation: nameof(F.Embedding));
    }

    /// <summary>y[k] = Σ x[i] over the i with to[i] = k, in rising order; -1 goes nowhere.</summary>
    internal static Tensor Gathered(Tensor x, Tensor to, int count)
    {
        if (x.DType.IsReduced) return Gathered(x.To(DType.Float32), to, count).To(x.DType);
        var y = Tensor.Zeros([count, x.Shape[1]], x.DType);
        if (y.Elements > 0) Indexed.UpdateRows<AccumulateKernel>(y, 0, to, x);
        return Autograd.Record(y, to.Saved, (x, static (dy, to) =>
        {
            var outside = to.Value.Lt(0);
            if (dy.Shape[0] == 0) return Tensor.Zeros([outside.Elements, dy.Shape[1]], dy.DType);
            return Fetch(dy, to.Value.ClampMin(0), -1, false).MaskedFill(outside.Unsqueeze(1), 0);
        }));
    }

    /// <summary>The greatest of each bag and column.</summary>
    internal static Tensor Greatest(Tensor rows, BagIndex bags)
    {
        int width = rows.Shape[1];
        if (rows.Elements == 0) return Tensor.Zeros([bags.Count, width], rows.DType);
        var values = rows.Detach().To(DType.Float64).Contiguous();
        ReadOnlySpan<double> v = values.AsSpan<double>();
        var of = bags.OfIndex.AsSpan<long>();
        var at = new long[bags.Count * width];
        Array.Fill(at, -1);
        for (int i = 0; i < of.Length; i++)
            for (int j = 0; of[i] >= 0 && j < width; j++)
            {
                ref long best = ref at[of[i] * width + j];
                if (best < 0 || v[i * width + j] > v[(int)best * width + j]) best = i;
            }
        GC.KeepAlive(values);
        GC.KeepAlive(bags.OfIndex);
        var position = Tensor.From<long>(at, [bags.Count, width]);
        return rows.TakeAlongDim(position.ClampMin(0), 0).MaskedFill(position.Lt(0), 0);
    }

    /// <summary>Scales down, in place, the rows whose norm is too great.</summary>
    internal static void Shorten(Tensor weight, Tensor rows, double maxNorm, double order)
    {
        if (rows.Elements == 0) return;
        using var _ = Autograd.NoGrad();
        var used = rows.Unique().Values;
        var part = weight.IndexSelect(0, used);
        var norms = part.Norm(order, [1], keepDim: true);
        // PyTorch's 1e-7 keeps the quotient finite.
        var scale = Tensor.Where(norms.Gt(maxNorm), (norms + 1e-7).RDiv(maxNorm), Tensor.OnesLike(norms));
        weight.IndexCopy_(0, used, part * scale);
    }

    /// <summary>One divided by how often an index occurs, as a column.</summary>
    static Tensor Shares(Tensor rows, int size)
    {
        var counts = new int[size];
        var indices = rows.AsSpan<long>();
        foreach (long row in indices) counts[row]++;
        var shares = new double[indices.Length];
        for (int i = 0; i < shares.Length; i++) shares[i] = 1.0 / counts[indices[i]];
        return Tensor.From<double>(shares, [shares.Length, 1]);
    }
}
