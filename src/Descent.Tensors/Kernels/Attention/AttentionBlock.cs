using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>A block of queries against a block of keys: which scores there are, and the tile of them.</summary>
/// <remarks>A tile has a row for each key and a lane for each query, so that a softmax runs down its columns without crossing lanes.</remarks>
unsafe ref struct AttentionBlock<T, V, L>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : struct
    where L : IFloatLanes<T, V>
{
    /// <summary>Keys of a block: their panels, beside a tile of scores, are to stay in the first cache.</summary>
    internal const int MostKeys = 128;

    readonly ref readonly AttentionJob<T> _job;
    readonly ref readonly AttentionHead<T> _head;

    /// <summary>The first query, how many there are, and the vectors they take.</summary>
    internal readonly int Query, Queries, Vectors;

    /// <summary>The first key, and how many there are.</summary>
    internal readonly int Key, Keys;

    /// <summary>Whether every score counts.</summary>
    internal bool IsPlain;

    internal AttentionBlock(in AttentionJob<T> job, in AttentionHead<T> head, int query, int vectors, int key, int keys)
    {
        _job = ref job;
        _head = ref head;
        (Query, Vectors, Key, Keys) = (query, vectors, key, keys);
        Queries = Math.Min(head.Queries - query, vectors * L.Count);
        IsPlain = Seen(0, first: true) == keys;
    }

    /// <summary>Keys that the first or the last lane of a vector of queries sees.</summary>
    internal readonly int Seen(int vector, bool first) => !_job.Causal ? Keys
        : Math.Clamp(Query + vector * L.Count + (first ? 0 : L.Count - 1) + _head.Offset + 1 - Key, 0, Keys);

    /// <summary>Keys that some query sees.</summary>
    internal readonly int SeenByAny => Seen(Vectors - 1, first: false);

    /// <summary>The first vector of queries of which one sees the key.</summary>
    internal readonly int FirstVector(int key)
    {
        int vector = 0;
        while (Seen(vector, first: false) <= key) vector++;
        return vector;
    }

    /// <summary>Reads the mask.</summary>
    /// <param name="mask">A tile for it.</param>
    /// <returns>False where it hides every score.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool ReadMask(T* mask)
    {
        if (_job.Mask == AttentionMask.None) return true;
        bool truth = _job.Mask == AttentionMask.Truth, some = false, changes = false;
        ref readonly var matrix = ref _job.Tensors[(int)AttentionTensor.Mask];
        byte* start = _job.At(AttentionTensor.Mask, _head, Query);
        int keys = SeenByAny;
        nint pitch = AttentionTile<T, V, L>.Pitch, same = matrix.Row == 0 ? Queries : 1;
        for (nint i = 0; i < Queries; i += same)
        {
            for (nint j = 0; j < keys; j++)
            {
                nint at = i * matrix.Row + (Key + j) * matrix.Column;
                T value = truth ? start[at] != 0 ? T.Zero : T.NegativeInfinity : ((T*)start)[at] * AttentionJob<T>.Log2E;
                some |= value != T.NegativeInfinity;
                changes |= value != T.Zero;
                mask[j * pitch + i] = value;
            }
        }
        if (same > 1)
            for (nint j = 0; j < keys; j++)
                new Span<T>(mask + j * pitch + 1, Queries - 1).Fill(mask[j * pitch]);
        if (changes)
        {
            IsPlain = false;
            for (nint j = 0; j < keys; j++)
                new Span<T>(mask + j * pitch + Queries, Vectors * L.Count - Queries).Clear();
        }
        else
        {
            // Nothing to add: the tile is as good as unmasked.
            IsUnmasked = true;
        }
        return some;
    }

    /// <summary>Whether the mask read adds nothing.</summary>
    internal bool IsUnmasked;

    /// <summary>The scores, in powers of two; those not seen are −∞ where a vector holds others that are.</summary>
    /// <param name="keys">Panels of keys.</param>
    /// <param name="queries">The panel of queries.</param>
    /// <param name="scores">The tile.</param>
    /// <param name="mask">What <see cref="ReadMask"/> read.</param>
    /// <param name="lanes">0, 1, 2 …</param>
    /// <param name="greatest">The greatest score of each query; null where nobody asks.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void Scores(T* keys, T* queries, T* scores, T* mask, T* lanes, T* greatest)
    {
        int rows = AttentionTile<T, V, L>.Rows, pitch = AttentionTile<T, V, L>.Pitch;
        bool whole = IsPlain && Keys % rows == 0;
        if (greatest != null)
            for (int v = 0; v < Vectors; v++) L.Store(L.Broadcast(T.NegativeInfinity), greatest + v * L.Count);
        Multiply(keys, _job.Width, queries, scores, whole ? greatest : null);
        if (whole || (IsPlain && greatest == null)) return;

        bool added = _job.Mask != AttentionMask.None && !IsUnmasked;
        V hidden = L.Broadcast(T.NegativeInfinity), lane = L.Load(lanes);
        for (int v = 0; v < Vectors; v++)
        {
            int all = Seen(v, first: true), some = Seen(v, first: false);
            // Lanes below this see not even the first key of the block.
            int ahead = Key - (Query + v * L.Count) - _head.Offset;
            V max = hidden;
            for (int j = 0; j < some; j++)
            {
                T* at = scores + (nint)j * pitch + v * L.Count;
                V s = L.Load(at);
                if (added) s = L.Add(s, L.Load(mask + (nint)j * pitch + v * L.Count));
                if (j >= all) s = L.WhereLess(lane, L.Broadcast(T.CreateTruncating(ahead + j)), hidden, s);
                L.Store(s, at);
                max = L.Max(max, s);
            }
            if (greatest != null) L.Store(max, greatest + v * L.Count);
        }
    }

    /// <summary>Products of keys' panels and the queries' panel for every tile of keys of which something is seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void Multiply(T* keys, int width, T* queries, T* tile, T* greatest)
    {
        int rows = AttentionTile<T, V, L>.Rows, seen = SeenByAny;
        for (int j = 0; j < seen; j += rows)
        {
            int v = IsPlain ? 0 : FirstVector(j);
            AttentionTile<T, V, L>.Scores(Vectors - v, width, keys + (nint)j * width, queries + v * L.Count,
                tile + (nint)j * AttentionTile<T, V, L>.Pitch + v * L.Count, greatest == null ? null : greatest + v * L.Count);
        }
    }

    /// <summary>Adds to sums by (row of the panels, query) the products of panels by key, <c>(key, rows)</c>, and a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void AddTo(T* sums, T* panels, int width, T* tile)
    {
        int rows = AttentionTile<T, V, L>.Rows, pitch = AttentionTile<T, V, L>.Pitch, from = 0;
        for (int v = 0; v < Vectors; v++)
        {
            int to = IsPlain ? Keys : Seen(v, first: false);
            if (to <= from) continue;
            for (nint d = 0; d < width; d += rows)
                AttentionTile<T, V, L>.Add(Vectors - v, to - from, panels + d * Keys + (nint)from * rows, tile + (nint)from * pitch + v * L.Count, sums + d * pitch + v * L.Count);
            from = to;
        }
    }

    /// <summary>Adds to sums by (key, column) the products of a tile and rows by query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void AddRowsTo(T* sums, T* tile, T* rowsByQuery, int columns)
    {
        int rows = AttentionTile<T, V, L>.Rows, pitch = AttentionTile<T, V, L>.Pitch, seen = SeenByAny;
        int vectors = columns / L.Count, parts = (vectors + 2) / 3;
        for (int part = 0; part < parts; part++)
        {
            int from = part * vectors / parts, to = (part + 1) * vectors / parts;
            for (int j = 0; j < seen; j += rows)
            {
                int first = (IsPlain ? 0 : FirstVector(j)) * L.Count;
                AttentionTile<T, V, L>.AddRows(to - from, Vectors * L.Count - first, tile + (nint)j * pitch + first,
                    rowsByQuery + (nint)first * columns + from * L.Count, columns, sums + (nint)j * columns + from * L.Count, columns);
            }
        }
    }

    /// <summary>What each weight is multiplied by under dropout: 0, or 1 / keep.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void ReadKept(T* kept)
    {
        int keys = SeenByAny;
        nint pitch = AttentionTile<T, V, L>.Pitch;
        float* row = stackalloc float[MostKeys];
        T factor = T.CreateTruncating(1 / _job.Keep);
        var draw = new BernoulliSingle(_job.Keep, 1);
        for (nint i = 0; i < Queries; i++)
        {
            Draw.Fill(new Span<float>(row, keys), _job.Seed, _job.Stream, _head.FirstScore + (ulong)(Query + i) * (ulong)_head.Keys + (ulong)Key, draw);
            for (nint j = 0; j < keys; j++) kept[j * pitch + i] = row[j] != 0 ? factor : T.Zero;
        }
        for (nint j = 0; j < keys; j++)
            new Span<T>(kept + j * pitch + Queries, Vectors * L.Count - Queries).Clear();
    }
}
