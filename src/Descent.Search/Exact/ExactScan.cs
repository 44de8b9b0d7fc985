namespace Descent.Search;

/// <summary>Search by measuring all vectors in some slots, one after another in memory.</summary>
static unsafe class ExactScan
{
    // As distances they fit the first cache.
    const int Block = 512;

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
}
