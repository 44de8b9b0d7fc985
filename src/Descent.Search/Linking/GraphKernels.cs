namespace Descent.Search;

/// <summary>What walks along the edges of a graph and measures; one implementation for each way of storing and measuring.</summary>
abstract unsafe class GraphKernels
{
    /// <summary>Leaves the nearest nodes that a search from one node finds in the pool of <paramref name="scratch"/>.</summary>
    internal abstract void Explore(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch);

    /// <summary>Offers nodes to the pool as if a search had come by them; those it has seen are passed over.</summary>
    internal abstract void Offer(GraphLayer layer, float* query, ReadOnlySpan<int> nodes, int ef, SearchScratch scratch);

    /// <summary>Sorted keys of nodes by their distance from one node.</summary>
    internal abstract void Sort(GraphLayer layer, int from, ReadOnlySpan<int> nodes, Span<ulong> keys);

    /// <summary>
    /// Chooses edges from a node: nearest first, each unless one chosen before is nearer to it than the node is. Edges of the
    /// tree are always chosen.
    /// </summary>
    /// <param name="candidates">Sorted keys.</param>
    /// <param name="most">Edges to choose at most, those of the tree included.</param>
    /// <returns>How many were chosen.</returns>
    internal abstract int Choose(GraphLayer layer, int from, ReadOnlySpan<ulong> candidates, int most, Span<int> chosen);

    /// <summary>The nearest others of each of some slots, by NN-Descent.</summary>
    internal abstract NearestLists FindNearest(int[] slots, int k, ulong seed);

    /// <summary>The vector in a slot as a query, valid until the next call on the same scratch.</summary>
    internal abstract float* AsQuery(int slot, SearchScratch scratch);
}

/// <inheritdoc/>
sealed unsafe class GraphKernels<TDistance>(VectorStore store) : GraphKernels where TDistance : struct, IRowDistance
{
    // Rows that memory is asked for before their turn: the time of three measurements is about that of one access.
    const int Ahead = 3;

    readonly int _width = store.Codec.QueryFloats, _stride = store.Codec.Stride;

    internal override void Explore(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch)
    {
        scratch.Start(layer.Numbers, ef, layer.Capacity);
        byte* marks = scratch.Marks;
        byte epoch = scratch.Epoch;
        int* fresh = scratch.Fresh;
        marks[start] = epoch;
        scratch.Insert(NodeKey.Of(Distance(layer, query, start), start), ef);
        for (int next = 0; next < scratch.Count;)
        {
            int* links = layer.Links(NodeKey.Node(scratch.Pool[next]));
            scratch.Pool[next] |= NodeKey.Followed;
            int count = 0;
            for (int i = 0; i < layer.Capacity && links[i] >= 0; i++)
            {
                int node = links[i];
                if (marks[node] == epoch) continue;
                marks[node] = epoch;
                fresh[count++] = node;
                if (count <= Ahead) Prefetch(layer, node);
            }
            int nearest = next + 1;
            for (int i = 0; i < count; i++)
            {
                if (i + Ahead < count) Prefetch(layer, fresh[i + Ahead]);
                ulong key = NodeKey.Of(Distance(layer, query, fresh[i]), fresh[i]);
                int place = scratch.Insert(key, ef);
                if (place >= nearest) continue;
                nearest = place;
                DistanceKernels.Prefetch((byte*)layer.Links(fresh[i]), layer.Capacity * sizeof(int));
            }
            next = nearest;
            while (next < scratch.Count && (scratch.Pool[next] & NodeKey.Followed) != 0) next++;
        }
    }

    internal override void Offer(GraphLayer layer, float* query, ReadOnlySpan<int> nodes, int ef, SearchScratch scratch)
    {
        scratch.Widen(ef);
        foreach (int node in nodes)
        {
            if (scratch.Marks[node] == scratch.Epoch) continue;
            scratch.Marks[node] = scratch.Epoch;
            scratch.Insert(NodeKey.Of(Distance(layer, query, node), node), ef);
        }
    }

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
        foreach (ulong key in candidates)
            if (layer.IsTree(from, NodeKey.Node(key))) trees++;
        foreach (ulong key in candidates)
        {
            int node = NodeKey.Node(key);
            bool isTree = layer.IsTree(from, node);
            if (isTree) trees--;
            else if (count + trees >= most || IsHidden(layer, node, NodeKey.Distance(key), chosen[..count], room)) continue;
            chosen[count++] = node;
        }
        return count;
    }

    internal override NearestLists FindNearest(int[] slots, int k, ulong seed) => new NearestDescent<TDistance>(store, slots, k, seed).Run();

    internal override float* AsQuery(int slot, SearchScratch scratch) => TDistance.AsQuery(store.Rows.Row(slot), scratch.Query(_width), _width);

    bool IsHidden(GraphLayer layer, int node, float distance, ReadOnlySpan<int> chosen, float* room)
    {
        float* query = TDistance.AsQuery(Row(layer, node), room, _width);
        foreach (int other in chosen)
            if (Distance(layer, query, other) < distance) return true;
        return false;
    }

    byte* Row(GraphLayer layer, int node) => store.Rows.Row(layer.Slot(node));

    float Distance(GraphLayer layer, float* query, int node) => TDistance.Of(query, Row(layer, node), _width);

    void Prefetch(GraphLayer layer, int node) => DistanceKernels.Prefetch(Row(layer, node), _stride);
}
