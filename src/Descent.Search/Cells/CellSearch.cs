using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>
/// A search of cells, nearest centre first. Of each cell a sieve lets through what may be near enough; a closer look by longer codes
/// lets through less, and the vectors of that are measured, in the order of the bounds, so that the later ones need not be.
/// </summary>
unsafe ref struct CellSearch
{
    /// <summary>Vectors that memory is asked for before their turn: of a cell's first ones, many are never measured.</summary>
    const int Ahead = 6;

    readonly Snapshot _seen;
    readonly CellSet _set;
    readonly CellCoder _coder;
    readonly ReadOnlySpan<float> _prepared;
    readonly Predicate<long>? _filter;
    readonly SearchScratch _scratch;
    readonly float* _turned, _query;
    readonly byte* _tables;
    readonly ScanScale _scale;
    readonly float _reach;
    readonly int _width;
    readonly ulong[] _order;
    int _ordered;

    /// <param name="order">Room for a key for each cell.</param>
    internal CellSearch(Snapshot seen, CellSet set, ReadOnlySpan<float> prepared, Predicate<long>? filter, int wanted, ulong[] order, SearchScratch scratch)
    {
        (_seen, _set, _coder, _filter, _scratch, _order) = (seen, set, set.Coder, filter, scratch, order);
        _prepared = prepared;
        _width = _coder.Space.Width;
        int tables = (_coder.Sieve?.PartBytes ?? 0) / sizeof(float);
        _turned = scratch.Query(2 * _width + tables + (_coder.Closer?.QueryFloats ?? 0));
        var direction = new Span<float>(_turned + _width, _width);
        _tables = (byte*)(_turned + 2 * _width);
        _query = _turned + 2 * _width + tables;
        _coder.Space.Transform(prepared, new(_turned, _width));
        TensorPrimitives.Subtract(new ReadOnlySpan<float>(_turned, _width), set.Centres.Origin, direction);
        if (_coder.Sieve is { } sieve) _scale = sieve.Prepare(direction, _tables);
        _coder.Closer?.Prepare(direction, 0, _query);
        _reach = TensorPrimitives.Norm<float>(direction);
        scratch.Start(0, Math.Max(wanted, CellCentres.Few), 0);
    }

    /// <summary>Cells in all.</summary>
    internal readonly int Cells => _set.Count;

    /// <summary>The cell whose centre comes next, and its distance.</summary>
    internal ulong Next(int place, int probes)
    {
        if (place >= _ordered) _ordered = _set.Centres.Order(_turned, _tables, _scale, _reach, place == 0 ? probes : Cells, _order, _scratch);
        if (place + 1 < _ordered) _set.Cell(NodeKey.Node(_order[place + 1])).Prefetch();
        return _order[place];
    }

    /// <summary>Offers the vectors of a cell to the pool, of which so many nearest stay.</summary>
    internal readonly void Scan(ulong cell, int wanted)
    {
        var keys = Candidates(cell, Bound(wanted), out var members);
        Prefetch(members, keys[..Math.Min(Ahead, keys.Length)]);
        for (int i = 0; i < keys.Length; i++)
        {
            float bound = Bound(wanted);
            if (NodeKey.Distance(keys[i]) >= bound) break;
            if (i + Ahead < keys.Length) Prefetch(members, keys.Slice(i + Ahead, 1));
            int slot = members.Slots[NodeKey.Node(keys[i])];
            // Most are too far, and whether the snapshot holds them is a place in memory more.
            if (_filter is not null && !_seen.Holds(slot, _filter)) continue;
            // Rows of a damaged file may be at no distance at all.
            if (Exact(slot) is var distance && distance < bound && (_filter is not null || _seen.Holds(slot))) _scratch.Insert(NodeKey.Of(distance, slot), wanted);
        }
    }

    /// <summary>Adds the vectors of a cell that are within a distance.</summary>
    /// <returns>Whether any was.</returns>
    internal readonly bool Scan(ulong cell, float radius, List<Neighbor> found)
    {
        int before = found.Count;
        var keys = Candidates(cell, MathF.BitIncrement(radius), out var members);
        Prefetch(members, keys);
        foreach (ulong key in keys)
        {
            int slot = members.Slots[NodeKey.Node(key)];
            if (_seen.Holds(slot, _filter) && Exact(slot) is var distance && distance <= radius) found.Add(new(_seen.Ids[slot], distance));
        }
        return found.Count > before;
    }

    readonly float Bound(int wanted) => _scratch.Count < wanted ? float.PositiveInfinity : NodeKey.Distance(_scratch.Pool[wanted - 1]);

    readonly float Exact(int slot)
    {
        float distance;
        _seen.Codec.Measure(_prepared, _seen.Row(slot), new(&distance, 1));
        return distance;
    }

    /// <summary>Members of a cell with a bound below which their distances most likely are not, the least first.</summary>
    readonly ReadOnlySpan<ulong> Candidates(ulong cell, float most, out Cell members)
    {
        members = _set.Cell(NodeKey.Node(cell));
        int length = members.Slots.Length;
        var keys = _scratch.Keys(length);
        if (_coder.Sieve is null && _coder.Closer is null)
        {
            for (int i = 0; i < length; i++) keys[i] = NodeKey.Of(float.NegativeInfinity, i);
            return keys;
        }
        float distance = NodeKey.Distance(cell);
        var (offset, reach) = _coder.Space.Rows.Metric switch
        {
            VectorMetric.SquaredEuclidean => (distance, MathF.Sqrt(distance)),
            VectorMetric.Cosine => (1 - TensorPrimitives.Dot(new(_turned, _width), _set.Centres[NodeKey.Node(cell)]), _reach),
            _ => (distance, _reach),
        };
        int count = _coder.Sieve is null ? length : Sieved(members, offset, reach, most, keys);
        if (_coder.Closer is not null && count > 0)
        {
            LinearQuantizer.SetOffset(_query, offset - _coder.Slack * reach);
            count = _coder.Sieve is null ? LookAtAll(members, most, keys) : LookCloser(members, most, keys[..count]);
        }
        keys = keys[..count];
        keys.Sort();
        return keys;
    }

    readonly void Prefetch(Cell members, ReadOnlySpan<ulong> keys)
    {
        foreach (ulong key in keys) DistanceKernels.Prefetch(_seen.Row(members.Slots[NodeKey.Node(key)]), _seen.Codec.Stride);
    }

    [SkipLocalsInit]
    readonly int Sieved(Cell members, float offset, float reach, float most, Span<ulong> keys)
    {
        var sieve = _coder.Sieve!;
        int* sums = stackalloc int[FastScan.Codes];
        float* bounds = stackalloc float[FastScan.Codes];
        int count = 0;
        fixed (byte* blocks = members.Sieved)
            for (int first = 0; first < members.Slots.Length; first += FastScan.Codes)
            {
                byte* block = blocks + (nint)(first / FastScan.Codes) * sieve.BlockBytes;
                FastScan.Sum(block, _tables, sieve.Parts, sums);
                for (uint passed = SieveKernels.Pass((float*)(block + sieve.PartBytes), sums, _scale, offset, reach, most, bounds); passed != 0; passed &= passed - 1)
                {
                    int i = BitOperations.TrailingZeroCount(passed);
                    keys[count++] = NodeKey.Of(bounds[i], first + i);
                }
            }
        return count;
    }

    readonly int LookCloser(Cell members, float most, Span<ulong> keys)
    {
        var closer = _coder.Closer!;
        int count = 0;
        float bound;
        fixed (byte* codes = members.Close)
        {
            foreach (ulong key in keys) DistanceKernels.Prefetch(codes + (nint)NodeKey.Node(key) * closer.CodeBytes, closer.CodeBytes);
            foreach (ulong key in keys)
            {
                int i = NodeKey.Node(key);
                closer.Measure(_query, codes + (nint)i * closer.CodeBytes, closer.CodeBytes, new(&bound, 1));
                if (bound < most) keys[count++] = NodeKey.Of(bound, i);
            }
        }
        return count;
    }

    readonly int LookAtAll(Cell members, float most, Span<ulong> keys)
    {
        var closer = _coder.Closer!;
        var bounds = new Span<float>(_scratch.Bounds(keys.Length), keys.Length);
        fixed (byte* codes = members.Close) closer.Measure(_query, codes, closer.CodeBytes, bounds);
        int count = 0;
        for (int i = DistanceKernels.NextWithin(bounds, 0, most); i < bounds.Length; i = DistanceKernels.NextWithin(bounds, i + 1, most))
            keys[count++] = NodeKey.Of(bounds[i], i);
        return count;
    }
}
