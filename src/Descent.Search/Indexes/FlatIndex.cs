using Descent.Tensors;

namespace Descent.Search;

/// <summary>Exact search: every vector is measured. One query is bound by the speed of memory, many at once by that of matrix products.</summary>
public sealed unsafe class FlatIndex : VectorIndex
{
    // A chunk is what one thread takes at a time, a block what fits the first cache as distances.
    const int Chunk = 16384, Block = 512;

    /// <summary>Queries from which on a matrix product is worth its second look at what rounding may have misplaced.</summary>
    const int LeastProduct = 8;

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric does not fit the elements.</exception>
    public FlatIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32)
        : base(dimension, metric, elements)
    {
    }

    internal override string Kind => "flat";

    private protected override void Link(ReadOnlySpan<int> slots)
    {
    }

    private protected override void Unlink(ReadOnlySpan<int> slots)
    {
        foreach (int slot in slots) Store.ReleaseDensely(slot);
    }

    private protected override IndexStatistics CollectStatistics() =>
        new() { Kind = Kind, Count = Store.Count, VectorBytes = Store.Bytes, Reachable = Store.Count };

    private protected override int FindNearest(ReadOnlySpan<float> prepared, Span<Neighbor> nearest, SearchOptions options)
    {
        int chunks = (Store.Count + Chunk - 1) / Chunk, k = nearest.Length;
        if (chunks <= 1) return Scan(prepared, 0, Store.Count, nearest, options.Filter);
        var found = new Neighbor[chunks * k];
        int[] counts = new int[chunks];
        fixed (float* query = prepared) WorkerPool.For(chunks, new ScanBody(this, query, prepared.Length, found, counts, options.Filter));
        var heap = new NearestHeap(nearest);
        for (int c = 0; c < chunks; c++)
            foreach (var neighbor in found.AsSpan(c * k, counts[c])) heap.Offer(neighbor);
        return heap.Sort();
    }

    private protected override void FindWithin(ReadOnlySpan<float> prepared, float radius, SearchOptions options, List<Neighbor> found)
    {
        Span<float> distances = stackalloc float[Block];
        var ids = Store.Ids;
        for (int start = 0; start < ids.Length; start += Block)
        {
            var part = distances[..Math.Min(Block, ids.Length - start)];
            Store.Codec.Measure(prepared, Store.Rows.Row(start), part);
            for (int i = DistanceKernels.NextWithin(part, 0, radius); i < part.Length; i = DistanceKernels.NextWithin(part, i + 1, radius))
                if (options.Filter is null || options.Filter(ids[start + i])) found.Add(new(ids[start + i], part[i]));
        }
    }

    private protected override void FindNearestOfMany(Tensor prepared, int k, Neighbor[] nearest, SearchOptions options)
    {
        if (Metric == VectorMetric.Hamming || prepared.Shape[0] < LeastProduct) base.FindNearestOfMany(prepared, k, nearest, options);
        else new FlatProduct(Store, prepared, k, nearest, options.Filter).Run();
    }

    /// <summary>The nearest of some slots.</summary>
    int Scan(ReadOnlySpan<float> prepared, int from, int to, Span<Neighbor> nearest, Predicate<long>? filter)
    {
        Span<float> distances = stackalloc float[Block];
        var heap = new NearestHeap(nearest);
        var ids = Store.Ids;
        for (int start = from; start < to; start += Block)
        {
            var part = distances[..Math.Min(Block, to - start)];
            Store.Codec.Measure(prepared, Store.Rows.Row(start), part);
            for (int i = DistanceKernels.NextWithin(part, 0, heap.Bound); i < part.Length; i = DistanceKernels.NextWithin(part, i + 1, heap.Bound))
                if (filter is null || filter(ids[start + i])) heap.Offer(new(ids[start + i], part[i]));
        }
        return heap.Sort();
    }

    readonly struct ScanBody(FlatIndex index, float* query, int length, Neighbor[] found, int[] counts, Predicate<long>? filter) : IParallelBody
    {
        public void Invoke(int chunk)
        {
            int k = found.Length / counts.Length;
            counts[chunk] = index.Scan(new(query, length), chunk * Chunk, Math.Min((chunk + 1) * Chunk, index.Store.Count), found.AsSpan(chunk * k, k), filter);
        }
    }
}
