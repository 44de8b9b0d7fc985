using Descent.Tensors;

namespace Descent.Search;

/// <summary>Exact search: every vector is measured. One query is bound by the speed of memory, many at once by that of matrix products.</summary>
public sealed unsafe class FlatIndex : VectorIndex
{
    // What one thread takes at a time.
    const int Chunk = 16384;

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
        int chunks = (Store.Slots + Chunk - 1) / Chunk, k = nearest.Length;
        if (chunks <= 1) return ExactScan.Nearest(Store, prepared, 0, Store.Slots, nearest, options.Filter);
        var found = new Neighbor[chunks * k];
        int[] counts = new int[chunks];
        fixed (float* query = prepared) WorkerPool.For(chunks, new ScanBody(Store, query, prepared.Length, found, counts, options.Filter));
        var heap = new NearestHeap(nearest);
        for (int c = 0; c < chunks; c++)
            foreach (var neighbor in found.AsSpan(c * k, counts[c])) heap.Offer(neighbor);
        return heap.Sort();
    }

    private protected override void FindWithin(ReadOnlySpan<float> prepared, float radius, SearchOptions options, List<Neighbor> found) =>
        ExactScan.Within(Store, prepared, radius, options.Filter, found);

    private protected override void FindNearestOfMany(Tensor prepared, int k, Neighbor[] nearest, SearchOptions options)
    {
        if (Metric == VectorMetric.Hamming || prepared.Shape[0] < LeastProduct) base.FindNearestOfMany(prepared, k, nearest, options);
        else new FlatProduct(Store, prepared, k, nearest, options.Filter).Run();
    }

    readonly struct ScanBody(VectorStore store, float* query, int length, Neighbor[] found, int[] counts, Predicate<long>? filter) : IParallelBody
    {
        public void Invoke(int chunk)
        {
            int k = found.Length / counts.Length;
            counts[chunk] = ExactScan.Nearest(store, new(query, length), chunk * Chunk, Math.Min((chunk + 1) * Chunk, store.Slots), found.AsSpan(chunk * k, k), filter);
        }
    }
}
