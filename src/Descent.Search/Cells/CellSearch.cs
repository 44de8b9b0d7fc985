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
    /// <summary>Where more than this share of all cells is looked through, all are sorted.</summary>
    const int SortedShare = 4;

    readonly Snapshot _seen;
    readonly CellSet _set;
    readonly CellCoder _coder;
    readonly ReadOnlySpan<float> _prepared;
    readonly Predicate<long>? _filter;
    readonly SearchScratch _scratch;
    readonly float* _turned, _direction, _query;
    readonly byte* _tables;
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
        _direction = _turned + _width;
        _tables = (byte*)(_direction + _width);
        _query = _direction + _width + tables;
        _coder.Space.Transform(prepared, new(_turned, _width));
        scratch.Start(0, Math.Max(wanted, set.Count / SortedShare), 0);
    }

    /// <summary>Cells in all.</summary>
    internal readonly int Cells => _set.Count;

    /// <summary>The number of the cell whose centre comes next.</summary>
    internal int Next(int place, int probes)
    {
        if (place >= _ordered) Order(place, probes);
        return NodeKey.Node(_order[place]);
    }

    /// <summary>Offers the vectors of a cell to the pool, of which so many nearest stay.</summary>
    internal readonly void Scan(int cell, int wanted)
    {
        foreach (ulong key in Candidates(cell, Bound(wanted), out var members))
        {
            if (NodeKey.Distance(key) >= Bound(wanted)) break;
            int slot = members.Slots[NodeKey.Node(key)];
            // Rows of a damaged file may be at no distance at all.
            if (_seen.Holds(slot, _filter) && Exact(slot) is var distance && !float.IsNaN(distance)) _scratch.Insert(NodeKey.Of(distance, slot), wanted);
        }
    }

    /// <summary>Adds the vectors of a cell that are within a distance.</summary>
    /// <returns>Whether any was.</returns>
    internal readonly bool Scan(int cell, float radius, List<Neighbor> found)
    {
        int before = found.Count;
        foreach (ulong key in Candidates(cell, MathF.BitIncrement(radius), out var members))
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
    readonly ReadOnlySpan<ulong> Candidates(int cell, float most, out Cell members)
    {
        members = _set.Cell(cell);
        int length = members.Slots.Length;
        var keys = _scratch.Keys(length);
        if (_coder.Sieve is null && _coder.Closer is null)
        {
            for (int i = 0; i < length; i++)
            {
                keys[i] = NodeKey.Of(float.NegativeInfinity, i);
                DistanceKernels.Prefetch(_seen.Row(members.Slots[i]), _seen.Codec.Stride);
            }
            return keys;
        }
        var direction = new Span<float>(_direction, _width);
        float offset = _coder.Space.Aim(new(_turned, _width), _set.Centre(cell), direction);
        float reach = TensorPrimitives.Norm<float>(direction);
        int count = _coder.Sieve is null ? length : Sieved(members, direction, offset, reach, most, keys);
        if (_coder.Closer is not null && count > 0)
            count = _coder.Sieve is null ? LookAtAll(members, direction, offset, reach, most, keys) : LookCloser(members, direction, offset, reach, most, keys[..count]);
        keys = keys[..count];
        keys.Sort();
        foreach (ulong key in keys) DistanceKernels.Prefetch(_seen.Row(members.Slots[NodeKey.Node(key)]), _seen.Codec.Stride);
        return keys;
    }

    [SkipLocalsInit]
    readonly int Sieved(Cell members, ReadOnlySpan<float> direction, float offset, float reach, float most, Span<ulong> keys)
    {
        var sieve = _coder.Sieve!;
        int* sums = stackalloc int[FastScan.Codes];
        float* bounds = stackalloc float[FastScan.Codes];
        var scale = sieve.Prepare(direction, _tables);
        int count = 0;
        fixed (byte* blocks = members.Sieved)
            for (int first = 0; first < members.Slots.Length; first += FastScan.Codes)
            {
                byte* block = blocks + (nint)(first / FastScan.Codes) * sieve.BlockBytes;
                FastScan.Sum(block, _tables, sieve.Parts, sums);
                for (uint passed = SieveKernels.Pass((float*)(block + sieve.PartBytes), sums, scale, offset, reach, most, bounds); passed != 0; passed &= passed - 1)
                {
                    int i = BitOperations.TrailingZeroCount(passed);
                    keys[count++] = NodeKey.Of(bounds[i], first + i);
                }
            }
        return count;
    }

    readonly int LookCloser(Cell members, ReadOnlySpan<float> direction, float offset, float reach, float most, Span<ulong> keys)
    {
        var closer = _coder.Closer!;
        closer.Prepare(direction, offset - _coder.Slack * reach, _query);
        int count = 0;
        float bound;
        fixed (byte* codes = members.Close)
            foreach (ulong key in keys)
            {
                int i = NodeKey.Node(key);
                closer.Measure(_query, codes + (nint)i * closer.CodeBytes, closer.CodeBytes, new(&bound, 1));
                if (bound < most) keys[count++] = NodeKey.Of(bound, i);
            }
        return count;
    }

    readonly int LookAtAll(Cell members, ReadOnlySpan<float> direction, float offset, float reach, float most, Span<ulong> keys)
    {
        var closer = _coder.Closer!;
        closer.Prepare(direction, offset - _coder.Slack * reach, _query);
        var bounds = new Span<float>(_scratch.Bounds(keys.Length), keys.Length);
        fixed (byte* codes = members.Close) closer.Measure(_query, codes, closer.CodeBytes, bounds);
        int count = 0;
        for (int i = DistanceKernels.NextWithin(bounds, 0, most); i < bounds.Length; i = DistanceKernels.NextWithin(bounds, i + 1, most))
            keys[count++] = NodeKey.Of(bounds[i], i);
        return count;
    }

    /// <summary>Puts the nearest centres in order, as many as will most likely be wanted, or all.</summary>
    void Order(int place, int probes)
    {
        int cells = _set.Count;
        float* distances = (float*)_scratch.Bounds(cells);
        var centres = _set.Centres.AsSpan<float>();
        fixed (float* rows = centres)
        {
            if (_coder.Space.Rows.Metric == VectorMetric.InnerProduct)
                DistanceKernels.Distances<NumberDistance<float, SingleElements, InnerProductMeasure>>(_turned, (byte*)rows, _width * sizeof(float), _width, new(distances, cells));
            else
                DistanceKernels.Distances<NumberDistance<float, SingleElements, SquaredEuclideanMeasure>>(_turned, (byte*)rows, _width * sizeof(float), _width, new(distances, cells));
        }
        int count = place == 0 ? Math.Min(probes, cells) : cells;
        if (count > cells / SortedShare)
        {
            for (int c = 0; c < cells; c++) _order[c] = NodeKey.Of(distances[c], c);
            _order.AsSpan(0, cells).Sort();
            _ordered = cells;
            return;
        }
        // The pool is empty yet.
        for (int c = DistanceKernels.NextWithin(new(distances, cells), 0, Bound(count)); c < cells; c = DistanceKernels.NextWithin(new(distances, cells), c + 1, Bound(count)))
            _scratch.Insert(NodeKey.Of(distances[c], c), count);
        _scratch.Found.CopyTo(_order);
        _scratch.Count = 0;
        _ordered = count;
    }
}
