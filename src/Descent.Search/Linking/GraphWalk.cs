using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>What walks along the edges of a graph, nearer and nearer to a query; one implementation for each way of measuring.</summary>
abstract unsafe class GraphWalk
{
    /// <summary>Leaves the nearest nodes that a search from one node finds in the pool of <paramref name="scratch"/>.</summary>
    internal abstract void Explore(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch);

    /// <summary>Begins a search that can go on: what falls out of the pool is kept aside.</summary>
    internal abstract void Begin(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch);

    /// <summary>Goes on with a search whose pool is to hold more, to about where a search that had begun with so many in view would end.</summary>
    internal abstract void GoOn(GraphLayer layer, float* query, int ef, SearchScratch scratch);

    /// <summary>Offers nodes to the pool as if a search had come by them; those it has seen are passed over.</summary>
    internal abstract void Offer(GraphLayer layer, float* query, ReadOnlySpan<int> nodes, int ef, SearchScratch scratch);
}

/// <inheritdoc/>
/// <param name="rows">What is measured, by slots: the vectors, or codes of them.</param>
/// <param name="width">What the distance wants to know of a row's length.</param>
sealed unsafe class GraphWalk<TDistance>(RowMemory rows, int width) : GraphWalk where TDistance : struct, IDistance
{
    // Visits under way: while memory brings what the list of one leads to, that of the one before is measured.
    const int UnderWay = 2;

    readonly int _stride = rows.Stride;

    internal override void Explore(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch) => Follow<Lost>(layer, query, start, ef, scratch, isNew: true);

    internal override void Begin(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch) => Follow<KeptAside>(layer, query, start, ef, scratch, isNew: true);

    internal override void GoOn(GraphLayer layer, float* query, int ef, SearchScratch scratch)
    {
        scratch.TakeBack(ef);
        Follow<KeptAside>(layer, query, -1, ef, scratch, isNew: false);
    }

    void Follow<TBeyond>(GraphLayer layer, float* query, int start, int ef, SearchScratch scratch, bool isNew) where TBeyond : struct, IBeyond
    {
        // The count first: memory whose address is loaded after it has as many nodes. Only codes that were replaced may have fewer.
        int numbers = layer.Numbers, capacity = layer.Capacity;
        // A file may say what ef it likes.
        if (isNew) scratch.Start(numbers, Math.Min(ef, numbers), UnderWay * capacity);
        var nodes = new Nodes(layer, rows);
        numbers = nodes.Limit(Math.Min(numbers, scratch.Nodes));
        if (isNew)
        {
            if ((uint)start >= (uint)numbers) return;
            scratch.Marks[start] = scratch.Epoch;
            TBeyond.Insert(scratch, NodeKey.Of(TDistance.Of(query, nodes.Row(start), width), start), ef);
        }
        int* counts = stackalloc int[UnderWay];
        for (int next = NextOpen(scratch, 0), oldest = 0, visits = 0; ;)
        {
            while (visits < UnderWay && next < scratch.Count)
            {
                int* links = nodes.Links(NodeKey.Node(scratch.Pool[next]));
                scratch.Pool[next] |= NodeKey.Followed;
                next = NextOpen(scratch, next);
                // Most likely the next to be visited.
                if (next < scratch.Count) DistanceKernels.Prefetch((byte*)nodes.Links(NodeKey.Node(scratch.Pool[next])), capacity * sizeof(int));
                int place = (oldest + visits++) % UnderWay;
                counts[place] = Gather(nodes, links, capacity, numbers, scratch, scratch.Fresh + place * capacity);
            }
            if (visits == 0) return;
            int* fresh = scratch.Fresh + oldest * capacity;
            int count = counts[oldest], nearest = next;
            scratch.Work.Add(visits: 1, measured: count, estimated: 0);
            for (int i = 0; i < count; i++)
            {
                int place = TBeyond.Insert(scratch, NodeKey.Of(TDistance.Of(query, nodes.Row(fresh[i]), width), fresh[i]), ef);
                if (place >= nearest) continue;
                nearest = place;
                DistanceKernels.Prefetch((byte*)nodes.Links(fresh[i]), capacity * sizeof(int));
            }
            next = NextOpen(scratch, nearest);
            (oldest, visits) = ((oldest + 1) % UnderWay, visits - 1);
        }
    }

    /// <summary>Marks the nodes of a list that were not seen before, and asks memory for their rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Gather(Nodes nodes, int* links, int capacity, int numbers, SearchScratch scratch, int* fresh)
    {
        byte* marks = scratch.Marks;
        byte epoch = scratch.Epoch;
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
            DistanceKernels.Prefetch(nodes.Row(node), _stride);
        }
        return count;
    }

    /// <summary>The first place from one on whose node was not visited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int NextOpen(SearchScratch scratch, int place)
    {
        while (place < scratch.Count && (scratch.Pool[place] & NodeKey.Followed) != 0) place++;
        return place;
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

    /// <summary>What becomes of keys that fall out of the pool.</summary>
    interface IBeyond
    {
        static abstract int Insert(SearchScratch scratch, ulong key, int ef);
    }

    readonly struct Lost : IBeyond
    {
        public static int Insert(SearchScratch scratch, ulong key, int ef) => scratch.Insert(key, ef);
    }

    readonly struct KeptAside : IBeyond
    {
        public static int Insert(SearchScratch scratch, ulong key, int ef) => scratch.InsertOrKeep(key, ef);
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
