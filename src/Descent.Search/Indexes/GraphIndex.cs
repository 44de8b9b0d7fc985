using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>An index whose searches follow the edges of a graph: down through layers, each a small part of the one below, to the lowest, which holds all.</summary>
public abstract unsafe class GraphIndex : VectorIndex
{
    // As many as keep threads busy, and few enough that measuring all pairs of them is a small part of the work.
    const int Batch = 256;
    const int MostLevels = 32;

    // Up to this share of all, vectors join the graph that is searched: its searches may have so much in view that they must not see.
    const int InPlace = 16;

    readonly GraphLayers _layers;
    CodeTable? _codes;

    private protected GraphIndex(int dimension, VectorMetric metric, VectorElement elements)
        : base(dimension, metric, elements)
    {
        Kernels = Store.Codec.CreateGraphKernels(Store);
        _layers = new(below => below is null ? new(BaseEdges.Capacity, Store.Epochs, null, ListBytes) : new(UpperDegree, Store.Epochs, below));
    }

    internal GraphKernels Kernels { get; }

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
    public ImmutableArray<IndexLayer> CopyLayers() => Swept(static index =>
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
        GraphFile.Read(reader, Store.Count, MostLevels, _layers.Add);
        if (!IsLayered) _layers.TakeDown(1);
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

    private protected sealed override void Link(ReadOnlySpan<int> slots, Course course)
    {
        if (slots.IsEmpty) return;
        var codes = _codes;
        try
        {
            var coding = course.Part(Code == VectorCode.None ? 0 : 0.1);
            if (codes is { IsStale: false }) codes.Encode(slots, coding);
            else Volatile.Write(ref _codes, LearnCodes(coding));
            LinkNodes(slots, course.Part(1));
        }
        catch
        {
            // Searches under way may be at some that have joined.
            Leave(slots);
            if (!IsEmpty) Pack(Course.None);
            if (_codes != codes) _codes?.Dispose();
            Volatile.Write(ref _codes, codes);
            throw;
        }
        if (_codes != codes) codes?.Dispose();
    }

    /// <summary>To take edges to a vector away all lists are looked through, which costs as much for many: as much as mending the lists to these.</summary>
    private protected sealed override int MostHidden => Math.Max(Store.Count / 4096, Math.Min(64, Store.Count / InPlace));

    /// <summary>Whether to build the graph anew where so many vectors are new.</summary>
    private protected virtual bool IsBuiltAnew(int added) => added > Store.Count / 2;

    /// <summary>Makes the layers, of which there are none, and lets all vectors join them.</summary>
    private protected virtual void Build(int[] slots, Course course) => Join(slots, lowest: 0, course);

    private protected override void Release()
    {
        _layers.Dispose();
        _codes?.Dispose();
    }

    /// <summary>A base layer of vectors without edges yet, and the layers above it as they are to be.</summary>
    private protected void BuildAbove(int[] slots, Course course)
    {
        StartBase(slots);
        Join(slots, lowest: 1, course);
    }

    /// <summary>A base layer of vectors without edges.</summary>
    private protected void StartBase(int[] slots)
    {
        _layers.Add();
        foreach (int slot in slots) Base.Add(slot);
    }

    /// <summary>Makes nodes of vectors that have codes already.</summary>
    void LinkNodes(ReadOnlySpan<int> slots, Course course)
    {
        int[] added = slots.ToArray();
        if (IsBuiltAnew(added.Length)) _layers.Rebuild(() => Build(Used(), course));
        else if (added.Length <= Math.Max(Batch, Store.Count / InPlace)) Extend();
        else _layers.ChangeCopies(Extend);

        void Extend()
        {
            Join(added, lowest: 0, course);
            Grow(added);
        }
    }

    /// <summary>Called when vectors have joined the graph.</summary>
    private protected virtual void Grow(int[] added)
    {
    }

    /// <summary>Lets vectors join the layers from one on, in batches.</summary>
    void Join(int[] slots, int lowest, Course course)
    {
        Array.Sort(slots);
        int done = 0;
        foreach (int[] batch in slots.Chunk(Batch))
        {
            course.Reach((double)done / slots.Length);
            done += batch.Length;
            JoinBatch(batch, lowest, course.Cancellation);
            Pack(Course.None);
        }
    }

    /// <summary>Called when lists of edges have changed, before anybody is to see it.</summary>
    private protected virtual void Pack(Course course)
    {
    }

    private protected int[] Used() => [.. Enumerable.Range(0, Store.Slots).Where(Store.IsUsed)];

    void CheckLists()
    {
        foreach (var layer in _layers) layer.Verify();
    }

    private protected override void Unlink(ReadOnlySpan<int> slots)
    {
        if (slots.Length > Store.Count)
        {
            int[] left = Used();
            var codes = _codes;
            Volatile.Write(ref _codes, left.Length == 0 ? null : LearnCodes(Course.None));
            codes?.Dispose();
            _layers.Rebuild(() =>
            {
                if (left.Length > 0) Build(left, Course.None);
            });
            return;
        }
        Leave(slots);
    }

    /// <summary>Takes nodes of vectors out of all layers.</summary>
    void Leave(ReadOnlySpan<int> slots)
    {
        foreach (var layer in _layers)
        {
            var nodes = new List<int>();
            foreach (int slot in slots)
                if (layer.TryFind(slot, out int node)) nodes.Add(node);
            if (nodes.Count > 0) new GraphLeave(layer, Kernels, nodes).Run();
        }
        _layers.TakeDownEmpty();
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

    private protected override IEnumerable<Neighbor> StreamFrom(float[] query, SearchOptions options) => ListBytes > 0 ? base.StreamFrom(query, options) : StreamParts(query, options);

    IEnumerable<Neighbor> StreamParts(float[] query, SearchOptions options)
    {
        using var stream = new GraphStream(this, query, options);
        while (stream.Next() is { } part)
            foreach (var neighbor in part) yield return neighbor;
    }

    /// <summary>What searches see that begin now.</summary>
    internal (GraphLayer[] Layers, CodeTable? Codes) Shown => (_layers.Shown, Volatile.Read(ref _codes));

    GraphSearch NewSearch(Snapshot seen, ReadOnlySpan<float> prepared, float* query, SearchScratch scratch) =>
        new(seen, Shown.Layers, Shown.Codes, Kernels, prepared, query, scratch);

    /// <summary>Where a search begins of a layer that is being built; −1 where it is empty.</summary>
    private protected int Descend(float* query, int to, SearchScratch scratch) =>
        GraphSearch.Descend(_layers.Span, Kernels.Walk, query, to, scratch);

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

    void JoinBatch(int[] slots, int lowest, CancellationToken cancellation)
    {
        int[] levels = [.. slots.Select(slot => Level(Store.Ids[slot]))];
        while (_layers.Count <= levels.Max()) _layers.Add();
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
        }, cancellation);
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

    /// <summary>New codes of all vectors; null where there are to be none.</summary>
    CodeTable? LearnCodes(Course course)
    {
        if (!TryCreateCodes(out var codes)) return null;
        try
        {
            codes.Learn();
            // Edges lead to vectors that are hidden or being replaced, too.
            codes.Encode([.. Enumerable.Range(0, Store.Slots)], course);
            return codes;
        }
        catch
        {
            codes.Dispose();
            throw;
        }
    }

    bool TryCreateCodes([NotNullWhen(true)] out CodeTable? codes)
    {
        codes = Quantizer.Create(Code, Store.Codec) is { } quantizer ? new(Store, quantizer) : null;
        return codes is not null;
    }
}
