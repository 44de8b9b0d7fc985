using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>The pass of strips of queries over all rows in bytes: it leaves few rows open, to be measured.</summary>
/// <param name="rows">What is searched.</param>
/// <param name="k">How many are wanted for each query.</param>
/// <param name="passes">Whether a row may be found by a query; null if all may.</param>
sealed unsafe class ByteSearch(ByteRows rows, int k, Func<int, int, bool>? passes)
{
    /// <summary>Strips that go through the rows together.</summary>
    internal const int Together = 8;

    // A hit costs about as much as so many products in floats.
    const int CostOfHit = 6;

    // Rows that memory is asked for before their turn.
    const int Ahead = 12;

    /// <summary>How many are wanted for each query.</summary>
    internal int K => k;

    /// <param name="strips">Queries.</param>
    /// <param name="candidates">For each place of each strip what it finds.</param>
    /// <param name="isHasty">
    /// Rows come in no order, so that of the k nearest a share is expected among those that were seen, and no more than a few above
    /// that share are kept. Whether k were found above all bounds must be seen by <see cref="IsSound"/>.
    /// </param>
    /// <returns>Whether it was worth while; where bytes tell too little it is given up.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool Run(ReadOnlySpan<ByteStrip> strips, ReadOnlySpan<ByteCandidates> candidates, bool isHasty)
    {
        var hits = stackalloc ByteHit[ByteStrip.MostHits];
        long all = 0, pairs = 0;
        for (int panel = 0; panel < rows.Panels; panel++)
        {
            int rank = isHasty ? Rank((panel + 1.0) / rows.Panels) : k;
            for (int s = 0; s < strips.Length; s++)
            {
                int count = strips[s].Scan(rows.Panel(panel), new(hits, ByteStrip.MostHits));
                Offer(strips[s], candidates.Slice(s * ByteStrip.Rows, ByteStrip.Rows), panel * BytePanel.Rows, new(hits, count), rank);
                all += count;
                pairs += ByteStrip.MostHits;
                // Of the first all are.
                if (all > pairs / CostOfHit + 16L * (k + BytePanel.Rows) * strips.Length * ByteStrip.Rows) return false;
            }
        }
        return true;
    }

    /// <summary>Whether the k nearest to a query are among what was found.</summary>
    internal bool IsSound(ByteStrip strip, int place, ByteCandidates candidates) => strip.FindLeast(place, candidates[k]) >= strip.Least(place);

    /// <summary>The distances of rows to a query.</summary>
    /// <param name="query">As it is prepared.</param>
    /// <param name="open">Which rows.</param>
    /// <param name="start">Where slot 0 is, now: it may have moved since the rows were rounded.</param>
    /// <param name="distances">One for each row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Measure(ReadOnlySpan<float> query, ReadOnlySpan<(float Most, int Row)> open, byte* start, Span<float> distances)
    {
        nint stride = rows.Codec.Stride;
        for (int i = 0; i < Math.Min(Ahead, open.Length); i++) DistanceKernels.Prefetch(start + rows.Slot(open[i].Row) * stride, stride);
        for (int i = 0; i < open.Length; i++)
        {
            if (i + Ahead < open.Length) DistanceKernels.Prefetch(start + rows.Slot(open[i + Ahead].Row) * stride, stride);
            rows.Codec.Measure(query, start + rows.Slot(open[i].Row) * stride, distances.Slice(i, 1));
        }
    }

    // Three standard deviations of how many of k are in a share of the rows, and some for the smallest shares.
    int Rank(double share) => (int)Math.Min(k, share * k + 3 * Math.Sqrt(share * k) + 4);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Offer(ByteStrip strip, ReadOnlySpan<ByteCandidates> candidates, int first, ReadOnlySpan<ByteHit> hits, int rank)
    {
        foreach (ref readonly var hit in hits)
        {
            int row = first + hit.Row, place = hit.Place;
            // The bound may have risen since.
            if (row >= rows.Count || hit.Most < strip.Least(place) || (passes is not null && !passes(strip.Queries[place], row))) continue;
            if (candidates[place].Offer(row, hit, strip.Least(place)) <= rank && candidates[place][rank] is var value and > float.MinValue) strip.Raise(place, value);
        }
    }
}
