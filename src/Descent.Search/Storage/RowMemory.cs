using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>Rows of equal size one after another in memory that grows.</summary>
/// <remarks>A tensor's memory, for its huge pages: rows are read in any order, and every one would miss the cache of translations.</remarks>
sealed unsafe class RowMemory(int stride) : IDisposable
{
    // Tensors from 1 KiB on are outside of the managed heap, where they do not move.
    const int LeastBytes = 4096;

    Tensor? _memory;

    internal int Stride => stride;

    /// <summary>Rows that fit.</summary>
    internal int Capacity { get; private set; }

    /// <summary>The first row; changes when the memory grows.</summary>
    internal byte* Start { get; private set; }

    /// <summary>Some rows of float32 as a matrix, without a copy.</summary>
    internal Tensor Floats(int start, int count) => _memory![start..(start + count)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Row(int slot) => Start + (nint)slot * stride;

    public void Dispose()
    {
        _memory?.Dispose();
        (_memory, Capacity) = (null, 0);
        Start = null;
    }

    /// <summary>Makes room for as many rows, at least half as many again as there was; contents stay, what is new is not cleared.</summary>
    /// <exception cref="InvalidOperationException">The rows would take more than 8 GiB.</exception>
    internal void Reserve(int rows)
    {
        if (rows <= Capacity) return;
        int width = stride / sizeof(float), most = int.MaxValue / width;
        if (rows > most) throw new InvalidOperationException($"The index would hold {rows} rows of {stride} bytes; at most {most} such rows fit.");
        int capacity = (int)Math.Min(most, Math.Max(Math.Max(rows, Capacity + (long)Capacity / 2), (LeastBytes + stride - 1) / stride));
        var grown = Tensor.Empty([capacity, width], DType.Float32);
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(grown.AsSpan<float>()));
        Buffer.MemoryCopy(Start, start, (long)capacity * stride, (long)Capacity * stride);
        _memory?.Dispose();
        (_memory, Capacity) = (grown, capacity);
        Start = start;
    }
}
