using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Attention by tiles: a softmax that goes on over blocks of keys, so that of the scores only a tile is ever there. Kept
/// are the output and one logarithm a row.
/// </summary>
/// <remarks>
/// Dao et al., "FlashAttention", 2022, arXiv:2205.14135; Dao, "FlashAttention-2", 2023, arXiv:2307.08691. An item is a
/// range of one head's queries: keys and values are packed once for it and read by all its blocks of queries, and a
/// block's numbers depend on its head and range alone, not on who computes it.
/// </remarks>
unsafe struct AttentionForward<T, V, L> : IParallelBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : struct
    where L : IFloatLanes<T, V>
{
    // Panels of queries and sums of a range, together at most so large that they stay in the second cache.
    const int RangeBytes = 384 * 1024;

    // Ranges are not cut smaller for parallelism than makes so many pieces.
    const int EnoughItems = 16;

    AttentionJob<T> _job;
    int _range, _ranges;

    internal static void Run(in AttentionJob<T> job)
    {
        if (job.Queries <= AttentionFewQueries<T, V, L>.Most && job.Keys >= AttentionFewQueries<T, V, L>.LeastKeys)
        {
            AttentionFewQueries<T, V, L>.Run(job);
            return;
        }
        int pitch = AttentionTile<T, V, L>.Pitch;
        int most = Math.Max(pitch, RangeBytes / sizeof(T) / (job.Width + job.ValueWidth + 1) / pitch * pitch);
        int wanted = (int)Math.Min(most, ((long)job.Queries * job.QueryHeads / EnoughItems + pitch - 1) / pitch * pitch);
        var body = new AttentionForward<T, V, L> { _job = job, _range = Math.Min(most, Math.Max(2 * pitch, wanted)) };
        body._ranges = (job.Queries + body._range - 1) / body._range;
        WorkerPool.For(body._ranges * job.QueryHeads, body);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Invoke(int index)
    {
        // Under a causal mask the last ranges take longest, so they come first.
        (int turn, int headIndex) = Math.DivRem(index, _job.QueryHeads);
        var head = _job.Head(headIndex);
        int first = (_ranges - 1 - turn) * _range, queries = Math.Min(_range, head.Queries - first);
        if (queries <= 0) return;
        int rows = AttentionTile<T, V, L>.Rows, pitch = AttentionTile<T, V, L>.Pitch, most = AttentionBlock<T, V, L>.MostKeys;
        int vectors = (queries + L.Count - 1) / L.Count, blocks = (vectors + 2) / 3, width = _job.Width, valueWidth = (_job.ValueWidth + rows - 1) / rows * rows;

        bool masked = _job.Mask != AttentionMask.None, drops = _job.Keep < 1;
        nint extra = (masked ? most : 0) + (drops ? most : 0);
        T* at = Scratch.Get<T>(ScratchSlot.RightPanels, (nint)blocks * pitch * (width + valueWidth + 2) + most * (nint)(width + valueWidth) + (most + extra + 2) * (nint)pitch
            + (_job.Storage == ElementStorage.Same ? 0 : (nint)most * Math.Max(width, _job.ValueWidth)));
        T* queryPanels = Take(ref at, (nint)blocks * width * pitch), sums = Take(ref at, (nint)blocks * valueWidth * pitch);
        T* maxima = Take(ref at, blocks * pitch), totals = Take(ref at, blocks * pitch);
        T* keyPanels = Take(ref at, most * width), valuePanels = Take(ref at, most * valueWidth), scores = Take(ref at, most * pitch);
        T* greatest = Take(ref at, pitch), lanes = Take(ref at, pitch);
        T* mask = masked ? Take(ref at, most * pitch) : null, kept = drops ? Take(ref at, most * pitch) : null, buffer = at;

        for (int i = 0; i < L.Count; i++) lanes[i] = T.CreateTruncating(i);
        new Span<T>(maxima, blocks * pitch).Fill(T.NegativeInfinity);
        new Span<T>(totals, blocks * pitch).Clear();
        NativeMemory.Clear(sums, (nuint)blocks * (nuint)(valueWidth * pitch * sizeof(T)));
        int end = _job.Causal ? Math.Clamp(first + queries + head.Offset, 0, head.Keys) : head.Keys;
        Fetch(head, 0, Math.Min(most, end));
        for (int b = 0; b < blocks; b++)
        {
            int start = b * vectors / blocks, count = (b + 1) * vectors / blocks - start;
            AttentionPacking<T, V, L>.Queries(_job, AttentionTensor.Query, head, first + start * L.Count, count, width, queryPanels + (nint)b * width * pitch, buffer, _job.ScoreScale);
        }

        for (int key = 0; key < end; key += most)
        {
            int keys = Math.Min(most, end - key);
            AttentionPacking<T, V, L>.Keys(_job, AttentionTensor.Key, head, key, keys, width, keyPanels, buffer);
            AttentionPacking<T, V, L>.KeyColumns(_job, AttentionTensor.Value, head, key, keys, _job.ValueWidth, valuePanels, buffer);
            Fetch(head, key + most, Math.Min(most, end - key - most));
            for (int b = 0; b < blocks; b++)
            {
                int start = b * vectors / blocks, count = (b + 1) * vectors / blocks - start;
                var block = new AttentionBlock<T, V, L>(_job, head, first + start * L.Count, count, key, keys);
                if (block.SeenByAny == 0 || !block.ReadMask(mask)) continue;
                block.Scores(keyPanels, queryPanels + (nint)b * width * pitch, scores, mask, lanes, greatest);
                T* sum = sums + (nint)b * valueWidth * pitch;
                Rescale(block, greatest, maxima + b * pitch, totals + b * pitch, sum, valueWidth);
                Exponentials(block, scores, maxima + b * pitch, totals + b * pitch);
                if (drops)
                {
                    block.ReadKept(kept);
                    Multiply(block, scores, kept);
                }
                block.AddTo(sum, valuePanels, valueWidth, scores);
            }
        }
        for (int b = 0; b < blocks; b++)
        {
            int start = b * vectors / blocks, count = (b + 1) * vectors / blocks - start, from = first + start * L.Count, rowsHere = Math.Min(count * L.Count, head.Queries - from);
            Finish(head, from, rowsHere, count, maxima + b * pitch, totals + b * pitch, sums + (nint)b * valueWidth * pitch, buffer);
        }
    }

    readonly void Fetch(in AttentionHead<T> head, int key, int keys)
    {
        AttentionPacking<T, V, L>.Prefetch(_job, AttentionTensor.Key, head, key, keys, _job.Width);
        AttentionPacking<T, V, L>.Prefetch(_job, AttentionTensor.Value, head, key, keys, _job.ValueWidth);
    }

    static T* Take(ref T* at, nint count)
    {
        T* part = at;
        at += count;
        return part;
    }

    /// <summary>
    /// Raises the maxima that what the sums were taken relative to, and scales the sums down accordingly. Up to 2⁸ above the
    /// maximum nothing overflows or is lost, so that only the first blocks of keys move it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Rescale(in AttentionBlock<T, V, L> block, T* greatest, T* maxima, T* totals, T* sums, int valueWidth)
    {
        nint pitch = AttentionTile<T, V, L>.Pitch;
        V slack = L.Broadcast(T.CreateTruncating(8));
        for (int v = 0; v < block.Vectors; v++, greatest += L.Count, maxima += L.Count, totals += L.Count, sums += L.Count)
        {
            V found = L.Load(greatest), old = L.Load(maxima), limit = L.Add(old, slack);
            if (!L.AnyGreater(found, limit)) continue;
            V now = L.WhereLess(limit, found, found, old);
            // Where nothing was seen yet a difference of infinities would be NaN.
            V factor = L.WhereLess(limit, found, Exponential.PowerOfTwo<T, V, L>(L.Subtract(old, now)), L.Broadcast(T.One));
            L.Store(now, maxima);
            L.Store(L.Multiply(L.Load(totals), factor), totals);
            for (nint d = 0; d < valueWidth; d++)
                L.Store(L.Multiply(L.Load(sums + d * pitch), factor), sums + d * pitch);
        }
    }

    /// <summary>0 for −∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Finite(V x) => L.WhereLess(x, L.Broadcast(AttentionJob<T>.Least), default, x);

    /// <summary>Scores to weights relative to the maxima, and their totals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Exponentials(in AttentionBlock<T, V, L> block, T* scores, T* maxima, T* totals)
    {
        nint pitch = AttentionTile<T, V, L>.Pitch;
        for (int v = 0; v < block.Vectors; v++, scores += L.Count, maxima += L.Count, totals += L.Count)
        {
            V max = Finite(L.Load(maxima)), total = L.Load(totals);
            T* end = scores + block.Seen(v, first: false) * pitch;
            for (T* at = scores; at < end; at += pitch)
            {
                V p = Exponential.PowerOfTwo<T, V, L>(L.Subtract(L.Load(at), max));
                L.Store(p, at);
                total = L.Add(total, p);
            }
            L.Store(total, totals);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Multiply(in AttentionBlock<T, V, L> block, T* weights, T* kept)
    {
        nint pitch = AttentionTile<T, V, L>.Pitch;
        for (int v = 0; v < block.Vectors; v++)
            for (nint at = v * L.Count, end = at + block.Seen(v, first: false) * pitch; at < end; at += pitch)
                L.Store(L.Multiply(L.Load(weights + at), L.Load(kept + at)), weights + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Finish(in AttentionHead<T> head, int query, int queries, int vectors, T* maxima, T* totals, T* sums, T* buffer)
    {
        int pitch = AttentionTile<T, V, L>.Pitch;
        for (int i = 0; i < queries; i++)
        {
            T total = totals[i];
            head.LogSums[query + i] = total == T.Zero ? T.PositiveInfinity : (maxima[i] < AttentionJob<T>.Least ? T.Zero : maxima[i]) + T.Log2(total);
            totals[i] = total == T.Zero ? T.Zero : T.One / total;
        }
        for (nint d = 0; d < _job.ValueWidth; d++)
            for (int v = 0; v < vectors; v++)
            {
                T* at = sums + d * pitch + v * L.Count;
                L.Store(L.Multiply(L.Load(at), L.Load(totals + v * L.Count)), at);
            }
        _job.WriteTransposed(AttentionTensor.Output, head, query, sums, pitch, queries, _job.ValueWidth, buffer);
    }
}
