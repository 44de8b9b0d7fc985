using Descent.Tensors;
using Descent.Tensors.Kernels;

namespace Descent.Search;

/// <summary>A copy of all rows less their mean, rounded to bytes: one byte for each element, and 16 for each row.</summary>
/// <remarks>What changes is noted and rounded anew when it is asked for. Any mean is right; one far off makes bounds loose.</remarks>
sealed unsafe class ByteRows(VectorStore store) : IDisposable
{
    /// <summary>Beyond this sums of products, and what they start from, might not fit into 32 bits.</summary>
    const int MostWidth = 8192;

    // Enough for a mean.
    const int Sampled = 4096;

    readonly RowMemory _panels = new(BytePanel.Size(store.Codec.QueryFloats));
    readonly int _width = store.Codec.QueryFloats;
    bool[] _isCurrent = [];
    float[]? _mean;
    int _meanSlots;

    internal ReadOnlySpan<float> Mean => _mean;

    /// <summary>Panels of all slots.</summary>
    internal int Panels => (store.Slots + BytePanel.Rows - 1) / BytePanel.Rows;

    internal long Bytes => (long)_panels.Capacity * _panels.Stride;

    /// <summary>Whether this machine is quick at it and the vectors are such that it can be done.</summary>
    internal static bool Fits(RowCodec codec) => ByteScan.IsAvailable && codec.Metric != VectorMetric.Hamming && codec.QueryFloats <= MostWidth;

    public void Dispose() => _panels.Dispose();

    internal BytePanel Panel(int panel) => new(_panels.Row(panel), _width);

    /// <summary>Notes that a slot holds another vector, or none.</summary>
    internal void Forget(int slot)
    {
        if (slot / BytePanel.Rows < _isCurrent.Length) _isCurrent[slot / BytePanel.Rows] = false;
    }

    /// <summary>Rounds what changed.</summary>
    internal void Refresh()
    {
        int panels = Panels;
        if (_mean is null || store.Slots > 2 * _meanSlots || store.Slots < _meanSlots / 2)
        {
            (_mean, _meanSlots) = (FindMean(), store.Slots);
            Array.Clear(_isCurrent);
        }
        _panels.Reserve(panels);
        if (_isCurrent.Length < panels) Array.Resize(ref _isCurrent, _panels.Capacity);
        WorkerPool.For(panels, panel =>
        {
            if (!_isCurrent[panel]) Round(panel);
            _isCurrent[panel] = true;
        });
    }

    float[] FindMean()
    {
        double[] sum = new double[_width];
        float[] row = new float[_width], mean = new float[_width];
        int step = Math.Max(1, store.Slots / Sampled), count = 0;
        for (int slot = 0; slot < store.Slots; slot += step, count++)
        {
            store.Codec.Decode(store.Rows.Row(slot), row);
            for (int j = 0; j < row.Length; j++) sum[j] += row[j];
        }
        for (int j = 0; j < mean.Length; j++) mean[j] = (float)(sum[j] / Math.Max(1, count));
        return mean;
    }

    void Round(int index)
    {
        var panel = Panel(index);
        int first = index * BytePanel.Rows, count = Math.Min(BytePanel.Rows, store.Slots - first);
        bool isEuclidean = store.Codec.Metric == VectorMetric.SquaredEuclidean;
        Span<float> row = stackalloc float[_width], mean = _mean;
        float greatest = 0;
        for (int r = 0; r < count; r++)
        {
            store.Codec.Decode(store.Rows.Row(first + r), row);
            greatest = Math.Max(greatest, ByteRounding.Subtract(row, mean, row));
        }
        panel.Scale = ByteRounding.Scale(greatest);
        for (int r = 0; r < BytePanel.Rows; r++)
        {
            row.Clear();
            if (r < count)
            {
                store.Codec.Decode(store.Rows.Row(first + r), row);
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
