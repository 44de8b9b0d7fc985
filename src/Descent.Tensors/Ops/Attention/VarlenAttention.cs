namespace Descent.Tensors;

public static partial class F
{
    /// <summary>Attention within each of several sequences that lie one after the other, without padding.</summary>
    /// <remarks>
    /// Sequence n has the queries cuSeqQ[n] to cuSeqQ[n + 1] − 1 and the keys cuSeqK[n] to cuSeqK[n + 1] − 1, and sees no other.
    /// As in Dao, "FlashAttention-2", 2023, arXiv:2307.08691, a causal sequence's last query sees its last key, so that with
    /// more keys than queries the queries are the sequence's end.
    /// </remarks>
    /// <param name="query">Shape <c>(tokens, heads, E)</c>.</param>
    /// <param name="key">Shape <c>(keys, key heads, E)</c>; each of its heads serves a group of the query's.</param>
    /// <param name="value">Shape <c>(keys, key heads, Ev)</c>.</param>
    /// <param name="cuSeqQ">Sums of the sequences' lengths, from 0 to all tokens, Int32 or Int64, of shape <c>(sequences + 1)</c>.</param>
    /// <param name="cuSeqK">The same of the keys; as <paramref name="cuSeqQ"/> if null.</param>
    /// <param name="dropoutP">Probability with which a weight is dropped; give 0 outside training.</param>
    /// <param name="isCausal">No position attends to a later one.</param>
    /// <param name="scale">Factor of the scores; <c>1/√E</c> if null.</param>
    /// <param name="generator">Draws what is dropped; the default generator if null.</param>
    /// <returns>Shape <c>(tokens, heads, Ev)</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">The types differ, or the sums do not rise from 0 to the number of tokens.</exception>
    public static Tensor VarlenAttention(Tensor query, Tensor key, Tensor value, Tensor cuSeqQ, Tensor? cuSeqK = null, double dropoutP = 0,
        bool isCausal = false, double? scale = null, Generator? generator = null)
    {
        if (query.Rank != 3 || key.Rank != 3 || value.Rank != 3 || query.Shape[2] != key.Shape[2] || key.Shape[0] != value.Shape[0] || key.Shape[1] != value.Shape[1]
            || key.Shape[1] == 0 || query.Shape[1] % key.Shape[1] != 0)
            throw new ShapeException($"VarlenAttention: query {query.Shape}, key {key.Shape} and value {value.Shape} do not fit. Expected (tokens, heads, E), (keys, key heads, E) " +
                "and (keys, key heads, Ev), the heads of key and value equal and a divisor of the query's.");
        if (!query.DType.IsFloatingPoint || key.DType != query.DType || value.DType != query.DType)
            throw new ArgumentException($"VarlenAttention: query, key and value are {query.DType}, {key.DType} and {value.DType}. Expected one floating-point type.");
        if (!(dropoutP is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(dropoutP), dropoutP, $"VarlenAttention: dropoutP is {dropoutP}; it must be from 0 to 1.");
        int[] queryStarts = Starts(cuSeqQ, query.Shape[0], nameof(cuSeqQ)), keyStarts = cuSeqK is null ? Starts(cuSeqQ, key.Shape[0], nameof(cuSeqQ)) : Starts(cuSeqK, key.Shape[0], nameof(cuSeqK));
        if (queryStarts.Length != keyStarts.Length)
            throw new ShapeException($"VarlenAttention: there are {queryStarts.Length - 1} sequences of queries, but {keyStarts.Length - 1} of keys.");
        return VarlenOp.Run(query, key, value, new(queryStarts, keyStarts), isCausal, dropoutP, scale ?? 1 / Math.Sqrt(query.Shape[2]), generator);
    }

    static int[] Starts(Tensor sums, int total, string name)
    {
        if (sums.Rank != 1 || sums.Elements < 2 || sums.DType is not (DType.Int32 or DType.Int64))
            throw new ArgumentException($"VarlenAttention: {name} is {sums.DType} of shape {sums.Shape}; expected Int32 or Int64 of one dimension, one longer than there are sequences, of which there is at least one.", name);
        var starts = Array.ConvertAll(sums.To(DType.Int64).ToArray<long>(), n => (int)Math.Clamp(n, int.MinValue, int.MaxValue));
        for (int i = 0; i < starts.Length; i++)
            if (starts[i] < (i == 0 ? 0 : starts[i - 1]) || (i == 0 && starts[i] != 0) || (i == starts.Length - 1 && starts[i] != total))
                throw new ArgumentException($"VarlenAttention: {name}[{i}] is {starts[i]}; expected numbers that begin with 0, never fall, and end with the {total} positions there are.", name);
        return starts;
    }
}

/// <summary>Attention within packed sequences as one operation.</summary>
static class VarlenOp
{
    sealed record State(Saved Query, Saved Key, Saved Value, Saved Output, Tensor LogSums, PackedSequences Packed, bool Causal, AttentionSettings Settings);

    internal static Tensor Run(Tensor query, Tensor key, Tensor value, PackedSequences packed, bool causal, double dropout, double scale, Generator? generator)
    {
        int heads = query.Shape[1];
        long scores = (long)packed.Count * heads * PackedSequences.Longest(packed.QueryStarts) * PackedSequences.Longest(packed.KeyStarts);
        var settings = AttentionSettings.Of(scale, causal ? 0 : null, dropout, generator, scores);
        if (OperationTrace.IsOn || dropout == 1) return Composite([query, key, value], packed, causal, settings);
        var y = Tensor.Uninitialized([query.Shape[0], heads, value.Shape[2]], query.DType);
        var logSums = Tensor.Uninitialized([heads, query.Shape[0]], query.DType.IsReduced ? DType.Float32 : query.DType);
        new AttentionCall { Query = query, Key = key, Value = value, Output = y, LogSums = logSums, Settings = settings, Packed = packed }.Forward();
        Autograd.RecordJoint([y], new State(query.Saved, key.Saved, value.Saved, y.Detach().Saved, logSums, packed, causal, settings), [query, key, value], Gradients,
            operation: nameof(F.VarlenAttention));
        return y;
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        Tensor q = s.Query, k = s.Key, v = s.Value;
        if (dys[0] is not { } dy) return;
        if (Autograd.IsEnabled)
        {
            CompositeGradient.Run(dys, [q, k, v], needed, results, x => [Composite(x, s.Packed, s.Causal, s.Settings)]);
            return;
        }
        var call = new AttentionCall
        {
            Query = q, Key = k, Value = v, Output = s.Output, LogSums = s.LogSums, Settings = s.Settings, Packed = s.Packed, OutputGradient = dy.To(q.DType),
            QueryGradient = needed[0] ? Tensor.Uninitialized(q.Shape, q.DType) : null,
            KeyGradient = needed[1] ? Tensor.Uninitialized(k.Shape, k.DType) : null,
            ValueGradient = needed[2] ? Tensor.Uninitialized(v.Shape, v.DType) : null,
        };
        call.Backward();
        (results[0], results[1], results[2]) = (call.QueryGradient, call.KeyGradient, call.ValueGradient);
    }

    /// <summary>The same in recorded operations, one sequence after the other.</summary>
    static Tensor Composite(Tensor[] x, PackedSequences packed, bool causal, AttentionSettings settings)
    {
        var type = x[0].DType;
        if (type.IsReduced) x = Array.ConvertAll(x, t => t.To(DType.Float32));
        int heads = x[0].Shape[1], group = heads / x[1].Shape[1];
        long scores = (long)PackedSequences.Longest(packed.QueryStarts) * PackedSequences.Longest(packed.KeyStarts);
        var parts = new Tensor[packed.Count];
        for (int n = 0; n < parts.Length; n++)
        {
            int queries = packed.QueryStarts[n + 1] - packed.QueryStarts[n], keys = packed.KeyStarts[n + 1] - packed.KeyStarts[n];
            var q = x[0].Narrow(0, packed.QueryStarts[n], queries).Transpose(0, 1);
            Tensor k = Keys(x[1]), v = Keys(x[2]);
            Tensor? kept = null;
            if (settings.Dropout > 0)
                kept = Tensor.Stack([.. Enumerable.Range(0, heads).Select(h =>
                    (settings with { Words = settings.Words + (ulong)((long)n * heads + h) * (ulong)scores }).Kept([queries, keys], q.DType)!)]);
            parts[n] = PlainAttention.Composite([q, k, v], null, settings.Scale, causal ? keys - queries : null, kept)[0].Transpose(0, 1);

            Tensor Keys(Tensor t) => t.Narrow(0, packed.KeyStarts[n], keys).Transpose(0, 1).RepeatInterleave(group, 0);
        }
        return Tensor.Cat(parts, 0).To(type);
    }
}
