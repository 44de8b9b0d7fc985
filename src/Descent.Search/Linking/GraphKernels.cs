using Descent.Tensors;

namespace Descent.Search;

/// <summary>What measures vectors and chooses edges between them; one implementation for each way of storing and measuring.</summary>
/// <param name="walk">Searches by the vectors themselves.</param>
/// <param name="packed">Searches by estimates, from lists that have codes.</param>
abstract unsafe class GraphKernels(GraphWalk walk, PackedWalk packed)
{
    internal GraphWalk Walk => walk;

    internal PackedWalk Packed => packed;

    /// <inheritdoc cref="GraphWalk.Explore"/>
    internal void Explore(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch) => walk.Explore(layer, query, start, ef, scratch);

    /// <inheritdoc cref="GraphWalk.Offer"/>
    internal void Offer(GraphLayer layer, float* query, ReadOnlySpan<int> nodes, int ef, SearchScratch scratch) => walk.Offer(layer, query, nodes, ef, scratch);

    /// <summary>Sorted keys of nodes by their distance from one node.</summary>
    internal abstract void Sort(GraphLayer layer, int from, ReadOnlySpan<int> nodes, Span<ulong> keys);

    /// <summary>
    /// Chooses edges from a node: nearest first, each unless one chosen before is nearer to it than the node is; then, where
    /// there is room, those for which none chosen is as much nearer as the layer's slack, or any
    /// where lists are to be full. Edges of the tree are always chosen.
    /// </summary>
    /// <param name="candidates">Sorted keys.</param>
    /// <param name="most">Edges to choose at most, those of the tree included.</param>
    /// <returns>How many were chosen.</returns>
    internal abstract int Choose(GraphLayer layer, int from, ReadOnlySpan<ulong> candidates, int most, Span<int> chosen);

    /// <summary>Whether one of some nodes is nearer to a node than another node is.</summary>
    internal abstract bool LeadsNearer(GraphLayer layer, int from, int to, ReadOnlySpan<int> others);

    /// <summary>The nearest others of each of some slots, or most of them where there are many.</summary>
    internal abstract NearestLists FindNearest(int[] slots, int k, ulong seed, Course? course = null);

    /// <summary>Finds the nearest others of each of some slots unless it is a search from them that finds more of them.</summary>
    /// <returns>Whether it was done.</returns>
    internal abstract bool TryFindNearest(int[] slots, int k, ulong seed, ExactNeighbors.Found found, Course? course = null);

    /// <summary>The vector in a slot as a query, valid until the next call on the same scratch.</summary>
    internal abstract float* AsQuery(int slot, SearchScratch scratch);
}

/// <inheritdoc/>
sealed unsafe class GraphKernels<TDistance>(VectorStore store)
    : GraphKernels(new GraphWalk<TDistance>(store.Rows, store.Codec.QueryFloats), new PackedWalk<TDistance>(store.Rows, store.Codec.QueryFloats))
    where TDistance : struct, IRowDistance
{
    // On the stack, so many.
    const int FewCandidates = 1024;

    readonly int _width = store.Codec.QueryFloats, _stride = store.Codec.Stride;

    internal override void Sort(GraphLayer layer, int from, ReadOnlySpan<int> nodes, Span<ulong> keys)
    {
        float* room = stackalloc float[_width];
        float* query = TDistance.AsQuery(Row(layer, from), room, _width);
        foreach (int node in nodes) Prefetch(layer, node);
        for (int i = 0; i < nodes.Length; i++) keys[i] = NodeKey.Of(Distance(layer, query, nodes[i]), nodes[i]);
        keys[..nodes.Length].Sort();
    }

    internal override int Choose(GraphLayer layer, int from, ReadOnlySpan<ulong> candidates, int most, Span<int> chosen)
    {
        float* room = stackalloc float[_width];
        int trees = 0, count = 0;
        // Hidden even with the slack.
        var isSettled = candidates.Length <= FewCandidates ? stackalloc bool[candidates.Length] : new bool[candidates.Length];
        isSettled.Clear();
        foreach (ulong key in candidates)
            if (layer.IsTree(from, NodeKey.Node(key))) trees++;
        for (int i = 0; i < candidates.Length; i++)
        {
            int node = NodeKey.Node(candidates[i]);
            bool isTree = layer.IsTree(from, node);
            if (isTree) trees--;
            else if (count + trees >= most) continue;
            else if (NearerThan(layer, node, NodeKey.Distance(candidates[i]), chosen[..count], room) is var nearer && nearer < float.PositiveInfinity)
            {
                isSettled[i] = !layer.IsFull && nearer < NodeKey.Distance(candidates[i]) / layer.Slack;
                continue;
            }
            chosen[count++] = node;
        }
        if (layer.Slack == 1 && !layer.IsFull) return count;
        for (int i = 0; i < candidates.Length && count < most; i++)
        {
            int node = NodeKey.Node(candidates[i]);
            if (isSettled[i] || chosen[..count].Contains(node)) continue;
            if (layer.IsFull || !IsHidden(layer, node, NodeKey.Distance(candidates[i]) / layer.Slack, chosen[..count], room)) chosen[count++] = node;
        }
        return count;
    }

    internal override NearestLists FindNearest(int[] slots, int k, ulong seed, Course? course = null)
    {
        course ??= Course.None;
        if (slots.Length <= ExactNeighbors.Few || store.Codec.Metric == VectorMetric.Hamming) return new NearestDescent<TDistance>(store, slots, k, seed).Run(course);
        return (ExactNeighbors.Pays(store.Codec, slots.Length) ? new ExactNeighbors(store, slots, k, seed).Run(course) : null) ?? new CellNeighbors(store, slots, k, seed).Run(course);
    }

    internal override bool TryFindNearest(int[] slots, int k, ulong seed, ExactNeighbors.Found found, Course? course = null)
    {
        bool isFew = slots.Length <= ExactNeighbors.Few;
        if (!isFew && store.Codec.Metric == VectorMetric.Hamming) return false;
        course ??= Course.None;
        if (ExactNeighbors.Pays(store.Codec, slots.Length) && new ExactNeighbors(store, slots, k, seed).TryRun(found, course)) return true;
        var lists = FindNearest(slots, Math.Min(k, Math.Max(1, slots.Length - 1)), seed, course.Part(0.5));
        course.Part(0.5).For(slots.Length, i => found(i, lists.Known(i)));
        return true;
    }

    internal override float* AsQuery(int slot, SearchScratch scratch) => TDistance.AsQuery(store.Rows.Row(slot), scratch.Query(_width), _width);

    internal override bool LeadsNearer(GraphLayer layer, int from, int to, ReadOnlySpan<int> others)
    {
        float* room = stackalloc float[_width];
        return IsHidden(layer, to, Distance(layer, TDistance.AsQuery(Row(layer, to), room, _width), from), others, room);
    }

    bool IsHidden(GraphLayer layer, int node, float distance, ReadOnlySpan<int> chosen, float* room) =>
        NearerThan(layer, node, distance, chosen, room) < float.PositiveInfinity;

    /// <summary>The distance of the first of some nodes that is nearer than told; infinite if none is.</summary>
    float NearerThan(GraphLayer layer, int node, float distance, ReadOnlySpan<int> chosen, float* room)
    {
        float* query = TDistance.AsQuery(Row(layer, node), room, _width);
        foreach (int other in chosen)
            if (Distance(layer, query, other) is var nearer && nearer < distance) return nearer;
        return float.PositiveInfinity;
    }

    byte* Row(GraphLayer layer, int node) => store.Rows.Row(layer.Slot(node));

    float Distance(GraphLayer layer, float* query, int node) => TDistance.Of(query, Row(layer, node), _width);

    void Prefetch(GraphLayer layer, int node) => DistanceKernels.Prefetch(Row(layer, node), _stride);
}
