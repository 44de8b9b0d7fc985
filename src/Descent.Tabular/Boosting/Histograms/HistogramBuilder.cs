using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Adds up histograms: rows are divided among threads, and wide tables into stretches of features that fit the cache.</summary>
sealed unsafe class HistogramBuilder
{
    /// <summary>Features whose entries (256 KiB) stay in the second cache.</summary>
    const int BlockFeatures = 64;

    /// <summary>Fewer rows than this are not divided: another part has to be cleared and added, which costs as much as some hundred rows.</summary>
    const int LeastRows = 2048;

    readonly BinnedFeatures _data;
    readonly List<long[]> _parts = [];

    /// <summary>Sums of quantised rows, before they are widened.</summary>
    readonly List<long[]> _sums = [];
    readonly HistogramPool _pool;
    int _used;

    internal HistogramBuilder(BinnedFeatures data)
    {
        _data = data;
        // Whole fours of features; those that are none have entries that nobody reads.
        _pool = new((data.Features + 3) / 4 * 4 * FeatureBins.Stride * 2);
    }

    internal HistogramPool Pool => _pool;

    /// <summary>For a histogram that is not kept.</summary>
    internal long[] Spare => field ??= _pool.Make();

    /// <summary>
    /// Adds rows to a histogram, which holds anything before. A feature's entries are whole after <see cref="Collect"/> alone.
    /// </summary>
    /// <param name="rows">Some of the rows of a set.</param>
    /// <param name="gradients">What is added up.</param>
    /// <param name="features">The features that are wanted.</param>
    /// <param name="target">Becomes the histogram.</param>
    internal void Build(ArraySegment<int> rows, GradientRows gradients, int[] features, long[] target)
    {
        int blocks = (_data.Features + BlockFeatures - 1) / BlockFeatures;
        // The sum is the same however it is divided.
        int parts = Math.Clamp(Math.Min(rows.Count / LeastRows, (2 * Numerics.Threads - 1) / blocks), 1, Numerics.Threads);
        while (_parts.Count < parts - 1) _parts.Add(_pool.Make());
        _used = parts - 1;
        while (gradients.Quantized is not null && _sums.Count < blocks * parts) _sums.Add(GC.AllocateUninitializedArray<long>(BlockFeatures * FeatureBins.Stride, pinned: true));
        WorkerPool.For(blocks * parts, item =>
        {
            int part = item / blocks, block = item % blocks;
            int begin = (int)((long)rows.Count * part / parts), end = (int)((long)rows.Count * (part + 1) / parts);
            int first = block * BlockFeatures, width = Math.Min(BlockFeatures, _data.Features - first);
            long[] own = part == 0 ? target : _parts[part - 1];
            fixed (int* list = &rows.Array![rows.Offset])
            fixed (long* histogram = own)
            {
                int quads = (width + 3) / 4;
                long* entries = histogram + first * FeatureBins.Stride * 2L;
                new Span<long>(entries, quads * 4 * FeatureBins.Stride * 2).Clear();
                if (gradients.Quantized is { } quantized)
                    AddQuantized(_data.ByRow.Start + first, list + begin, end - begin, quantized.Start, gradients.Point.CountBits, _sums[item], entries, quads);
                else if (features.Length == _data.Features)
                    HistogramKernel.Add(_data.ByRow.Start + first, _data.Pitch, list + begin, end - begin, gradients.Pairs.Start, gradients.Point, entries, quads);
                else
                    HistogramKernel.Add(_data.ByRow.Start, _data.Pitch, list + begin, end - begin, gradients.Pairs.Start, gradients.Point, histogram, Within(features, first, width));
            }
        });
    }

    void AddQuantized(byte* bins, int* rows, int count, short* quantized, int countBits, long[] sums, long* entries, int quads)
    {
        var used = sums.AsSpan(0, quads * 4 * FeatureBins.Stride);
        fixed (long* narrow = used)
        {
            for (int done = 0; done < count; done += HistogramKernel.MostQuantized)
            {
                used.Clear();
                HistogramKernel.AddQuantized(bins, _data.Pitch, rows + done, Math.Min(HistogramKernel.MostQuantized, count - done), quantized, narrow, quads);
                HistogramKernel.Widen(used, countBits, entries);
            }
        }
    }

    /// <summary>Joins the parts of a feature's entries.</summary>
    internal void Collect(int feature, long[] target)
    {
        var entries = Entries(target, feature);
        for (int part = 0; part < _used; part++)
            System.Numerics.Tensors.TensorPrimitives.Add<long>(entries, Entries(_parts[part], feature), entries);
    }

    internal static Span<long> Entries(long[] histogram, int feature) => histogram.AsSpan(feature * FeatureBins.Stride * 2, FeatureBins.Stride * 2);

    static ReadOnlySpan<int> Within(int[] features, int first, int width)
    {
        int from = Array.FindIndex(features, f => f >= first), to = Array.FindLastIndex(features, f => f < first + width);
        return from < 0 || to < from ? [] : features.AsSpan(from, to - from + 1);
    }
}
