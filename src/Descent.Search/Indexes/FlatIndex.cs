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

    // So few are passed over however many of them are free.
    const int LeastSlots = 256;

    readonly Lock _rounding = new();
    ByteRows? _bytes;

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric does not fit the elements.</exception>
    public FlatIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32)
        : base(dimension, metric, elements)
    {
    }

    internal override string Kind => "flat";

    private protected override void Link(ReadOnlySpan<int> slots, Course course)
    {
    }

    private protected override void Unlink(ReadOnlySpan<int> slots)
    {
    }

    /// <summary>Free slots are passed over until they are taken again; where they come to be most of all, they are done away with.</summary>
    internal override void Settle()
    {
        if (Store.Slots > 2 * Store.Count + LeastSlots) Store.Compact();
    }

    private protected override IndexStatistics CollectStatistics() =>
        new() { Kind = Kind, Count = Store.Count, VectorBytes = Store.Bytes, CodeBytes = _bytes?.Bytes ?? 0, Reachable = Store.Count };

    private protected override int FindNearest(Snapshot seen, ReadOnlySpan<float> prepared, Span<Neighbor> nearest, SearchOptions options)
    {
        int chunks = (seen.Slots + Chunk - 1) / Chunk, k = nearest.Length;
        if (chunks <= 1) return ExactScan.Nearest(seen, prepared, 0, seen.Slots, nearest, options.Filter);
        var found = new Neighbor[chunks * k];
        int[] counts = new int[chunks];
        fixed (float* query = prepared) WorkerPool.For(chunks, new ScanBody(seen, query, prepared.Length, found, counts, options.Filter));
        var heap = new NearestHeap(nearest);
        for (int c = 0; c < chunks; c++)
            foreach (var neighbor in found.AsSpan(c * k, counts[c])) heap.Offer(neighbor);
        return heap.Sort();
    }

    private protected override void FindWithin(Snapshot seen, ReadOnlySpan<float> prepared, float radius, SearchOptions options, List<Neighbor> found) =>
        ExactScan.Within(seen, prepared, radius, options.Filter, found);

    private protected override void FindNearestOfMany(Snapshot seen, Tensor prepared, int k, Neighbor[] nearest, SearchOptions options, CancellationToken cancellation)
    {
        if (Metric == VectorMetric.Hamming || prepared.Shape[0] < LeastProduct) base.FindNearestOfMany(seen, prepared, k, nearest, options, cancellation);
        else if (prepared.Shape[0] >= LeastBytes && FindBytes(seen) is { } bytes) new FlatBytes(seen, bytes, prepared, k, nearest, options.Filter).Run(cancellation);
        else new FlatProduct(seen, prepared, k, nearest, options.Filter).Run(cancellation);
    }

    /// <summary>The rows of a snapshot as bytes; null where there are none, or another search is at rounding them.</summary>
    ByteRows? FindBytes(Snapshot seen)
    {
        if (seen.Count == 0 || !ByteRows.Fits(seen.Codec)) return null;
        var bytes = Volatile.Read(ref _bytes);
        if (bytes is not null && bytes.Has(seen)) return bytes;
        if (!_rounding.TryEnter()) return null;
        try
        {
            Volatile.Write(ref _bytes, bytes = new(seen, new(BytePanel.Size(seen.Codec.QueryFloats)), _bytes));
            return bytes;
        }
        finally
        {
            _rounding.Exit();
        }
    }

    readonly struct ScanBody(Snapshot seen, float* query, int length, Neighbor[] found, int[] counts, Predicate<long>? filter) : IParallelBody
    {
        public void Invoke(int chunk)
        {
            int k = found.Length / counts.Length;
            counts[chunk] = ExactScan.Nearest(seen, new(query, length), chunk * Chunk, Math.Min((chunk + 1) * Chunk, seen.Slots), found.AsSpan(chunk * k, k), filter);
        }
    }
}
