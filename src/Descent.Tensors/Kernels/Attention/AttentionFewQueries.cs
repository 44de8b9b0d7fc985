using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Attention of few queries, as when text is written token by token: keys and values are read once, as they lie, by one
/// query after the other, with lanes along their width. Packing them for tiles would cost more than the products.
/// </summary>
unsafe readonly struct AttentionFewQueries<T, V, L> : IParallelBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : struct
    where L : IFloatLanes<T, V>
{
    /// <summary>Up to so many queries this is faster than tiles, which take as long for a whole vector of queries.</summary>
    internal const int Most = 6;

    /// <summary>With fewer keys a tile is soon done.</summary>
    internal const int LeastKeys = 64;

    // Keys whose rows, with those of the values, stay in the second cache from one query to the next.
    const int Keys = 128;

    readonly AttentionJob<T> _job;

    AttentionFewQueries(in AttentionJob<T> job) => _job = job;

    internal static void Run(in AttentionJob<T> job) => WorkerPool.For(job.QueryHeads, new AttentionFewQueries<T, V, L>(job));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invoke(int index)
    {
        var head = _job.Head(index);
        int width = _job.Width, valueWidth = _job.ValueWidth, queries = head.Queries;
        T* at = Scratch.Get<T>(ScratchSlot.RightPanels, (nint)queries * (width + valueWidth + 2) + Keys * (nint)(width + valueWidth) + 2 * Keys + (queries + 4) * 16);
        T* scaled = Take(ref at, queries * width), sums = Take(ref at, queries * valueWidth), scores = Take(ref at, Keys), mask = Take(ref at, Keys);
        T* maxima = Take(ref at, queries), totals = Take(ref at, queries), keyBuffer = Take(ref at, Keys * width), valueBuffer = at;
        for (int i = 0; i < queries; i++)
        {
            T* row = Contiguous(AttentionTensor.Query, head, i, 1, width, scaled + (nint)i * width, out _);
            for (int d = 0; d < width; d++) scaled[i * width + d] = row[d] * _job.ScoreScale;
            (maxima[i], totals[i]) = (T.NegativeInfinity, T.Zero);
        }
        new Span<T>(sums, queries * valueWidth).Clear();
        int end = _job.Causal ? Math.Clamp(queries + head.Offset, 0, head.Keys) : head.Keys;
        for (int key = 0; key < end; key += Keys)
        {
            int count = Math.Min(Keys, end - key);
            T* keys = Contiguous(AttentionTensor.Key, head, key, count, width, keyBuffer, out nint keyRow);
            T* values = Contiguous(AttentionTensor.Value, head, key, count, valueWidth, valueBuffer, out nint valueRow);
            for (int i = 0; i < queries; i++)
            {
                int seen = _job.Causal ? Math.Clamp(i + head.Offset + 1 - key, 0, count) : count;
                if (seen == 0) continue;
                Scores(scaled + (nint)i * width, keys, keyRow, seen, width, scores);
                if (_job.Mask != AttentionMask.None) AddMask(head, i, key, seen, scores);
                if (!Exponentials(scores, seen, ref maxima[i], ref totals[i], sums + (nint)i * valueWidth, valueWidth)) continue;
                if (_job.Keep < 1) Drop(head, i, key, seen, scores, (float*)mask);
                AddValues(scores, values, valueRow, seen, sums + (nint)i * valueWidth, valueWidth);
            }
        }
        for (int i = 0; i < queries; i++)
        {
            T total = totals[i];
            head.LogSums[i] = total == T.Zero ? T.PositiveInfinity : maxima[i] + T.Log2(total);
            _job.Write(AttentionTensor.Output, head, i, sums + (nint)i * valueWidth, valueWidth, 1, valueWidth, total == T.Zero ? T.Zero : T.One / total);
        }
    }

    /// <summary>Rows without gaps between their elements: where they lie, or copied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    T* Contiguous(AttentionTensor tensor, in AttentionHead<T> head, int from, int rows, int width, T* buffer, out nint row)
    {
        T* source = _job.Rows(tensor, head, from, rows, width, buffer, out row, out nint column);
        if (column == 1) return source;
        for (nint r = 0; r < rows; r++)
            for (nint d = 0; d < width; d++) buffer[r * width + d] = source[r * row + d * column];
        row = width;
        return buffer;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scores(T* query, T* keys, nint row, int count, int width, T* scores)
    {
        int whole = width - width % L.Count, j = 0;
        for (; j + 4 <= count; j += 4, keys += 4 * row)
        {
            V s0 = default, s1 = default, s2 = default, s3 = default;
            for (int d = 0; d < whole; d += L.Count)
            {
                V q = L.Load(query + d);
                s0 = L.MultiplyAdd(q, L.Load(keys + d), s0);
                s1 = L.MultiplyAdd(q, L.Load(keys + row + d), s1);
                s2 = L.MultiplyAdd(q, L.Load(keys + 2 * row + d), s2);
                s3 = L.MultiplyAdd(q, L.Load(keys + 3 * row + d), s3);
            }
            (scores[j], scores[j + 1], scores[j + 2], scores[j + 3]) = (L.Sum(s0), L.Sum(s1), L.Sum(s2), L.Sum(s3));
            for (int d = whole; d < width; d++)
                for (nint r = 0; r < 4; r++) scores[j + r] += query[d] * keys[r * row + d];
        }
        for (; j < count; j++, keys += row)
        {
            V s = default;
            for (int d = 0; d < whole; d += L.Count) s = L.MultiplyAdd(L.Load(query + d), L.Load(keys + d), s);
            T sum = L.Sum(s);
            for (int d = whole; d < width; d++) sum += query[d] * keys[d];
            scores[j] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddMask(in AttentionHead<T> head, int query, int key, int count, T* scores)
    {
        byte* start = _job.At(AttentionTensor.Mask, head, query);
        nint column = _job.Tensors[(int)AttentionTensor.Mask].Column;
        for (nint j = 0; j < count; j++)
        {
            nint at = (key + j) * column;
            if (_job.Mask == AttentionMask.Number) scores[j] += ((T*)start)[at] * AttentionJob<T>.Log2E;
            else if (start[at] == 0) scores[j] = T.NegativeInfinity;
        }
    }

    /// <summary>Scores to weights, relative to the greatest score so far; false where the query sees nothing yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool Exponentials(T* scores, int count, ref T max, ref T total, T* sums, int valueWidth)
    {
        T now = max;
        for (int j = 0; j < count; j++)
            if (scores[j] > now) now = scores[j];
        if (now > max)
        {
            T factor = T.Exp2(max - now);
            total *= factor;
            for (int d = 0; d < valueWidth; d++) sums[d] *= factor;
            max = now;
        }
        bool hidden = T.IsNegativeInfinity(now);
        V greatest = L.Broadcast(hidden ? T.Zero : now), sum = default;
        for (int j = count; j % L.Count != 0; j++) scores[j] = T.NegativeInfinity;
        for (int j = 0; j < count; j += L.Count)
        {
            V p = Exponential.PowerOfTwo<T, V, L>(L.Subtract(L.Load(scores + j), greatest));
            L.Store(p, scores + j);
            sum = L.Add(sum, p);
        }
        total += L.Sum(sum);
        return !hidden || T.IsNaN(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Drop(in AttentionHead<T> head, int query, int key, int count, T* weights, float* kept)
    {
        Draw.Fill(new Span<float>(kept, count), _job.Seed, _job.Stream, head.FirstScore + (ulong)query * (ulong)head.Keys + (ulong)key, new BernoulliSingle(_job.Keep, 1));
        T factor = T.CreateTruncating(1 / _job.Keep);
        for (int j = 0; j < count; j++) weights[j] *= kept[j] != 0 ? factor : T.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddValues(T* weights, T* values, nint row, int count, T* sums, int width)
    {
        int d = 0;
        for (; d + 4 * L.Count <= width; d += 4 * L.Count)
        {
            T* v = values + d;
            V s0 = L.Load(sums + d), s1 = L.Load(sums + d + L.Count), s2 = L.Load(sums + d + 2 * L.Count), s3 = L.Load(sums + d + 3 * L.Count);
            for (int j = 0; j < count; j++, v += row)
            {
                V p = L.Broadcast(weights[j]);
                s0 = L.MultiplyAdd(p, L.Load(v), s0);
                s1 = L.MultiplyAdd(p, L.Load(v + L.Count), s1);
                s2 = L.MultiplyAdd(p, L.Load(v + 2 * L.Count), s2);
                s3 = L.MultiplyAdd(p, L.Load(v + 3 * L.Count), s3);
            }
            L.Store(s0, sums + d);
            L.Store(s1, sums + d + L.Count);
            L.Store(s2, sums + d + 2 * L.Count);
            L.Store(s3, sums + d + 3 * L.Count);
        }
        for (; d + L.Count <= width; d += L.Count)
        {
            T* v = values + d;
            V s = L.Load(sums + d);
            for (int j = 0; j < count; j++, v += row) s = L.MultiplyAdd(L.Broadcast(weights[j]), L.Load(v), s);
            L.Store(s, sums + d);
        }
        for (; d < width; d++)
        {
            T s = sums[d];
            for (nint j = 0; j < count; j++) s += weights[j] * values[j * row + d];
            sums[d] = s;
        }
    }

    static T* Take(ref T* at, nint count)
    {
        T* part = at;
        // Scores are read in whole vectors.
        at += (count + 15) / 16 * 16;
        return part;
    }
}
