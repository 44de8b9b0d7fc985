using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Numbers that stay where they are, where the system may map them by large pages: rows are fetched from all over them.</summary>
sealed unsafe class NativeBlock<T> where T : unmanaged
{
    /// <summary>Below this a tensor's memory may be the collector's, which moves it; there is nothing to map by large pages either.</summary>
    const long PinnedBytes = 1 << 20;

    readonly object _memory;

    internal NativeBlock(long length)
    {
        const int Line = 64;
        Length = length;
        if (length * sizeof(T) < PinnedBytes)
        {
            T[] pinned = GC.AllocateUninitializedArray<T>((int)length + Line, pinned: true);
            _memory = pinned;
            Start = (T*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)) + Line - 1) & -Line);
            return;
        }
        // Lines, so that neither dimension of the shape passes an integer.
        var tensor = Tensor.Empty([(int)((length * sizeof(T) + Line - 1) / Line) + 1, Line], DType.UInt8);
        _memory = tensor;
        Start = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor[0].AsSpan<byte>()));
    }

    internal long Length { get; }

    /// <summary>Valid as long as the block is reachable: who uses it in a loop keeps its owner alive past the loop.</summary>
    internal T* Start { get; }

    internal Span<T> Slice(long start, int length)
    {
        GC.KeepAlive(_memory);
        return new(Start + start, length);
    }
}
