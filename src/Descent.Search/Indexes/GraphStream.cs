namespace Descent.Search;

/// <summary>Neighbours in parts, from a search of a graph that goes on where it stopped for the part before.</summary>
/// <remarks>
/// What a search with so many in view visits is where one with more in view begins, so that going on costs no more than having
/// begun so; and what is given of a part is as surely near as where a search had an eighth more in view than was given. Where the index
/// has changed since, the search is begun anew. Readers are entered for a part only.
/// </remarks>
sealed unsafe class GraphStream : IDisposable
{
    // Of so many in view one more is found less surely; the view grows by one of as many.
    const int Margin = 8, Growth = 4;

    /// <summary>From this share of all in view on all are measured.</summary>
    const int ScanShare = 16;

    // Of what is left then so many are given first, and always as many again as before.
    const int LeastPart = 32;

    readonly GraphIndex _index;
    readonly SearchScratch _scratch = SearchScratch.Rent();
    readonly Predicate<long>? _filter;
    readonly float[] _prepared;
    // Ids that were given or are ready to be.
    readonly HashSet<long> _taken = [];
    readonly List<Neighbor> _ready = [];
    Snapshot? _seen;
    GraphLayer? _layer;
    CodeTable? _codes;
    float* _codedQuery;
    long _ef;
    bool _isAll;
    int _given;

    internal GraphStream(GraphIndex index, float[] query, SearchOptions options)
    {
        (_index, _filter, _ef) = (index, options.Filter, options.Ef ?? index.DefaultEf);
        _prepared = new float[index.Store.Codec.QueryFloats];
        index.Store.Codec.Prepare(query, _prepared);
    }

    public void Dispose() => _scratch.Return();

    /// <summary>The next part, which may be empty; null where there are no more.</summary>
    internal List<Neighbor>? Next()
    {
        using var reading = _index.Store.Epochs.Enter(_index);
        var seen = _index.Seen();
        // A change that is over has published another snapshot; what one under way takes away stays while this is entered.
        bool goesOn = _seen == seen;
        if (!goesOn) Forget();
        if (_seen is not null && !_isAll) _ef += Math.Max(_ef / (goesOn ? Growth : 1), 1);
        _seen = seen;
        fixed (float* prepared = _prepared)
            if (!_isAll && _ef < seen.Count / ScanShare && Explore(prepared, goesOn)) return Give(Collect());
        if (!_isAll || !goesOn) MeasureAll();
        return _ready.Count == 0 ? null : Give(Math.Min(_ready.Count, Math.Max(LeastPart, _given)));
    }

    List<Neighbor> Give(int count)
    {
        var part = _ready[..count];
        _ready.RemoveRange(0, count);
        _given += count;
        return part;
    }

    /// <summary>Drops what is ready and was not given.</summary>
    void Forget()
    {
        foreach (var neighbor in _ready) _taken.Remove(neighbor.Id);
        _ready.Clear();
    }

    /// <returns>Whether there may be more than are in view.</returns>
    bool Explore(float* prepared, bool goesOn)
    {
        int ef = (int)_ef;
        if (!goesOn)
        {
            var (layers, codes) = _index.Shown;
            if (layers.Length == 0) return false;
            (_layer, _codes) = (layers[0], codes);
            if (codes is not null) _codedQuery = codes.Prepare(_prepared, _scratch).Query;
            int start = GraphSearch.Descend(layers, Walk, Query(prepared), 0, _scratch);
            if (start < 0) return false;
            Walk.Begin(_layer, Query(prepared), start, ef, _scratch);
        }
        else Walk.GoOn(_layer!, Query(prepared), ef, _scratch);
        return _scratch.Count == ef;
    }

    GraphWalk Walk => _codes?.Walk ?? _index.Kernels.Walk;

    float* Query(float* prepared) => _codes is null ? prepared : _codedQuery;

    /// <summary>Makes ready what is in view.</summary>
    /// <returns>How many of all that is ready are nearer than the last of the view.</returns>
    int Collect()
    {
        foreach (ulong key in _scratch.Found)
        {
            int slot = NodeKey.Node(key);
            if (!_seen!.Holds(slot) || !_taken.Add(_seen.Ids[slot])) continue;
            long id = _seen.Ids[slot];
            float distance = _codes is null ? NodeKey.Distance(key) : Measure(slot);
            // Rows of a damaged file may be at no distance at all.
            if (!float.IsNaN(distance) && _filter?.Invoke(id) != false) _ready.Add(new(id, distance));
        }
        _ready.Sort();
        float last = NodeKey.Distance(_scratch.Pool[_ef - 1 - _ef / Margin]);
        return _ready.FindLastIndex(neighbor => neighbor.Distance <= last) + 1;
    }

    /// <summary>Makes ready all that was not given yet.</summary>
    void MeasureAll()
    {
        Forget();
        _isAll = true;
        if (_filter is null) ExactScan.Within(_seen!, _prepared, float.PositiveInfinity, null, _ready);
        else ExactScan.WithinPassing(_seen!, _prepared, float.PositiveInfinity, _filter, _ready);
        _ready.RemoveAll(neighbor => !_taken.Add(neighbor.Id));
        _ready.Sort();
    }

    float Measure(int slot)
    {
        float distance;
        _seen!.Codec.Measure(_prepared, _seen.Row(slot), new(&distance, 1));
        return distance;
    }
}
