namespace Descent.NN;

/// <summary>How many values lie in each of the buckets that TensorBoard draws histograms from.</summary>
/// <remarks>The limits grow by a tenth from 1e-12 to 1e20 on both sides of 0, so that any scale of values has some 24 per decade.</remarks>
sealed class HistogramBuckets
{
    static readonly double[] s_limits = CreateLimits();

    /// <summary>Counts finite values; the others have no bucket and are left out.</summary>
    internal HistogramBuckets(ReadOnlySpan<float> values)
    {
        var counts = new double[s_limits.Length];
        (Min, Max) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (float value in values)
        {
            if (!float.IsFinite(value)) continue;
            (Min, Max) = (Math.Min(Min, value), Math.Max(Max, value));
            (Count, Sum, SumOfSquares) = (Count + 1, Sum + value, SumOfSquares + (double)value * value);
            int place = Array.BinarySearch(s_limits, value);
            // A bucket reaches from the limit before it up to, but not including, its own.
            counts[Math.Min(place < 0 ? ~place : place + 1, counts.Length - 1)]++;
        }
        if (Count == 0)
        {
            (Min, Max) = (0, 0);
            return;
        }
        // The empty buckets on the outside say nothing, but the one before the first tells where that begins.
        int first = Math.Max(Array.FindIndex(counts, c => c > 0) - 1, 0), last = Array.FindLastIndex(counts, c => c > 0);
        (Limits, Counts) = (s_limits[first..(last + 1)], counts[first..(last + 1)]);
    }

    internal double Min { get; }
    internal double Max { get; }
    internal double Sum { get; }
    internal double SumOfSquares { get; }
    internal long Count { get; }

    /// <summary>The upper end of each bucket.</summary>
    internal double[] Limits { get; } = [];

    /// <summary>The values in each bucket.</summary>
    internal double[] Counts { get; } = [];

    static double[] CreateLimits()
    {
        var positive = new List<double>();
        for (double limit = 1e-12; limit < 1e20; limit *= 1.1) positive.Add(limit);
        return [.. positive.Select(limit => -limit).Reverse(), 0, .. positive, double.MaxValue];
    }
}
