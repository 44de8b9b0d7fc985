using System.Runtime.CompilerServices;

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
        // The count first: memory whose address is loaded after it has as many nodes. Only codes that were replaced may have fewer.
        int numbers = layer.Numbers, capacity = layer.Capacity, ahead = _ahead;
        // A file may say what ef it likes.
        scratch.Start(numbers, Math.Min(ef, numbers), capacity);
        var nodes = new Nodes(layer, rows);
        numbers = nodes.Limit(numbers);
        if ((uint)start >= (uint)numbers) return;
        byte* marks = scratch.Marks;
        byte epoch = scratch.Epoch;
        int* fresh = scratch.Fresh;
        marks[start] = epoch;
        scratch.Insert(NodeKey.Of(TDistance.Of(query, nodes.Row(start), width), start), ef);
        for (int next = 0; next < scratch.Count;)
        {
            int* links = nodes.Links(NodeKey.Node(scratch.Pool[next]));
            scratch.Pool[next] |= NodeKey.Followed;
            int count = 0;
            for (int i = 0; i < capacity; i++)
            {
                int node = Volatile.Read(ref links[i]);
                if ((uint)node >= (uint)numbers)
                {
                    if (node < 0) break;
                    continue;
                }
                if (marks[node] == epoch) continue;
                marks[node] = epoch;
                fresh[count++] = node;
                if (count <= ahead) DistanceKernels.Prefetch(nodes.Row(node), _stride);
            }
            scratch.Work.Add(visits: 1, measured: count, estimated: 0);
            int nearest = next + 1;
            for (int i = 0; i < count; i++)
            {
                if (i + ahead < count) DistanceKernels.Prefetch(nodes.Row(fresh[i + ahead]), _stride);
                ulong key = NodeKey.Of(TDistance.Of(query, nodes.Row(fresh[i]), width), fresh[i]);
                int place = scratch.Insert(key, ef);
                if (place >= nearest) continue;
                nearest = place;
                DistanceKernels.Prefetch((byte*)nodes.Links(fresh[i]), capacity * sizeof(int));
            }
            next = nearest;
            while (next < scratch.Count && (scratch.Pool[next] & NodeKey.Followed) != 0) next++;
        }
    }

    internal override void Offer(GraphLayer layer, float* query, ReadOnlySpan<int> nodes, int ef, SearchScratch scratch)
    {
        scratch.Widen(Math.Min(ef, scratch.Count + nodes.Length));
        foreach (int node in nodes)
        {
            if (scratch.Marks[node] == scratch.Epoch) continue;
            scratch.Marks[node] = scratch.Epoch;
            scratch.Insert(NodeKey.Of(TDistance.Of(query, rows.Row(layer.Slot(node)), width), node), ef);
        }
    }

    /// <summary>Where nodes have their links and rows, as one walk reads them.</summary>
    readonly ref struct Nodes
    {
        readonly byte* _links, _rows;
        readonly nint _linkStride, _stride;
        readonly int[]? _slots;
        readonly int _capacity;

        public Nodes(GraphLayer layer, RowMemory rows)
        {
            (_linkStride, _stride, _slots) = (layer.Stride, rows.Stride, layer.SlotsOfNodes);
            _links = (byte*)layer.Links(0);
            // In this order: the memory has as many rows, or has grown since.
            _capacity = rows.Capacity;
            _rows = rows.Start;
        }

        public int Limit(int numbers) => _slots is null ? Math.Min(numbers, _capacity) : numbers;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int* Links(int node) => (int*)(_links + node * _linkStride);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public byte* Row(int node) => _rows + (_slots is null ? node : Math.Min(_slots[node], _capacity - 1)) * _stride;
    }
}
