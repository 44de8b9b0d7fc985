using Descent.Tensors;
using Descent.Tensors.Kernels;

namespace Descent.Search;

/// <summary>A copy of all rows less their mean, rounded to bytes: one byte for each element, and 16 for each row.</summary>
/// <remarks>
/// It never changes, as searches may be reading it: for a later snapshot there is another, which takes from it the panels to which
/// nothing was added. Any mean is right; one far off makes bounds loose.
/// </remarks>
sealed unsafe class ByteRows
{
    /// <summary>Beyond this sums of products, and what they start from, might not fit into 32 bits.</summary>
    const int MostWidth = 8192;

    // Enough for a mean.
    const int Sampled = 4096;

    readonly Snapshot? _seen;
    readonly byte* _start;
    readonly int[]? _order;
    readonly RowMemory _panels;
    readonly int _width;
    readonly float[] _mean;
    readonly int _meanCount;

    /// <param name="seen">What to round: all slots.</param>
    /// <param name="panels">Empty memory, which nobody disposes of: searches may read it until it is garbage.</param>
    /// <param name="before">What was rounded of an earlier snapshot.</param>
    internal ByteRows(Snapshot seen, RowMemory panels, ByteRows? before) : this(seen.Codec, seen.Row(0), seen.Slots, panels)
    {
        _seen = seen;
        if (before is not null && (!seen.HasSlotsOf(before._seen!) || seen.Slots > 2 * before._meanCount)) before = null;
        (_mean, _meanCount) = before is null ? (FindMean(), Count) : (before._mean, before._meanCount);
        WorkerPool.For(Panels, panel =>
        {
            if (before is not null && IsIn(before, panel)) new ReadOnlySpan<byte>(before._panels.Row(panel), _panels.Stride).CopyTo(new(_panels.Row(panel), _panels.Stride));
            else Round(panel);
        });
        GC.KeepAlive(before);
    }

    /// <param name="store">Where the rows are, which must not change.</param>
    /// <param name="order">The slots of the rows in turn.</param>
    /// <param name="panels">Empty memory.</param>
    internal ByteRows(VectorStore store, int[] order, RowMemory panels) : this(store.Codec, store.Rows.Start, order.Length, panels)
    {
        _order = order;
        (_mean, _meanCount) = (FindMean(), Count);
        WorkerPool.For(Panels, Round);
    }

    ByteRows(RowCodec codec, byte* start, int count, RowMemory panels)
    {
        (Codec, _width, Count, _panels, _mean) = (codec, codec.QueryFloats, count, panels, []);
        _start = start;
        _panels.Reserve(Panels);
    }

    internal RowCodec Codec { get; }

    internal ReadOnlySpan<float> Mean => _mean;

    /// <summary>How many rows there are.</summary>
    internal int Count { get; }

    /// <summary>Panels of all rows.</summary>
    internal int Panels => (Count + BytePanel.Rows - 1) / BytePanel.Rows;

    internal long Bytes => (long)_panels.Capacity * _panels.Stride;

    /// <summary>Whether this machine is quick at it and the vectors are such that it can be done.</summary>
    internal static bool Fits(RowCodec codec) => ByteScan.IsAvailable && codec.Metric != VectorMetric.Hamming && codec.QueryFloats <= MostWidth;

    /// <summary>Whether the rows of all that a snapshot holds are here. What a reader of an earlier snapshot sees was in its place, too, when they were rounded.</summary>
    internal bool Has(Snapshot seen) => seen.HasSlotsOf(_seen!) && seen.LastBirth <= _seen!.Version;

    /// <summary>The slot of a row.</summary>
    internal int Slot(int row) => _order is null ? row : _order[row];

    internal BytePanel Panel(int panel) => new(_panels.Row(panel), _width);

    bool IsIn(ByteRows before, int panel)
    {
        for (int slot = panel * BytePanel.Rows; slot < Math.Min(Count, (panel + 1) * BytePanel.Rows); slot++)
            if (slot >= before.Count || !_seen!.WasBornBy(slot, before._seen!.Version)) return false;
        return true;
    }

    byte* Row(int row) => _start + (nint)Slot(row) * Codec.Stride;

    float[] FindMean()
    {
        double[] sum = new double[_width];
        float[] row = new float[_width], mean = new float[_width];
        int step = Math.Max(1, Count / Sampled), count = 0;
        for (int i = 0; i < Count; i += step, count++)
        {
            Codec.Decode(Row(i), row);
            for (int j = 0; j < row.Length; j++) sum[j] += row[j];
        }
        for (int j = 0; j < mean.Length; j++) mean[j] = (float)(sum[j] / Math.Max(1, count));
        return mean;
    }

    void Round(int index)
    {
        var panel = Panel(index);
        int first = index * BytePanel.Rows, count = Math.Min(BytePanel.Rows, Count - first);
        bool isEuclidean = Codec.Metric == VectorMetric.SquaredEuclidean;
        Span<float> row = stackalloc float[_width], mean = _mean;
        float greatest = 0;
        for (int r = 0; r < count; r++)
        {
            Codec.Decode(Row(first + r), row);
            greatest = Math.Max(greatest, ByteRounding.Subtract(row, mean, row));
        }
        panel.Scale = ByteRounding.Scale(greatest);
        for (int r = 0; r < BytePanel.Rows; r++)
        {
            row.Clear();
            if (r < count)
            {
                Codec.Decode(Row(first + r), row);
                ByteRounding.Subtract(row, mean, row);
            }
            var rounding = ByteRounding.Round(row, panel.Scale, panel.Words + r, BytePanel.Rows, flip: 0);
            panel.Norms[r] = rounding.Norm;
            panel.Errors[r] = rounding.Error;
            panel.Halves[r] = isEuclidean ? rounding.Square / 2 : 0;
            panel.Sums[r] = rounding.Sum;
        }
    }
}
