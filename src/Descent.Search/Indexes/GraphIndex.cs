using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>An index whose searches follow the edges of a graph: down through layers, each a small part of the one below, to the lowest, which holds all.</summary>
public abstract unsafe class GraphIndex : VectorIndex
{
    // As many as keep threads busy, and few enough that measuring all pairs of them is a small part of the work.
    const int Batch = 256;
    const int MostLevels = 32;

    /// <summary>Where a search of this share of all would be needed, all are measured.</summary>
    const int ScanShare = 16;

    // Asking a filter for one vector is the unit; measuring a row of a scan, and having one more in view, take so many times as long.
    const int CostOfRow = 12, CostOfView = 120;

    const int Surplus = 3, Tried = 256;

    // What changes work on, and what searches see of it: they differ while layers are built aside.
    List<GraphLayer> _layers = [];
    GraphLayer[] _shown = [];
    bool _isAside;
    readonly PackedWalk _packed;
    CodeTable? _codes;

    private protected GraphIndex(int dimension, VectorMetric metric, VectorElement elements)
        : base(dimension, metric, elements)
    {
        Kernels = Store.Codec.CreateGraphKernels(Store);
        _packed = Kernels.CreatePackedWalk();
    }

    private protected GraphKernels Kernels { get; }

    private protected bool IsEmpty => _layers.Count == 0;

    /// <summary>The layer of all vectors.</summary>
    private protected GraphLayer Base => _layers[0];

    /// <summary>Edges that a vector chooses and that it may come to have, on the lowest layer.</summary>
    private protected abstract (int Degree, int Capacity) BaseEdges { get; }

    /// <summary>Edges that a vector has in the layers above; one in as many is in the next layer.</summary>
    private protected abstract int UpperDegree { get; }

    /// <summary>Bytes of a list of edges on the lowest layer, where codes of them stand behind it; else 0.</summary>
    private protected virtual int ListBytes => 0;

    /// <summary>How many near vectors are kept in view while edges are looked for.</summary>
    private protected abstract int BuildEf { get; }

    private protected abstract ulong LevelSeed { get; }

    /// <summary>By which codes searches walk.</summary>
    private protected abstract VectorCode Code { get; }

    /// <summary>The layers of the graph as they are at this moment, that of all vectors first.</summary>
    public ImmutableArray<IndexLayer> CopyLayers() => Unchanged(static index =>
        ((GraphIndex)index)._layers.Select(layer => layer.Copy(index.Store.Ids)).ToImmutableArray());

    internal override void Write(IndexWriter writer, int[] dense)
    {
        GraphFile.Write(writer, _layers, dense);
        if (_layers.Count > 0) _codes?.Write(writer, dense);
    }

    internal override void Read(IndexReader reader)
    {
        GraphFile.Read(reader, Store.Count, MostLevels, AddLayer);
        if (Store.Count == 0 || !TryCreateCodes(out var codes)) return;
        _codes = codes;
        codes.Read(reader);
    }

    private protected override IndexStatistics CollectStatistics() => new()
    {
        Kind = Kind,
        Count = Store.Count,
        VectorBytes = Store.Bytes,
        CodeBytes = _codes?.Bytes ?? 0,
        GraphBytes = _layers.Sum(layer => layer.Bytes + (layer.Entrances?.Bytes ?? 0)),
        AverageDegree = Store.Count == 0 ? 0 : Enumerable.Range(0, _layers[0].Numbers).Where(_layers[0].IsUsed).Average(node => _layers[0].Edges(node).Length),
        Reachable = Store.Count == 0 ? 0 : _layers[0].CountReachable(),
    };

    private protected sealed override void Link(ReadOnlySpan<int> slots)
    {
        if (_codes is { IsStale: false }) _codes.Encode(slots);
        else if (!slots.IsEmpty) LearnCodes();
        LinkNodes(slots);
    }

    /// <summary>Makes nodes of vectors that have codes already.</summary>
    private protected virtual void LinkNodes(ReadOnlySpan<int> slots)
    {
        bool isMost = slots.Length == Store.Count || Store.Replaced > Store.Count / 2;
        if (isMost && _layers.Count > 0) Rebuild(() => Join(Used(), lowest: 0));
        else Join([.. slots], lowest: 0);
    }

    private protected override void Release()
    {
        foreach (var layer in _layers) layer.Dispose();
        _codes?.Dispose();
    }

    /// <summary>Lets vectors join the layers from one on, in batches.</summary>
    private protected void Join(int[] slots, int lowest)
    {
        Array.Sort(slots);
        foreach (int[] batch in slots.Chunk(Batch))
        {
            JoinBatch(batch, lowest);
            Pack();
            // As they are linked now, and not later: a search would have its view full of what it must not see.
            if (!_isAside) Store.Publish(batch);
        }
    }

    /// <summary>Builds the layers anew, aside; searches go on in the old ones until it is done.</summary>
    /// <param name="build">What adds layers and nodes.</param>
    private protected void Rebuild(Action build)
    {
        var before = _layers;
        (_layers, _isAside) = ([], true);
        try
        {
            build();
        }
        catch
        {
            (_layers, before) = (before, _layers);
            throw;
        }
        finally
        {
            _isAside = false;
            Show();
            foreach (var layer in before) layer.Dispose();
        }
    }

    /// <summary>Called when lists of edges have changed, before anybody is to see it.</summary>
    private protected virtual void Pack()
    {
    }

    private protected int[] Used() => [.. Enumerable.Range(0, Store.Slots).Where(Store.IsUsed)];

    void Show()
    {
        if (!_isAside) Volatile.Write(ref _shown, [.. _layers]);
    }

    private protected override void Unlink(ReadOnlySpan<int> slots)
    {
        if (slots.Length > Store.Count)
        {
            LearnCodes();
            LinkNodes(Used());
            return;
        }
        foreach (var layer in _layers)
        {
            var nodes = new List<int>();
            foreach (int slot in slots)
                if (layer.TryFind(slot, out int node)) nodes.Add(node);
            if (nodes.Count > 0) new GraphLeave(layer, Kernels, nodes).Run();
        }
        while (_layers.Count > 0 && _layers[^1].Count == 0)
        {
            _layers[^1].Dispose();
            _layers.RemoveAt(_layers.Count - 1);
        }
        Show();
    }

    private protected override int FindNearest(Snapshot seen, ReadOnlySpan<float> prepared, Span<Neighbor> nearest, SearchOptions options)
    {
        if (seen.Count == 0) return 0;
        var scratch = SearchScratch.Rent();
        try
        {
            fixed (float* query = prepared)
            {
                var search = new Walker(this, prepared, query, scratch);
                int ef = Math.Max(options.Ef ?? DefaultEf, nearest.Length);
                if (options.Filter is not null) return FindFiltered(seen, prepared, search, ef, nearest, options.Filter, scratch);
                for (bool isMore = true; isMore; ef = (int)Math.Min(int.MaxValue, 2L * ef))
                {
                    isMore = search.Explore(ef, nearest.Length);
                    int found = Collect(seen, scratch, nearest, null, out int hidden);
                    // What came or went meanwhile takes room in the view; where it is much, the view is widened.
                    if (found == Math.Min(nearest.Length, seen.Count) && hidden <= found / 2) return found;
                }
            }
            // Layers are taken down while this search is under way: its vectors are all still there.
            return ExactScan.Nearest(seen, prepared, 0, seen.Slots, nearest, options.Filter);
        }
        finally
        {
            scratch.Return();
        }
    }

    private protected override void FindWithin(Snapshot seen, ReadOnlySpan<float> prepared, float radius, SearchOptions options, List<Neighbor> found)
    {
        if (seen.Count == 0) return;
        var scratch = SearchScratch.Rent();
        try
        {
            fixed (float* query = prepared)
            {
                var search = new Walker(this, prepared, query, scratch);
                // Until one that is too far is among those found.
                for (int ef = options.Ef ?? DefaultEf; ; ef *= 2)
                {
                    if (ef >= seen.Count / ScanShare)
                    {
                        if (options.Filter is { } filter) ExactScan.WithinPassing(seen, prepared, radius, filter, found);
                        else ExactScan.Within(seen, prepared, radius, null, found);
                        return;
                    }
                    if (!search.Explore(ef, ef) || NodeKey.Distance(scratch.Pool[ef - 1]) > radius) break;
                }
            }
            foreach (ulong key in scratch.Found)
                if (NodeKey.Distance(key) <= radius && NodeKey.Node(key) is var slot && seen.Holds(slot, options.Filter)) found.Add(new(seen.Ids[slot], NodeKey.Distance(key)));
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Searches with more and more in view until enough of it passes, or measures all that passes where that is less work.</summary>
    static int FindFiltered(Snapshot seen, ReadOnlySpan<float> prepared, Walker search, int ef, Span<Neighbor> nearest, Predicate<long> filter, SearchScratch scratch)
    {
        // The last of a view are found less surely than the first, so that so many times as many should pass.
        int wanted = Surplus * nearest.Length;
        double share = EstimateShare(seen, filter);
        ef = (int)Math.Min(int.MaxValue, Math.Max(ef, share > 0 ? wanted / share : double.PositiveInfinity));
        while (ef < seen.Slots && (double)ef * CostOfView < seen.Slots * (1 + share * CostOfRow))
        {
            bool isMore = search.Explore(ef, ef);
            int passing = 0;
            foreach (ulong key in scratch.Found)
                if (seen.Holds(NodeKey.Node(key), filter)) passing++;
            if (passing >= wanted) return Collect(seen, scratch, nearest, filter, out _);
            if (!isMore) break;
            // Fewer pass near the query than elsewhere.
            ef = (int)Math.Min(int.MaxValue, (long)ef * Math.Clamp(3 * wanted / (2 * Math.Max(1, passing)), 2, 16));
        }
        return ExactScan.NearestPassing(seen, prepared, filter, nearest);
    }

    /// <summary>The share of all that passes a filter, of some all over the index.</summary>
    static double EstimateShare(Snapshot seen, Predicate<long> filter)
    {
        int passing = 0, held = 0, step = Math.Max(1, seen.Slots / Tried);
        for (int slot = 0; slot < seen.Slots; slot += step)
        {
            if (!seen.Holds(slot)) continue;
            held++;
            if (filter(seen.Ids[slot])) passing++;
        }
        return (double)passing / Math.Max(1, held);
    }

    /// <param name="hidden">How many came before the last of them that the snapshot does not hold.</param>
    static int Collect(Snapshot seen, SearchScratch scratch, Span<Neighbor> nearest, Predicate<long>? filter, out int hidden)
    {
        int count = 0;
        hidden = 0;
        foreach (ulong key in scratch.Found)
        {
            int slot = NodeKey.Node(key);
            // Rows of a damaged file may be at no distance at all.
            if (!seen.Holds(slot) || float.IsNaN(NodeKey.Distance(key)))
            {
                hidden++;
                continue;
            }
            long id = seen.Ids[slot];
            if (filter is not null && !filter(id)) continue;
            nearest[count++] = new(id, NodeKey.Distance(key));
            if (count == nearest.Length) break;
        }
        // Equally near ones come in the order of slots.
        nearest[..count].Sort();
        return count;
    }

    /// <summary>Where a search of a layer begins; −1 where it is empty.</summary>
    static int Descend(ReadOnlySpan<GraphLayer> layers, GraphWalk walk, float* query, int to, SearchScratch scratch)
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

    /// <summary>Where a search begins of a layer that is being built; −1 where it is empty.</summary>
    private protected int Descend(float* query, int to, SearchScratch scratch) => Descend(CollectionsMarshal.AsSpan(_layers), Kernels.Walk, query, to, scratch);

    /// <summary>The vectors of the second layer that are nearest to one, itself left out; none where there is no such layer.</summary>
    private protected int[] NearAbove(int slot, int count)
    {
        if (_layers.Count < 2) return [];
        var scratch = SearchScratch.Rent();
        float* query = Kernels.AsQuery(slot, scratch);
        Kernels.Explore(_layers[1], query, Descend(query, 1, scratch), count, scratch);
        var near = new List<int>();
        foreach (ulong key in scratch.Found)
            if (_layers[1].Below(NodeKey.Node(key)) is var below && below != slot) near.Add(below);
        scratch.Return();
        return [.. near];
    }

    void JoinBatch(int[] slots, int lowest)
    {
        int[] levels = [.. slots.Select(slot => Level(Store.Ids[slot]))];
        while (_layers.Count <= levels.Max()) AddLayer();
        int[] roots = [.. _layers.Select(layer => layer.Root)];
        var joins = new GraphJoin[_layers.Count];
        for (int level = lowest; level < joins.Length; level++)
        {
            int[] nodes = [.. slots.Where((_, i) => levels[i] >= level).Select(_layers[level].Add)];
            Array.Sort(nodes);
            joins[level] = new(_layers[level], Kernels, nodes, level == 0 ? BaseEdges.Degree : UpperDegree);
        }
        WorkerPool.For(slots.Length, i =>
        {
            if (levels[i] >= lowest) ChooseEdges(slots[i], lowest, levels[i], roots, joins);
        });
        foreach (var join in joins.AsSpan(lowest)) join.Finish();
    }

    void ChooseEdges(int slot, int lowest, int level, int[] roots, GraphJoin[] joins)
    {
        var scratch = SearchScratch.Rent();
        float* query = Kernels.AsQuery(slot, scratch);
        int at = -1;
        for (int l = _layers.Count - 1; l >= lowest; l--)
        {
            var layer = _layers[l];
            at = at < 0 ? roots[l] : _layers[l + 1].Below(at);
            if (at >= 0)
            {
                Kernels.Explore(layer, query, at, l > level ? 1 : BuildEf, scratch);
                at = NodeKey.Node(scratch.Pool[0]);
            }
            else scratch.Start(layer.Numbers, Math.Min(BuildEf, layer.Numbers), layer.Capacity);
            if (l > level) continue;
            layer.TryFind(slot, out int node);
            joins[l].Choose(Array.BinarySearch(joins[l].Nodes, node), query, BuildEf, scratch);
        }
        scratch.Return();
    }

    /// <summary>The highest layer of an id: l with a probability of (1 − 1/d) / dˡ, d the edges of the layers above.</summary>
    int Level(long id)
    {
        Span<double> uniform = stackalloc double[1];
        new Generator(LevelSeed, (ulong)id).Uniform(uniform);
        return (int)Math.Min(MostLevels - 1, -Math.Log(1 - uniform[0]) / Math.Log(UpperDegree));
    }

    private protected GraphLayer AddLayer()
    {
        _layers.Add(_layers.Count == 0 ? new(BaseEdges.Capacity, Store.Epochs, null, ListBytes) : new(UpperDegree, Store.Epochs, _layers[^1]));
        Show();
        return _layers[^1];
    }

    /// <summary>New codes of all vectors. Searches under way go on with those before.</summary>
    void LearnCodes()
    {
        CodeTable? before = _codes, codes = null;
        if (Store.Count > 0 && TryCreateCodes(out codes))
        {
            codes.Learn();
            codes.Encode(Used());
        }
        Volatile.Write(ref _codes, codes);
        before?.Dispose();
    }

    bool TryCreateCodes([NotNullWhen(true)] out CodeTable? codes)
    {
        codes = Quantizer.Create(Code, Store.Codec) is { } quantizer ? new(Store, quantizer) : null;
        return codes is not null;
    }

    /// <summary>A search of the lowest layer from where the layers above lead; by codes, where there are any, and ranked again by the vectors.</summary>
    readonly ref struct Walker
    {
        readonly ReadOnlySpan<float> _prepared;
        readonly SearchScratch _scratch;
        readonly GraphLayer[] _layers;
        readonly CodeTable? _codes;
        readonly GraphWalk _walk;
        readonly Entrances? _entrances;
        readonly PackedWalk? _packed;
        readonly float* _query;
        readonly float _slack;
        readonly int _start;

        internal Walker(GraphIndex index, ReadOnlySpan<float> prepared, float* query, SearchScratch scratch)
        {
            (_layers, _scratch, _codes, _walk) = (Volatile.Read(ref index._shown), scratch, Volatile.Read(ref index._codes), index.Kernels.Walk);
            _prepared = prepared;
            _query = query;
            if (_codes is not null)
            {
                var coded = _codes.Prepare(prepared, scratch);
                (_walk, _slack) = (_codes.Walk, coded.Slack);
                _query = coded.Query;
            }
            if (_layers is [{ Entrances: { } entrances }, ..])
            {
                (_entrances, _packed, _start) = (entrances, index._packed, -1);
                return;
            }
            _start = Descend(_layers, _walk, _query, 0, scratch);
        }

        /// <summary>Leaves the nearest in the pool; of those found by codes at least the <paramref name="wanted"/> nearest.</summary>
        /// <returns>Whether there may be more than fitted.</returns>
        internal bool Explore(int ef, int wanted)
        {
            // Half as many again as are wanted, for those that a snapshot does not hold.
            if (_entrances is not null) return _packed!.Explore(_layers[0], _entrances, _query, ef, (int)Math.Min(ef, wanted * 3L / 2 + 2), _scratch);
            _scratch.Count = 0;
            if (_start < 0) return false;
            _walk.Explore(_layers[0], _query, _start, ef, _scratch);
            bool isFull = _scratch.Count == ef;
            _codes?.Rank(_prepared, _slack, wanted, _scratch);
            return isFull;
        }
    }
}
