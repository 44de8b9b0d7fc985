using Descent.Tensors;

namespace Descent.NN;

/// <summary>Sequences of different lengths, padded to one tensor or packed without padding, and back.</summary>
public static class Sequences
{
    /// <summary>Without the padding: what the recurrent layers take so that it costs nothing and changes no state.</summary>
    /// <param name="x">Padded sequences, <c>(L, N, …)</c>, or <c>(N, L, …)</c> if <paramref name="batchFirst"/>.</param>
    /// <param name="lengths">Length of each sequence, at least 1.</param>
    /// <param name="batchFirst">The sequences are along the first dimension.</param>
    /// <param name="enforceSorted">The lengths must fall; otherwise the sequences are sorted, and the results put back in order.</param>
    /// <exception cref="ArgumentException">A length is below 1 or above L, or they do not fall though they must.</exception>
    /// <exception cref="ShapeException">There are not N lengths.</exception>
    public static PackedSequence Pack(Tensor x, IReadOnlyList<int> lengths, bool batchFirst = false, bool enforceSorted = true)
    {
        if (x.Rank < 2 || lengths.Count != x.Shape[batchFirst ? 0 : 1])
            throw new ShapeException($"Pack: {lengths.Count} lengths for {x.Shape}. Expected one for each sequence of {(batchFirst ? "(N, L, …)" : "(L, N, …)")}.");
        int steps = x.Shape[batchFirst ? 1 : 0], batch = lengths.Count;
        if (batch == 0 || lengths.Any(n => n < 1 || n > steps))
            throw new ArgumentException($"Pack: the lengths are ({string.Join(", ", lengths)}). Expected at least one, each from 1 to {steps}.", nameof(lengths));
        int[]? order = null;
        if (!enforceSorted) order = [.. Enumerable.Range(0, batch).OrderByDescending(i => lengths[i])];
        else if (lengths.Zip(lengths.Skip(1)).Any(pair => pair.First < pair.Second))
            throw new ArgumentException($"Pack: the lengths ({string.Join(", ", lengths)}) do not fall. Sort the sequences, or pass enforceSorted: false.", nameof(lengths));

        int[] sizes = [.. Enumerable.Range(0, lengths.Max()).Select(t => lengths.Count(n => n > t))];
        var rows = new List<long>();
        foreach (var (t, size) in sizes.Index())
            for (int place = 0; place < size; place++)
            {
                int i = order is null ? place : order[place];
                rows.Add(batchFirst ? (long)i * steps + t : (long)t * batch + i);
            }
        var flat = x.Reshape([x.Shape[0] * x.Shape[1], .. x.Shape[2..]]);
        return new(flat.IndexSelect(0, Tensor.From<long>(rows.ToArray())), sizes, order);
    }

    /// <summary>With padding again, in the order in which the sequences came.</summary>
    /// <param name="packed">The packed sequences.</param>
    /// <param name="batchFirst">The sequences shall be along the first dimension.</param>
    /// <param name="paddingValue">What stands in the padding.</param>
    /// <param name="totalLength">L of the result; the longest sequence's if null.</param>
    /// <returns>Shape <c>(L, N, …)</c> or <c>(N, L, …)</c>, and the length of each sequence.</returns>
    /// <exception cref="ArgumentException"><paramref name="totalLength"/> is shorter than a sequence.</exception>
    public static (Tensor Padded, int[] Lengths) Pad(PackedSequence packed, bool batchFirst = false, double paddingValue = 0, int? totalLength = null)
    {
        var sizes = packed.BatchSizes;
        int longest = sizes.Count, steps = totalLength ?? longest, batch = sizes[0];
        if (steps < longest)
            throw new ArgumentException($"Pad: totalLength is {steps}, but there is a sequence of {longest}.", nameof(totalLength));
        var rows = new List<long>();
        foreach (var (t, size) in sizes.Index())
            for (int place = 0; place < size; place++)
            {
                int i = packed.SortedIndices is { } order ? order[place] : place;
                rows.Add(batchFirst ? (long)i * steps + t : (long)t * batch + i);
            }
        var rest = packed.Data.Shape[1..];
        var padded = Tensor.Full([batch * steps, .. rest], paddingValue, packed.Data.DType).IndexCopy(0, Tensor.From<long>(rows.ToArray()), packed.Data);
        var lengths = packed.Lengths();
        return (padded.Reshape(batchFirst ? [batch, steps, .. rest] : [steps, batch, .. rest]),
            packed.UnsortedIndices is { } places ? [.. places.Select(p => lengths[p])] : lengths);
    }

    /// <summary>Sequences <c>(length, …)</c> padded at their ends to one tensor.</summary>
    /// <param name="sequences">At least one; they agree but for the first dimension.</param>
    /// <param name="batchFirst">The sequences shall be along the first dimension.</param>
    /// <param name="paddingValue">What stands in the padding.</param>
    /// <returns>Shape <c>(L, N, …)</c> or <c>(N, L, …)</c>.</returns>
    /// <exception cref="ShapeException">There is none, or they differ in more than length.</exception>
    public static Tensor PadSequence(IReadOnlyList<Tensor> sequences, bool batchFirst = false, double paddingValue = 0)
    {
        if (sequences.Count == 0 || sequences.Any(s => s.Rank == 0 || s.Shape[1..] != sequences[0].Shape[1..]))
            throw new ShapeException($"PadSequence: the sequences have shapes {string.Join(", ", sequences.Select(s => s.Shape))}. " +
                "Expected at least one, and that they differ only in their first dimension.");
        int longest = sequences.Max(s => s.Shape[0]);
        Tensor[] padded = [.. sequences.Select(s => s.Shape[0] == longest ? s
            : Tensor.Cat([s, Tensor.Full([longest - s.Shape[0], .. s.Shape[1..]], paddingValue, s.DType)]))];
        return Tensor.Stack(padded, batchFirst ? 0 : 1);
    }

    /// <summary>Sequences <c>(length, …)</c> without padding.</summary>
    /// <inheritdoc cref="Pack"/>
    /// <param name="sequences">At least one; they agree but for the first dimension.</param>
    public static PackedSequence PackSequence(IReadOnlyList<Tensor> sequences, bool enforceSorted = true) =>
        Pack(PadSequence(sequences), [.. sequences.Select(s => s.Shape[0])], enforceSorted: enforceSorted);

    /// <summary>The sequences <c>(length, …)</c> apart, in the order in which they came.</summary>
    public static Tensor[] UnpackSequence(PackedSequence packed)
    {
        var (padded, lengths) = Pad(packed, batchFirst: true);
        return [.. lengths.Select((n, i) => padded.Select(0, i).Narrow(0, 0, n))];
    }
}
