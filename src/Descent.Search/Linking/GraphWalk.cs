namespace Descent.Search;

/// <summary>What walks along the edges of a graph, nearer and nearer to a query; one implementation for each way of measuring.</summary>
abstract unsafe class GraphWalk
{
    /// <summary>Leaves the nearest nodes that a search from one node finds in the pool of <paramref name="scratch"/>.</summary>
    internal abstract void Explore(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch);

    /// <summary>Offers nodes to the pool as if a search had come by them; those it has seen are passed over.</summary>
    internal abstract void Offer(GraphLayer layer, float* query, ReadOnlySpan<int> nodes, int ef, SearchScratch scratch);
}

/// <inheritdoc/>
/// <param name="rows">What is measured, by slots: the vectors, or codes of them.</param>
/// <param name="width">What the distance wants to know of a row's length.</param>
sealed unsafe class GraphWalk<TDistance>(RowMemory rows, int width) : GraphWalk where TDistance : struct, IDistance
{
    // Cache lines that memory is asked for before their turn, as many as it has in hand at once; at least those of three rows.
    const int LinesAhead = 24, LeastAhead = 3, Line = 64;

    readonly int _stride = rows.Stride, _ahead = Math.Max(LeastAhead, LinesAhead / ((rows.Stride + Line - 1) / Line));

    internal override void Explore(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch)
    {
        scratch.Start(layer.Numbers, ef, layer.Capacity);
        byte* marks = scratch.Marks;
        byte epoch = scratch.Epoch;
        int* fresh = scratch.Fresh;
        int ahead = _ahead;
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
                if (count <= ahead) Prefetch(layer, node);
            }
            int nearest = next + 1;
            for (int i = 0; i < count; i++)
            {
                if (i + ahead < count) Prefetch(layer, fresh[i + ahead]);
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

    byte* Row(GraphLayer layer, int node) => rows.Row(layer.Slot(node));

    float Distance(GraphLayer layer, float* query, int node) => TDistance.Of(query, Row(layer, node), width);

    void Prefetch(GraphLayer layer, int node) => DistanceKernels.Prefetch(Row(layer, node), _stride);
}
