using System.Runtime.InteropServices;

namespace Descent.Search;

/// <summary>Measures the records that a filter leaves, where they are so few that no index finds them faster.</summary>
sealed unsafe class SubsetScan<TKey>(RecordTable<TKey> table, RowCodec codec) where TKey : notnull
{
    // Reading a row out of order costs some times what it costs in order, and a filtered search of a graph much more.
    const int Few = 2048, Share = 32;

    internal bool IsWorthwhile(int passing) => passing <= Math.Max(Few, table.Count / Share);

    /// <returns>How many were found.</returns>
    internal int Nearest(ReadOnlySpan<float> query, SlotSet among, Span<Neighbor> nearest)
    {
        float[] prepared = new float[codec.QueryFloats], vector = new float[codec.Dimension];
        codec.Prepare(query, prepared);
        var heap = new NearestHeap(nearest);
        byte* row = (byte*)NativeMemory.AlignedAlloc((nuint)codec.Stride, 64);
        try
        {
            foreach (int slot in among)
            {
                ref readonly var record = ref table[slot];
                record.Source.CopyVector(record.At, vector);
                codec.Encode(vector, row);
                float distance = 0;
                codec.Measure(prepared, row, new Span<float>(ref distance));
                if (distance <= heap.Bound) heap.Offer(new(record.Sequence, distance));
            }
        }
        finally
        {
            NativeMemory.AlignedFree(row);
        }
        return heap.Sort();
    }
}
