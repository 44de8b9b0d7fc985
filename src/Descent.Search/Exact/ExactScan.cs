namespace Descent.Search;

/// <summary>Search by measuring all vectors in some slots, one after another in memory.</summary>
static unsafe class ExactScan
{
    // As distances they fit the first cache.
    const int Block = 512;

    /// <summary>The nearest in the slots from one to before another.</summary>
    /// <returns>How many there are.</returns>
    internal static int Nearest(VectorStore store, ReadOnlySpan<float> prepared, int from, int to, Span<Neighbor> nearest, Predicate<long>? filter)
    {
        Span<float> distances = stackalloc float[Block];
        var heap = new NearestHeap(nearest);
        for (int start = from; start < to; start += Block)
        {
            var part = distances[..Math.Min(Block, to - start)];
            store.Codec.Measure(prepared, store.Rows.Row(start), part);
            for (int i = DistanceKernels.NextWithin(part, 0, heap.Bound); i < part.Length; i = DistanceKernels.NextWithin(part, i + 1, heap.Bound))
                if (Passes(store, start + i, filter)) heap.Offer(new(store.Ids[start + i], part[i]));
        }
        return heap.Sort();
    }

    /// <summary>All within a distance.</summary>
    internal static void Within(VectorStore store, ReadOnlySpan<float> prepared, float radius, Predicate<long>? filter, List<Neighbor> found)
    {
        Span<float> distances = stackalloc float[Block];
        for (int start = 0; start < store.Slots; start += Block)
        {
            var part = distances[..Math.Min(Block, store.Slots - start)];
            store.Codec.Measure(prepared, store.Rows.Row(start), part);
            for (int i = DistanceKernels.NextWithin(part, 0, radius); i < part.Length; i = DistanceKernels.NextWithin(part, i + 1, radius))
                if (Passes(store, start + i, filter)) found.Add(new(store.Ids[start + i], part[i]));
        }
    }

    static bool Passes(VectorStore store, int slot, Predicate<long>? filter) => store.IsUsed(slot) && (filter is null || filter(store.Ids[slot]));
}
