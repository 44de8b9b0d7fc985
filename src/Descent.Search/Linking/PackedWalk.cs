namespace Descent.Search;

/// <summary>A search by estimates: a node that is visited is measured, and all that it leads to estimated at once from its list.</summary>
abstract unsafe class PackedWalk
{
    /// <summary>Visits the nodes that seem nearest, and leaves the nearest of them in the pool of <paramref name="scratch"/>.</summary>
    /// <param name="visits">Nodes to visit.</param>
    /// <param name="kept">The nearest to leave.</param>
    /// <returns>Whether there was more to visit.</returns>
    internal abstract bool Explore(GraphLayer layer, Entrances entrances, float* query, int visits, int kept, SearchScratch scratch);
}

/// <inheritdoc/>
/// <param name="rows">The vectors.</param>
/// <param name="width">Elements of a vector, filled up.</param>
sealed unsafe class PackedWalk<TDistance>(RowMemory rows, int width) : PackedWalk where TDistance : struct, IRowDistance
{
    // The entrances that a search may begin with, not more than the queue narrows to.
    const int Begun = 8;

    // Visits under way: while memory brings the list of one, another is scanned.
    const int UnderWay = 3;

    internal override bool Explore(GraphLayer layer, Entrances entrances, float* query, int visits, int kept, SearchScratch scratch)
    {
        // The count first: memory whose address is loaded after it has as many nodes.
        int numbers = Math.Min(layer.Numbers, rows.Capacity), capacity = layer.Capacity;
        // No more room than for all, with one visit to spare that tells that there were no more.
        (visits, kept) = (Math.Min(visits, numbers + 1), Math.Min(kept, numbers));
        // Where all are kept, they are put in order at the end.
        bool isSortedLast = kept >= Math.Min(visits, numbers);
        int spare = Math.Max(2 * capacity, EstimateQueue.Limit(visits) - visits);
        scratch.Start(numbers, kept, capacity);
        byte* lists = (byte*)layer.Links(0), vectors = rows.Start, marks = scratch.Marks;
        nint listBytes = layer.Stride, vectorBytes = rows.Stride;
        byte epoch = scratch.Epoch;
        var queue = scratch.Queue;
        var scan = entrances.Codec.Prepare(query, scratch);
        float* estimates = scratch.Bounds(Math.Max(capacity, entrances.Capacity));
        queue.Start(Math.Max(entrances.Capacity, visits + spare + capacity), visits);
        scan.Estimate(entrances.List, entrances.Capacity, scan.OwnDistance, estimates);
        queue.Narrow(estimates, entrances.Capacity);
        queue.Add(entrances.List, estimates, entrances.Capacity, numbers, marks, epoch);
        queue.Keep(Begun);
        queue.Widen();
        int* underWay = stackalloc int[UnderWay];
        int oldest = 0, count = 0, left = visits;
        while (true)
        {
            while (count < UnderWay && left > 0 && queue.Count > 0)
            {
                int next = queue.Take();
                if (marks[next] == epoch) continue;
                marks[next] = epoch;
                left--;
                DistanceKernels.Prefetch(vectors + next * vectorBytes, vectorBytes);
                DistanceKernels.Prefetch(lists + next * listBytes, listBytes);
                underWay[(oldest + count++) % UnderWay] = next;
            }
            if (count == 0) break;
            int node = underWay[oldest];
            (oldest, count) = ((oldest + 1) % UnderWay, count - 1);
            float distance = TDistance.Of(query, vectors + node * vectorBytes, width);
            ulong key = NodeKey.Of(distance, node);
            if (isSortedLast) scratch.Pool[scratch.Count++] = key;
            else scratch.Insert(key, kept);
            scratch.Work.Add(visits: 1, measured: 1, estimated: left == 0 ? 0 : capacity);
            if (left == 0) continue;
            int* list = (int*)(lists + node * listBytes);
            scan.Estimate(list, capacity, distance, estimates);
            queue.Add(list, estimates, capacity, numbers, marks, epoch);
            if (queue.Count > left + spare) queue.Keep(left);
        }
        if (isSortedLast) new Span<ulong>(scratch.Pool, scratch.Count).Sort();
        // Its list is read by its address.
        GC.KeepAlive(entrances);
        return left == 0;
    }
}
