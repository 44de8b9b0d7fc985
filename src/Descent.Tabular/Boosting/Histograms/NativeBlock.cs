using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Numbers outside the collector's heap, where the system may map them by large pages: rows are fetched from all over them.</summary>
sealed unsafe class NativeBlock<T> where T : unmanaged
{
    readonly Tensor _memory;

    internal NativeBlock(long length)
    {
        const int Line = 64;
        Length = length;
        // Lines, so that neither dimension of the shape passes an integer.
        _memory = Tensor.Empty([(int)((length * sizeof(T) + Line - 1) / Line) + 1, Line], DType.UInt8);
        Start = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_memory[0].AsSpan<byte>()));
    }

    internal long Length { get; }

    /// <summary>Valid as long as the block is reachable: who uses it in a loop keeps its owner alive past the loop.</summary>
    internal T* Start { get; }

    internal Span<T> Slice(long start, int length) => new(Start + start, length);
}
