using Descent.Tensors;

namespace Descent.Search;

/// <summary>Approximate search by descent through layers of graphs, each a small part of the one below.</summary>
/// <remarks>
/// Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small World
/// graphs", 2016. Other than there, vectors join in batches, each of which sees the graph as it was and all others of its batch,
/// so that the graph does not depend on the number of threads; and a tree within each layer keeps every vector reachable.
/// </remarks>
public sealed unsafe class HnswIndex : VectorIndex
{
    // As many as keep threads busy, and few enough that measuring all pairs of them is a small part of the work.
    const int Batch = 256;
    const int MostLevels = 32;

    /// <summary>Where a filter leaves so little that a search of this share of all would be needed, all that it leaves is measured.</summary>
    const int ScanShare = 16;

    readonly List<GraphLayer> _layers = [];
    readonly GraphKernels _kernels;

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric does not fit the elements.</exception>
    public HnswIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32, HnswOptions? options = null)
        : base(dimension, metric, elements) =>
        (Options, _kernels) = (options ?? new(), Store.Codec.CreateGraphKernels(Store));

    /// <summary>How the graph is built.</summary>
    public HnswOptions Options { get; private set; }

    internal override string Kind => "hnsw";

    /// <inheritdoc/>
    public override void Dispose()
    {
        Clear();
        base.Dispose();
    }

    internal override void Write(IndexWriter writer, int[] dense)
    {
        writer.Int32(Options.M);
        writer.Int32(Options.EfConstruction);
        writer.Int64((long)Options.Seed);
        GraphFile.Write(writer, _layers, dense);
    }

    internal override void Read(IndexReader reader)
    {
        Options = new()
        {
            M = reader.Int32(4, 512, "M"),
            EfConstruction = reader.Int32(1, 1 << 20, "EfConstruction"),
            Seed = (ulong)reader.Int64(),
        };
        GraphFile.Read(reader, Store.Count, MostLevels, AddLayer);
    }

    private protected override IndexStatistics CollectStatistics() => new()
    {
        Kind = Kind,
        Count = Store.Count,
        VectorBytes = Store.Bytes,
        GraphBytes = _layers.Sum(layer => layer.Bytes),
        AverageDegree = Store.Count == 0 ? 0 : Enumerable.Range(0, _layers[0].Numbers).Where(_layers[0].IsUsed).Average(node => _layers[0].Edges(node).Length),
        Reachable = Store.Count == 0 ? 0 : _layers[0].CountReachable(),
    };

    private protected override void Link(ReadOnlySpan<int> slots)
    {
        int[] sorted = [.. slots];
        Array.Sort(sorted);
        for (int start = 0; start < sorted.Length; start += Batch) LinkBatch(sorted[start..Math.Min(sorted.Length, start + Batch)]);
    }

    private protected override void Unlink(ReadOnlySpan<int> slots)
    {
        var leaving = slots.ToArray();
        bool isMost = leaving.Length > Store.Count / 2;
        if (!isMost)
            foreach (var layer in _layers)
            {
                var nodes = new List<int>();
                foreach (int slot in leaving)
                    if (layer.TryFind(slot, out int node)) nodes.Add(node);
                if (nodes.Count > 0) new GraphLeave(layer, _kernels, nodes).Run();
            }
        foreach (int slot in leaving) Store.Release(slot);
        if (isMost)
        {
            Clear();
            Link([.. Enumerable.Range(0, Store.Slots).Where(Store.IsUsed)]);
        }
        while (_layers.Count > 0 && _layers[^1].Count == 0)
        {
            _layers[^1].Dispose();
            _layers.RemoveAt(_layers.Count - 1);
        }
    }

    private protected override int FindNearest(ReadOnlySpan<float> prepared, Span<Neighbor> nearest, SearchOptions options)
    {
        if (Store.Count == 0) return 0;
        var scratch = SearchScratch.Rent();
        try
        {
            fixed (float* query = prepared)
            {
                int start = Descend(query, scratch), ef = Math.Max(options.Ef, nearest.Length);
                if (options.Filter is not null) return FindFiltered(prepared, query, start, ef, nearest, options.Filter, scratch);
                _kernels.Explore(_layers[0], query, start, ef, scratch);
                return Collect(scratch, nearest, null);
            }
        }
        finally
        {
            scratch.Return();
        }
    }

    private protected override void FindWithin(ReadOnlySpan<float> prepared, float radius, SearchOptions options, List<Neighbor> found)
    {
        if (Store.Count == 0) return;
        var scratch = SearchScratch.Rent();
        try
        {
            fixed (float* query = prepared)
            {
                int start = Descend(query, scratch);
                // Until one that is too far is among those found.
                for (int ef = options.Ef; ; ef *= 2)
                {
                    if (ef >= Store.Count / ScanShare)
                    {
                        ExactScan.Within(Store, prepared, radius, options.Filter, found);
                        return;
                    }
                    _kernels.Explore(_layers[0], query, start, ef, scratch);
                    if (scratch.Count < ef || NodeKey.Distance(scratch.Pool[ef - 1]) > radius) break;
                }
            }
            foreach (ulong key in scratch.Found)
            {
                long id = Store.Ids[NodeKey.Node(key)];
                if (NodeKey.Distance(key) <= radius && (options.Filter is null || options.Filter(id))) found.Add(new(id, NodeKey.Distance(key)));
            }
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Searches with more and more in view until enough of it passes.</summary>
    int FindFiltered(ReadOnlySpan<float> prepared, float* query, int start, int ef, Span<Neighbor> nearest, Predicate<long> filter, SearchScratch scratch)
    {
        // The last of a view are found less surely than the first, so that twice as many should pass.
        int wanted = 2 * nearest.Length;
        while (ef < Store.Count / ScanShare)
        {
            _kernels.Explore(_layers[0], query, start, ef, scratch);
            int passing = 0;
            foreach (ulong key in scratch.Found)
                if (filter(Store.Ids[NodeKey.Node(key)])) passing++;
            if (passing >= wanted) return Collect(scratch, nearest, filter);
            ef = (int)Math.Min(int.MaxValue, (long)ef * Math.Clamp(3 * wanted / (2 * Math.Max(1, passing)), 2, 16));
        }
        return ExactScan.Nearest(Store, prepared, 0, Store.Slots, nearest, filter);
    }

    int Collect(SearchScratch scratch, Span<Neighbor> nearest, Predicate<long>? filter)
    {
        int count = 0;
        foreach (ulong key in scratch.Found)
        {
            long id = Store.Ids[NodeKey.Node(key)];
            if (filter is not null && !filter(id)) continue;
            nearest[count++] = new(id, NodeKey.Distance(key));
            if (count == nearest.Length) break;
        }
        // Equally near ones come in the order of slots.
        nearest[..count].Sort();
        return count;
    }

    /// <summary>Where a search of the lowest layer begins.</summary>
    int Descend(float* query, SearchScratch scratch)
    {
        int node = _layers[^1].Root;
        for (int level = _layers.Count - 1; level > 0; level--)
        {
            _kernels.Explore(_layers[level], query, node, 1, scratch);
            node = _layers[level].Below(NodeKey.Node(scratch.Pool[0]));
        }
        return node;
    }

    void LinkBatch(int[] slots)
    {
        int[] levels = [.. slots.Select(slot => Level(Store.Ids[slot]))];
        while (_layers.Count <= levels.Max()) AddLayer();
        int[] roots = [.. _layers.Select(layer => layer.Root)];
        var joins = new GraphJoin[_layers.Count];
        for (int level = 0; level < joins.Length; level++)
        {
            int[] nodes = [.. slots.Where((_, i) => levels[i] >= level).Select(_layers[level].Add)];
            Array.Sort(nodes);
            joins[level] = new(_layers[level], _kernels, nodes, Options.M);
        }
        WorkerPool.For(slots.Length, i => ChooseEdges(slots[i], levels[i], roots, joins));
        foreach (var join in joins) join.Finish();
    }

    void ChooseEdges(int slot, int level, int[] roots, GraphJoin[] joins)
    {
        var scratch = SearchScratch.Rent();
        float* query = _kernels.AsQuery(slot, scratch);
        int at = -1;
        for (int l = _layers.Count - 1; l >= 0; l--)
        {
            var layer = _layers[l];
            at = at < 0 ? roots[l] : _layers[l + 1].Below(at);
            if (at >= 0)
            {
                _kernels.Explore(layer, query, at, l > level ? 1 : Options.EfConstruction, scratch);
                at = NodeKey.Node(scratch.Pool[0]);
            }
            else scratch.Start(layer.Numbers, Options.EfConstruction, layer.Capacity);
            if (l > level) continue;
            layer.TryFind(slot, out int node);
            joins[l].Choose(Array.BinarySearch(joins[l].Nodes, node), query, Options.EfConstruction, scratch);
        }
        scratch.Return();
    }

    /// <summary>The highest layer of an id: l with a probability of (1 − 1/M) / Mˡ.</summary>
    int Level(long id)
    {
        Span<double> uniform = stackalloc double[1];
        new Generator(Options.Seed, (ulong)id).Uniform(uniform);
        return (int)Math.Min(MostLevels - 1, -Math.Log(1 - uniform[0]) / Math.Log(Options.M));
    }

    GraphLayer AddLayer()
    {
        _layers.Add(_layers.Count == 0 ? new(2 * Options.M, null) : new(Options.M, _layers[^1]));
        return _layers[^1];
    }

    void Clear()
    {
        foreach (var layer in _layers) layer.Dispose();
        _layers.Clear();
    }
}
