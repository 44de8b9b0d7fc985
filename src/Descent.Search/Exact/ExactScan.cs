namespace Descent.Search;

/// <summary>Search by measuring all vectors in some slots, one after another in memory.</summary>
static unsafe class ExactScan
{
    // As distances they fit the first cache.
    const int Block = 512;

    // As many rows are asked of memory before the first of them is measured.
    const int Passing = 8;

    /// <summary>The nearest in the slots from one to before another.</summary>
    /// <returns>How many there are.</returns>
    internal static int Nearest(Snapshot seen, ReadOnlySpan<float> prepared, int from, int to, Span<Neighbor> nearest, Predicate<long>? filter)
    {
        Span<float> distances = stackalloc float[Block];
        var heap = new NearestHeap(nearest);
        for (int start = from; start < to; start += Block)
        {
            var part = distances[..Math.Min(Block, to - start)];
            seen.Codec.Measure(prepared, seen.Row(start), part);
            for (int i = DistanceKernels.NextWithin(part, 0, heap.Bound); i < part.Length; i = DistanceKernels.NextWithin(part, i + 1, heap.Bound))
                if (seen.Holds(start + i, filter)) heap.Offer(new(seen.Ids[start + i], part[i]));
        }
        return heap.Sort();
    }

    /// <summary>All within a distance.</summary>
    internal static void Within(Snapshot seen, ReadOnlySpan<float> prepared, float radius, Predicate<long>? filter, List<Neighbor> found)
    {
        Span<float> distances = stackalloc float[Block];
        for (int start = 0; start < seen.Slots; start += Block)
        {
            var part = distances[..Math.Min(Block, seen.Slots - start)];
            seen.Codec.Measure(prepared, seen.Row(start), part);
            for (int i = DistanceKernels.NextWithin(part, 0, radius); i < part.Length; i = DistanceKernels.NextWithin(part, i + 1, radius))
                if (seen.Holds(start + i, filter)) found.Add(new(seen.Ids[start + i], part[i]));
        }
    }

    /// <summary>The nearest that pass a filter, which is asked first: where few pass, few are measured.</summary>
    internal static int NearestPassing(Snapshot seen, ReadOnlySpan<float> prepared, Predicate<long> filter, Span<Neighbor> nearest)
    {
        Span<int> passing = stackalloc int[Passing];
        var heap = new NearestHeap(nearest);
        int count = 0;
        for (int slot = 0; slot < seen.Slots; slot++)
        {
            if (!seen.Holds(slot, filter)) continue;
            DistanceKernels.Prefetch(seen.Row(slot), seen.Codec.Stride);
            passing[count++] = slot;
            if (count == Passing) count = Offer(seen, prepared, passing, ref heap);
        }
        Offer(seen, prepared, passing[..count], ref heap);
        return heap.Sort();
    }

    /// <summary>All within a distance that pass a filter, which is asked first.</summary>
    internal static void WithinPassing(Snapshot seen, ReadOnlySpan<float> prepared, float radius, Predicate<long> filter, List<Neighbor> found)
    {
        Span<float> distance = stackalloc float[1];
        for (int slot = 0; slot < seen.Slots; slot++)
        {
            if (!seen.Holds(slot, filter)) continue;
            seen.Codec.Measure(prepared, seen.Row(slot), distance);
            if (distance[0] <= radius) found.Add(new(seen.Ids[slot], distance[0]));
        }
    }

    /// <summary>The nearest in some slots that the snapshot holds.</summary>
    internal static int NearestOf(Snapshot seen, ReadOnlySpan<float> prepared, ReadOnlySpan<int> slots, Span<Neighbor> nearest)
    {
        var heap = new NearestHeap(nearest);
        for (int start = 0; start < slots.Length; start += Passing)
        {
            var part = slots[start..Math.Min(slots.Length, start + Passing)];
            foreach (int slot in part) DistanceKernels.Prefetch(seen.Row(slot), seen.Codec.Stride);
            Offer(seen, prepared, part, ref heap);
        }
        return heap.Sort();
    }

    static int Offer(Snapshot seen, ReadOnlySpan<float> prepared, scoped ReadOnlySpan<int> slots, ref NearestHeap heap)
    {
        Span<float> distance = stackalloc float[1];
        foreach (int slot in slots)
        {
            seen.Codec.Measure(prepared, seen.Row(slot), distance);
            if (distance[0] <= heap.Bound) heap.Offer(new(seen.Ids[slot], distance[0]));
        }
        return 0;
    }
}
