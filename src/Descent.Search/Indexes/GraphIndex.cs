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

    // What changes work on, and what searches see of it: they differ while layers are built aside.
    List<GraphLayer> _layers = [];
    GraphLayer[] _shown = [];
    bool _isAside;
    CodeTable? _codes;

    private protected GraphIndex(int dimension, VectorMetric metric, VectorElement elements)
        : base(dimension, metric, elements) => Kernels = Store.Codec.CreateGraphKernels(Store);

    private protected GraphKernels Kernels { get; }

    private protected bool IsEmpty => _layers.Count == 0;

    /// <summary>The layer of all vectors.</summary>
    private protected GraphLayer Base => _layers[0];

    /// <summary>Edges that a vector chooses and that it may come to have, on the lowest layer.</summary>
    private protected abstract (int Degree, int Capacity) BaseEdges { get; }

    /// <summary>Edges that a vector has in the layers above; one in as many is in the next layer.</summary>
    private protected abstract int UpperDegree { get; }

    /// <summary>Whether there are layers above the lowest.</summary>
    private protected virtual bool IsLayered => true;

    /// <summary>Bytes of a list of edges on the lowest layer, where codes of them stand behind it; else 0.</summary>
    private protected virtual int ListBytes => 0;

    /// <summary>How many near vectors are kept in view while edges are looked for.</summary>
    private protected abstract int BuildEf { get; }

    private protected abstract ulong LevelSeed { get; }

    /// <summary>By which codes searches walk.</summary>
    private protected abstract VectorCode Code { get; }

    /// <summary>The layers of the graph as they are at this moment, that of all vectors first.</summary>
    /// <exception cref="InvalidDataException">The index was opened mapped, and the graph in the file is damaged.</exception>
    public ImmutableArray<IndexLayer> CopyLayers() => Unchanged(static index =>
    {
        ((GraphIndex)index).CheckLists();
        return ((GraphIndex)index)._layers.Select(layer => layer.Copy(index.Store.Ids)).ToImmutableArray();
    });

    internal override void Write(IndexWriter writer, int[] dense)
    {
        CheckLists();
        GraphFile.Write(writer, _layers, dense);
        if (_layers.Count > 0) _codes?.Write(writer, dense);
    }

    internal override void Read(IndexReader reader)
    {
        GraphFile.Read(reader, Store.Count, MostLevels, AddLayer);
        if (!IsLayered) TakeDown(1);
        if (Store.Count == 0 || !TryCreateCodes(out var codes)) return;
        _codes = codes;
        codes.Read(reader);
    }

    internal override void CheckMapped()
    {
        base.CheckMapped();
        foreach (var layer in _layers) layer.Own();
    }

    private protected override IndexStatistics CollectStatistics()
    {
        CheckLists();
        return new()
        {
            Kind = Kind,
            Count = Store.Count,
            VectorBytes = Store.Bytes,
            CodeBytes = _codes?.Bytes ?? 0,
            GraphBytes = _layers.Sum(layer => layer.Bytes + (layer.Entrances?.Bytes ?? 0)),
            AverageDegree = Store.Count == 0 ? 0 : Enumerable.Range(0, _layers[0].Numbers).Where(_layers[0].IsUsed).Average(node => _layers[0].Edges(node).Length),
            Reachable = Store.Count == 0 ? 0 : _layers[0].CountReachable(),
        };
    }

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

    void CheckLists()
    {
        foreach (var layer in _layers) layer.Verify();
    }

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
        int left = _layers.Count;
        while (left > 0 && _layers[left - 1].Count == 0) left--;
        TakeDown(left);
    }

    /// <summary>Takes the upper layers away.</summary>
    void TakeDown(int left)
    {
        foreach (var layer in _layers.Skip(left)) layer.Dispose();
        _layers.RemoveRange(Math.Min(left, _layers.Count), Math.Max(0, _layers.Count - left));
        Show();
    }

    private protected override int FindNearest(Snapshot seen, ReadOnlySpan<float> prepared, Span<Neighbor> nearest, SearchOptions options)
    {
        if (seen.Count == 0) return 0;
        var scratch = SearchScratch.Rent();
        try
        {
            fixed (float* query = prepared)
                return NewSearch(seen, prepared, query, scratch).FindNearest(Math.Max(options.Ef ?? DefaultEf, nearest.Length), nearest, options, Store);
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
            fixed (float* query = prepared) NewSearch(seen, prepared, query, scratch).FindWithin(options.Ef ?? DefaultEf, radius, options.Filter, found);
        }
        finally
        {
            scratch.Return();
        }
    }

    GraphSearch NewSearch(Snapshot seen, ReadOnlySpan<float> prepared, float* query, SearchScratch scratch) =>
        new(seen, Volatile.Read(ref _shown), Volatile.Read(ref _codes), Kernels, prepared, query, scratch);

    /// <summary>Where a search begins of a layer that is being built; −1 where it is empty.</summary>
    private protected int Descend(float* query, int to, SearchScratch scratch) =>
        GraphSearch.Descend(CollectionsMarshal.AsSpan(_layers), Kernels.Walk, query, to, scratch);

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
            if (layer.Entrances is { } entrances) Kernels.Packed.Explore(layer, entrances, query, BuildEf, BuildEf, scratch);
            else if (at >= 0)
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
        if (!IsLayered) return 0;
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
}
