namespace Descent.Tabular;

/// <summary>Where to cut the values of a feature into bins of about as many rows each.</summary>
static class BinCuts
{
    /// <summary>From this many rows on the cuts are those of a sample, one row of each stretch of rows.</summary>
    const int SampleRows = 200_000;

    internal static FeatureBins Of(ReadOnlySpan<double> column, int levels, int maxBins)
    {
        if (levels > 0) return Levels(column, levels, maxBins);
        uint[] keys = new uint[Math.Min(column.Length, SampleRows)];
        int present = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            float value = (float)column[column.Length <= SampleRows ? i : Sampled(i, column.Length)];
            if (!float.IsNaN(value)) keys[present++] = FloatKeys.Of(value);
        }
        var sorted = FloatKeys.Sort(keys.AsSpan(0, present));
        var values = new List<float>();
        var counts = new List<int>();
        for (int i = 0, start = 0; i < sorted.Length; i++)
        {
            if (i + 1 < sorted.Length && sorted[i + 1] == sorted[i]) continue;
            values.Add(FloatKeys.Value(sorted[i]));
            counts.Add(i + 1 - start);
            start = i + 1;
        }
        return new(values.Count <= maxBins ? Between(values, Enumerable.Range(0, Math.Max(0, values.Count - 1))) : Between(values, Quantiles(counts, present, maxBins)));
    }

    /// <summary>A row of the i-th of <see cref="SampleRows"/> stretches, the same for all features.</summary>
    static int Sampled(int i, int rows)
    {
        long start = (long)i * rows / SampleRows, end = (long)(i + 1) * rows / SampleRows;
        // A multiplicative hash (Steele, Lea and Flood's mixing constant): stretches must not share a rhythm with the rows.
        ulong mixed = (ulong)(i + 1) * 0x9E3779B97F4A7C15;
        return (int)(start + (long)((mixed >> 33) % (ulong)(end - start)));
    }

    /// <summary>
    /// The last value of each bin but the last. Values of more rows than a bin should have get bins of their own; the others
    /// share the rest alike.
    /// </summary>
    static List<int> Quantiles(List<int> counts, int rows, int maxBins)
    {
        double mean = rows / (double)maxBins;
        long restRows = rows;
        int restBins = maxBins;
        foreach (int count in counts)
        {
            if (count < mean) continue;
            restRows -= count;
            restBins--;
        }
        double target = restRows / (double)Math.Max(1, restBins);
        var ends = new List<int>();
        int own = 0;
        for (int i = 0; i + 1 < counts.Count && ends.Count < maxBins - 1; i++)
        {
            bool isGreat = counts[i] >= mean;
            own += counts[i];
            if (!isGreat) restRows -= counts[i];
            // A value with a bin of its own is not joined to a bin that is half full.
            if (!isGreat && own < target && !(counts[i + 1] >= mean && own >= target / 2)) continue;
            ends.Add(i);
            own = 0;
            if (isGreat) continue;
            restBins--;
            target = restRows / (double)Math.Max(1, restBins);
        }
        return ends;
    }

    static float[] Between(List<float> values, IEnumerable<int> ends) => [.. ends.Select(i =>
    {
        float middle = (float)(((double)values[i] + values[i + 1]) / 2);
        return middle >= values[i] && middle < values[i + 1] ? middle : values[i];
    })];

    /// <summary>A bin for each level, or for the most frequent ones and one for the rest.</summary>
    static FeatureBins Levels(ReadOnlySpan<double> column, int levels, int maxBins)
    {
        byte[] bins = new byte[levels];
        if (levels <= maxBins)
        {
            for (int level = 0; level < levels; level++) bins[level] = (byte)level;
            return new(bins, levels);
        }
        int[] counts = new int[levels];
        foreach (double value in column)
            if (value >= 0 && value < levels) counts[(int)value]++;
        int[] order = [.. Enumerable.Range(0, levels).OrderByDescending(level => counts[level])];
        for (int i = 0; i < levels; i++) bins[order[i]] = (byte)Math.Min(i, maxBins - 1);
        return new(bins, maxBins);
    }
}
