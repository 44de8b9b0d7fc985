using Descent.Tensors;

namespace Descent.Search;

/// <summary>
/// Exact search for many queries by products of bytes: what their bounds leave open is measured by the same kernel as for one query,
/// so that the answers are the same. Faster than products of floats can be, unless the vectors are such that bytes tell little.
/// </summary>
sealed unsafe class ByteSearch(Snapshot seen, ByteRows rows, Tensor queries, int k, Neighbor[] nearest, Predicate<long>? filter)
{
    /// <summary>Strips that go through the rows together.</summary>
    const int Together = 8;

    // Measuring one costs about as much as so many of its products in floats.
    const int CostOfMeasure = 8;

    readonly RowCodec _codec = seen.Codec;
    readonly int _width = seen.Codec.QueryFloats;

    internal void Run()
    {
        int[][] places = Arrange();
        using var room = new RowMemory((ByteStrip.Size(_width) + 63) / 64 * 64);
        room.Reserve(places.Length);
        var strips = new ByteStrip[places.Length];
        WorkerPool.For(strips.Length, i => strips[i] = new(_codec, rows.Mean, queries.AsSpan<float>(), places[i], room.Row(i)));
        int together = Math.Clamp(strips.Length / Numerics.Threads, 1, Together);
        bool[] isDone = new bool[(strips.Length + together - 1) / together];
        WorkerPool.For(isDone.Length, i => isDone[i] = Search(strips.AsSpan(i * together, Math.Min(together, strips.Length - i * together))));
        for (int i = 0; i < strips.Length; i++)
            if (!isDone[i / together]) SearchByFloats(places[i]);
        GC.KeepAlive(room);
        GC.KeepAlive(rows);
    }

    /// <summary>Queries of like magnitude together, as those of a strip share a scale.</summary>
    int[][] Arrange()
    {
        int count = queries.Shape[0];
        float[] magnitudes = new float[count];
        int[] order = [.. Enumerable.Range(0, count)];
        float[] room = new float[_width];
        for (int q = 0; q < count; q++) magnitudes[q] = ByteStrip.Centre(_codec, rows.Mean, Query(q), room);
        Array.Sort(magnitudes, order);
        return [.. order.Chunk(ByteStrip.Rows)];
    }

    /// <returns>Whether it was worth while; if not, it was given up.</returns>
    bool Search(ReadOnlySpan<ByteStrip> strips)
    {
        int[] counts = new int[strips.Length * ByteStrip.Rows];
        Span<short> hits = stackalloc short[ByteStrip.MostHits];
        long measured = 0;
        for (int panel = 0; panel < rows.Panels; panel++)
        {
            for (int s = 0; s < strips.Length; s++)
            {
                int found = strips[s].Scan(rows.Panel(panel), hits);
                if (found > 0) Measure(strips[s], counts.AsSpan(s * ByteStrip.Rows, ByteStrip.Rows), panel * BytePanel.Rows, hits[..found]);
                measured += found;
            }
            long pairs = (long)(panel + 1) * BytePanel.Rows * strips.Length * ByteStrip.Rows;
            // The first are all open.
            if (measured > pairs / CostOfMeasure + 64L * (k + BytePanel.Rows) * strips.Length * ByteStrip.Rows) return false;
        }
        for (int s = 0; s < strips.Length; s++)
            for (int place = 0; place < strips[s].Queries.Length; place++) Nearest(strips[s].Queries[place])[..counts[s * ByteStrip.Rows + place]].Sort();
        return true;
    }

    void Measure(ByteStrip strip, Span<int> counts, int first, ReadOnlySpan<short> hits)
    {
        Span<float> distance = stackalloc float[1];
        foreach (int hit in hits)
        {
            var (place, row) = Math.DivRem(hit, BytePanel.Rows);
            int slot = first + row;
            if (place >= strip.Queries.Length || !seen.Holds(slot, filter)) continue;
            int query = strip.Queries[place];
            _codec.Measure(Query(query), seen.Row(slot), distance);
            var heap = new NearestHeap(Nearest(query), counts[place]);
            if (!(distance[0] <= heap.Bound)) continue;
            heap.Offer(new(seen.Ids[slot], distance[0]));
            counts[place] = heap.Count;
            strip.SetBound(place, heap.Bound);
        }
    }

    void SearchByFloats(int[] places)
    {
        using var part = Tensor.Empty([places.Length, _width], DType.Float32);
        var found = new Neighbor[places.Length * k];
        Array.Fill(found, Neighbor.None);
        for (int i = 0; i < places.Length; i++) Query(places[i]).CopyTo(part.AsSpan<float>().Slice(i * _width, _width));
        new FlatProduct(seen, part, k, found, filter).Run();
        for (int i = 0; i < places.Length; i++) found.AsSpan(i * k, k).CopyTo(Nearest(places[i]));
    }

    ReadOnlySpan<float> Query(int q) => queries.AsSpan<float>().Slice(q * _width, _width);

    Span<Neighbor> Nearest(int q) => nearest.AsSpan(q * k, k);
}
