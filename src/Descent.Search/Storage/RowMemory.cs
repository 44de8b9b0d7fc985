using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>Rows of equal size one after another in memory that grows, while others read it.</summary>
/// <remarks>A tensor's memory, for its huge pages: rows are read in any order, and every one would miss the cache of translations.</remarks>
/// <param name="stride">Bytes of a row.</param>
/// <param name="epochs">Who may still read memory that was grown out of; null where one alone uses it.</param>
sealed unsafe class RowMemory(int stride, Epochs? epochs = null) : IDisposable
{
    // Tensors from 1 KiB on are outside of the managed heap, where they do not move.
    const int LeastBytes = 4096;

    nint _start;
    int _capacity;

    internal int Stride => stride;

    /// <summary>Rows that fit. Loaded before the address, that is of memory with at least as many.</summary>
    internal int Capacity => Volatile.Read(ref _capacity);

    /// <summary>Rows that can be held at all.</summary>
    internal int Most => int.MaxValue / (stride / sizeof(float));

    /// <summary>What holds the rows now; null before the first.</summary>
    internal Tensor? Block { get; private set; }

    /// <summary>The first row; changes when the memory grows. Loaded after a count of rows, it is of memory that has as many.</summary>
    internal byte* Start => (byte*)Volatile.Read(ref _start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte* Row(int slot) => Start + (nint)slot * stride;

    /// <summary>Retires the memory; who reads it may go on.</summary>
    public void Dispose()
    {
        Retire();
        Block = null;
    }

    /// <summary>Makes room for as many rows, at least half as many again as there was; contents stay, what is new is not cleared.</summary>
    /// <exception cref="InvalidOperationException">The rows would take more than 8 GiB.</exception>
    internal void Reserve(int rows)
    {
        if (rows <= Capacity) return;
        if (rows > Most) throw new InvalidOperationException($"The index would hold {rows} rows of {stride} bytes; at most {Most} such rows fit.");
        Move((int)Math.Min(Most, Math.Max(Math.Max(rows, Capacity + (long)Capacity / 2), (LeastBytes + stride - 1) / stride)));
    }

    /// <summary>Copies the rows into other memory of as much room, where nobody else writes.</summary>
    internal void Own() => Move(Capacity);

    /// <summary>Takes the rows from memory that holds just them, and is copied when more are reserved.</summary>
    internal void Adopt(Storage memory)
    {
        int rows = (int)(memory.ByteLength / stride);
        var block = new Tensor(memory, [rows, stride / sizeof(float)], null, 0, DType.Float32);
        Replace(block, AddressOf(block), rows);
    }

    void Move(int capacity)
    {
        var moved = Tensor.Empty([capacity, stride / sizeof(float)], DType.Float32);
        var start = AddressOf(moved);
        Buffer.MemoryCopy((byte*)_start, (byte*)start, (long)capacity * stride, (long)Capacity * stride);
        Replace(moved, start, capacity);
    }

    static nint AddressOf(Tensor block) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(block.AsSpan<float>()));

    void Replace(Tensor block, nint start, int capacity)
    {
        Retire();
        Block = block;
        Volatile.Write(ref _start, start);
        Volatile.Write(ref _capacity, capacity);
    }

    void Retire()
    {
        if (Block is not { } block) return;
        if (epochs is null) block.Dispose();
        else epochs.Retire(block.Dispose);
    }
}
