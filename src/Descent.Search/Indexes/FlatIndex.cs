using Descent.Tensors;

namespace Descent.Search;

/// <summary>Exact search: every vector is measured. One query is bound by the speed of memory, many at once by that of matrix products.</summary>
public sealed unsafe class FlatIndex : VectorIndex
{
    // What one thread takes at a time.
    const int Chunk = 16384;

    /// <summary>Queries from which on a matrix product is worth its second look at what rounding may have misplaced.</summary>
    const int LeastProduct = 8;

    /// <summary>Queries from which on it is worth while to round what changed to bytes first.</summary>
    const int LeastBytes = 32;

    readonly Lock _refreshing = new();
    readonly ByteRows? _bytes;

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric does not fit the elements.</exception>
    public FlatIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32)
        : base(dimension, metric, elements)
    {
        if (ByteRows.Fits(Store.Codec)) _bytes = new(Store);
    }

    internal override string Kind => "flat";

    /// <inheritdoc/>
    public override void Dispose()
    {
        _bytes?.Dispose();
        base.Dispose();
    }

    private protected override void Link(ReadOnlySpan<int> slots)
    {
        foreach (int slot in slots) _bytes?.Forget(slot);
    }

    private protected override void Unlink(ReadOnlySpan<int> slots)
    {
        foreach (int slot in slots)
        {
            _bytes?.Forget(slot);
            _bytes?.Forget(Store.Slots - 1);
            Store.ReleaseDensely(slot);
        }
    }

    private protected override IndexStatistics CollectStatistics() =>
        new() { Kind = Kind, Count = Store.Count, VectorBytes = Store.Bytes, CodeBytes = _bytes?.Bytes ?? 0, Reachable = Store.Count };

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
        else if (_bytes is null || prepared.Shape[0] < LeastBytes || Store.Slots == 0) new FlatProduct(Store, prepared, k, nearest, options.Filter).Run();
        else
        {
            lock (_refreshing) _bytes.Refresh();
            new ByteSearch(Store, _bytes, prepared, k, nearest, options.Filter).Run();
        }
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
