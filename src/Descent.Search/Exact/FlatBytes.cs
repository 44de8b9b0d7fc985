using Descent.Tensors;

namespace Descent.Search;

/// <summary>
/// Exact search for many queries by products of bytes. What their bounds leave open is measured by the same kernel as for one query,
/// so that the answers are the same. Faster than products of floats can be, unless bytes tell little about the vectors.
/// </summary>
sealed unsafe class FlatBytes(Snapshot seen, ByteRows rows, Tensor queries, int k, Neighbor[] nearest, Predicate<long>? filter)
{
    readonly RowCodec _codec = seen.Codec;
    readonly int _width = seen.Codec.QueryFloats;
    readonly ByteSearch _search = new(rows, Math.Min(k, rows.Count), (_, slot) => seen.Holds(slot, filter));

    internal void Run(CancellationToken cancellation)
    {
        int[][] places = Arrange();
        using var room = new RowMemory(ByteStrip.Size(_width));
        room.Reserve(places.Length);
        int together = Math.Clamp(places.Length / Numerics.Threads, 1, ByteSearch.Together);
        WorkerPool.For((places.Length + together - 1) / together, i => Search(places, i * together, Math.Min(together, places.Length - i * together), room), cancellation);
        GC.KeepAlive(rows);
    }

    /// <summary>Queries of like magnitude together, as those of a strip share a scale.</summary>
    int[][] Arrange()
    {
        int count = queries.Shape[0];
        float[] magnitudes = new float[count], centred = new float[_width];
        int[] order = [.. Enumerable.Range(0, count)];
        for (int q = 0; q < count; q++) magnitudes[q] = ByteStrip.Centre(_codec, rows.Mean, Query(q), centred);
        Array.Sort(magnitudes, order);
        return [.. order.Chunk(ByteStrip.Rows)];
    }

    void Search(int[][] places, int first, int count, RowMemory room)
    {
        var strips = new ByteStrip[count];
        var candidates = new ByteCandidates[count * ByteStrip.Rows];
        float[] vectors = new float[ByteStrip.Rows * _width];
        for (int s = 0; s < count; s++)
        {
            Gather(places[first + s], vectors);
            strips[s] = new(_codec, rows.Mean, vectors, places[first + s], room.Row(first + s));
        }
        for (int c = 0; c < candidates.Length; c++) candidates[c] = new(_search.K);
        bool isDone = _search.Run(strips, candidates, isHasty: false);
        for (int s = 0; s < count; s++)
            if (isDone) Finish(strips[s], candidates.AsSpan(s * ByteStrip.Rows, ByteStrip.Rows));
            else SearchByFloats(places[first + s]);
    }

    void Finish(ByteStrip strip, ReadOnlySpan<ByteCandidates> candidates)
    {
        for (int place = 0; place < strip.Queries.Length; place++)
        {
            int query = strip.Queries[place];
            var open = candidates[place].Collect(strip.Least(place));
            float[] distances = new float[open.Length];
            _search.Measure(Query(query), open, seen.Row(0), distances);
            var heap = new NearestHeap(Nearest(query));
            for (int i = 0; i < open.Length; i++) heap.Offer(new(seen.Ids[open[i].Row], distances[i]));
            heap.Sort();
        }
    }

    void SearchByFloats(int[] places)
    {
        using var part = Tensor.Empty([places.Length, _width], DType.Float32);
        var found = new Neighbor[places.Length * k];
        Array.Fill(found, Neighbor.None);
        Gather(places, part.AsSpan<float>());
        new FlatProduct(seen, part, k, found, filter).Run(CancellationToken.None);
        for (int i = 0; i < places.Length; i++) found.AsSpan(i * k, k).CopyTo(Nearest(places[i]));
    }

    void Gather(int[] places, Span<float> vectors)
    {
        for (int i = 0; i < places.Length; i++) Query(places[i]).CopyTo(vectors[(i * _width)..]);
    }

    ReadOnlySpan<float> Query(int q) => queries.AsSpan<float>().Slice(q * _width, _width);

    Span<Neighbor> Nearest(int q) => nearest.AsSpan(q * k, k);
}
