namespace Descent.Search;

/// <summary>
/// A search of the lowest layer of a graph, from where the layers above lead: by codes, where there are any, and ranked again by the
/// vectors; or by estimates, where the layer has entrances.
/// </summary>
readonly unsafe ref struct GraphSearch
{
    /// <summary>Where a search of this share of all would be needed, all are measured.</summary>
    const int ScanShare = 16;

    // Asking a filter for one vector is the unit; measuring a row of a scan, and having one more in view, take so many times as long.
    const int CostOfRow = 12, CostOfView = 120;

    // The same where rows are measured one after the other, all of them, and where an id is looked up first.
    const int CostOfNextRow = 3, CostOfLookup = 14;

    const int Surplus = 3;

    // Where so many times fewer pass in view than elsewhere, a scan may take so many times as long as a view, for it misses none.
    const int Rare = 4;
    const double WorthOfRare = 0.25;

    readonly Snapshot _seen;
    readonly ReadOnlySpan<float> _prepared;
    readonly SearchScratch _scratch;
    readonly GraphLayer[] _layers;
    readonly CodeTable? _codes;
    readonly GraphWalk _walk;
    readonly Entrances? _entrances;
    readonly PackedWalk _packed;
    readonly float* _query;
    readonly float _slack;
    readonly int _start;

    /// <param name="layers">Those of the graph, that of all vectors first.</param>
    /// <param name="codes">By which the search walks; null for by the vectors.</param>
    /// <param name="prepared">The query.</param>
    /// <param name="query">Where it lies.</param>
    internal GraphSearch(Snapshot seen, GraphLayer[] layers, CodeTable? codes, GraphKernels kernels, ReadOnlySpan<float> prepared, float* query, SearchScratch scratch)
    {
        (_seen, _layers, _codes, _walk, _packed, _scratch) = (seen, layers, codes, kernels.Walk, kernels.Packed, scratch);
        _prepared = prepared;
        _query = query;
        if (codes is not null)
        {
            var coded = codes.Prepare(prepared, scratch);
            (_walk, _slack) = (codes.Walk, coded.Slack);
            _query = coded.Query;
        }
        _entrances = layers is [{ Entrances: { } entrances }, ..] ? entrances : null;
        _start = _entrances is null ? Descend(layers, _walk, _query, 0, scratch) : -1;
    }

    /// <summary>Where a search of a layer begins; −1 where it is empty.</summary>
    internal static int Descend(ReadOnlySpan<GraphLayer> layers, GraphWalk walk, float* query, int to, SearchScratch scratch)
    {
        int node = -1;
        for (int level = layers.Length - 1; level >= to; level--)
        {
            // Nothing may have joined a layer yet, or all may have left it.
            if (node < 0) node = layers[level].Root;
            if (level == to || node < 0) continue;
            walk.Explore(layers[level], query, node, 1, scratch);
            node = scratch.Count > 0 ? layers[level].Below(NodeKey.Node(scratch.Pool[0])) : -1;
        }
        return node;
    }

    /// <summary>Fills in the nearest, and returns how many.</summary>
    internal int FindNearest(int ef, Span<Neighbor> nearest, SearchOptions options, VectorStore store)
    {
        if (options.Filter is { } filter) return FindFiltered(ef, nearest, filter, options, store);
        for (bool isMore = true; isMore; ef = (int)Math.Min(int.MaxValue, 2L * ef))
        {
            isMore = Explore(ef, nearest.Length);
            int found = Collect(nearest, null, out int hidden);
            // What came or went meanwhile takes room in the view; where it is much, the view is widened.
            if (found == Math.Min(nearest.Length, _seen.Count) && hidden <= found / 2) return found;
        }
        // Layers are taken down while this search is under way: its vectors are all still there.
        return ExactScan.Nearest(_seen, _prepared, 0, _seen.Slots, nearest, null);
    }

    /// <summary>Adds all within a distance.</summary>
    internal void FindWithin(int ef, float radius, Predicate<long>? filter, List<Neighbor> found)
    {
        // Until one that is too far is among those found.
        for (; ; ef *= 2)
        {
            if (ef >= _seen.Count / ScanShare)
            {
                if (filter is not null) ExactScan.WithinPassing(_seen, _prepared, radius, filter, found);
                else ExactScan.Within(_seen, _prepared, radius, null, found);
                return;
            }
            if (!Explore(ef, ef) || NodeKey.Distance(_scratch.Pool[ef - 1]) > radius) break;
        }
        foreach (ulong key in _scratch.Found)
            if (NodeKey.Distance(key) <= radius && NodeKey.Node(key) is var slot && _seen.Holds(slot, filter)) found.Add(new(_seen.Ids[slot], NodeKey.Distance(key)));
    }

    /// <summary>Searches with more and more in view until enough of it passes, or measures all that passes where that is less work.</summary>
    int FindFiltered(int ef, Span<Neighbor> nearest, Predicate<long> filter, SearchOptions options, VectorStore store)
    {
        // The last of a view are found less surely than the first, so that so many times as many should pass.
        int wanted = Surplus * nearest.Length;
        double share = _seen.ShareOf(filter);
        ef = (int)Math.Min(int.MaxValue, Math.Max(ef, share > 0 ? wanted / share : double.PositiveInfinity));
        double asking = _seen.Slots * (1 + share * CostOfRow), measuring = (double)_seen.Slots * CostOfNextRow;
        double lookingUp = options.Among is { } set ? (double)set.Count * CostOfLookup : double.PositiveInfinity;
        double scan = Math.Min(Math.Min(asking, measuring), lookingUp);
        // What share of a scan's cost a view may take.
        double worth = 1;
        while (ef < _seen.Slots && (double)ef * CostOfView < worth * scan)
        {
            Explore(ef, ef);
            int passing = 0;
            foreach (ulong key in _scratch.Found)
                if (_seen.Holds(NodeKey.Node(key), filter)) passing++;
            if (passing >= wanted) return Collect(nearest, filter, out _);
            // Fewer pass near the query than elsewhere: what does then is at the edge of the view, where the nearest are easily missed.
            if (passing < share * ef / Rare) worth = WorthOfRare;
            ef = (int)Math.Min(int.MaxValue, (long)ef * Math.Clamp(3 * wanted / (2 * Math.Max(1, passing)), 2, 16));
        }
        if (scan == lookingUp && store.FindAmong(_seen, options.Among!, options.BesideAmong) is { } slots) return ExactScan.NearestOf(_seen, _prepared, slots, nearest);
        return asking < measuring ? ExactScan.NearestPassing(_seen, _prepared, filter, nearest) : ExactScan.Nearest(_seen, _prepared, 0, _seen.Slots, nearest, filter);
    }

    /// <summary>Leaves the nearest in the pool; of those found by codes at least the <paramref name="wanted"/> nearest.</summary>
    /// <returns>Whether there may be more than fitted.</returns>
    bool Explore(int ef, int wanted)
    {
        // Half as many again as are wanted, for those that a snapshot does not hold.
        if (_entrances is not null) return _packed.Explore(_layers[0], _entrances, _query, ef, (int)Math.Min(ef, wanted * 3L / 2 + 2), _scratch);
        _scratch.Count = 0;
        if (_start < 0) return false;
        _walk.Explore(_layers[0], _query, _start, ef, _scratch);
        bool isFull = _scratch.Count == ef;
        _codes?.Rank(_prepared, _slack, wanted, _scratch);
        return isFull;
    }

    /// <param name="hidden">How many came before the last of them that the snapshot does not hold.</param>
    int Collect(Span<Neighbor> nearest, Predicate<long>? filter, out int hidden)
    {
        int count = 0;
        hidden = 0;
        foreach (ulong key in _scratch.Found)
        {
            int slot = NodeKey.Node(key);
            // Rows of a damaged file may be at no distance at all.
            if (!_seen.Holds(slot) || float.IsNaN(NodeKey.Distance(key)))
            {
                hidden++;
                continue;
            }
            long id = _seen.Ids[slot];
            if (filter is not null && !filter(id)) continue;
            nearest[count++] = new(id, NodeKey.Distance(key));
            if (count == nearest.Length) break;
        }
        // Equally near ones come in the order of slots.
        nearest[..count].Sort();
        return count;
    }
}
