using System.Buffers;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Formats;

/// <summary>Elements from and to streams, in chunks, so that nothing but the tensor itself takes memory.</summary>
static class ElementStream
{
    const int ChunkElements = 1 << 14;

    /// <summary>
    /// Fills a tensor without gaps from a stream. <paramref name="file"/> and <paramref name="offset"/> say in messages
    /// where the elements lie.
    /// </summary>
    internal static void Read(Tensor y, Stream from, StoredType type, bool bigEndian, string file, long offset)
    {
        bool swap = bigEndian == BitConverter.IsLittleEndian && type.Size > 1;
        byte[]? buffer = type.IsWidened ? ArrayPool<byte>.Shared.Rent(ChunkElements * type.Size) : null;
        for (int start = 0; start < y.Elements; start += ChunkElements)
        {
            int count = Math.Min(ChunkElements, y.Elements - start);
            long at = offset + (long)start * type.Size;
            var bytes = buffer is null ? Chunk(y, start, count) : buffer.AsSpan(0, count * type.Size);
            int read = from.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read < bytes.Length) throw Damage.At(file, at + read, "the data are cut off.");
            if (swap) SwapBytes(bytes, type.Size);
            if (buffer is not null) Widen(y, start, bytes, type, file, at);
            else if (type == StoredType.Bool) CheckBools(bytes, file, at);
        }
        if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
        GC.KeepAlive(y);
    }

    /// <summary>Writes the elements in row-major order, little-endian.</summary>
    internal static void Write(Tensor x, Stream to)
    {
        x = RowMajor(x);
        byte[]? swapped = BitConverter.IsLittleEndian || x.DType.Size == 1 ? null : new byte[ChunkElements * x.DType.Size];
        for (int start = 0; start < x.Elements; start += ChunkElements)
        {
            var bytes = Chunk(x, start, Math.Min(ChunkElements, x.Elements - start));
            if (swapped is not null)
            {
                bytes.CopyTo(swapped);
                bytes = swapped.AsSpan(0, bytes.Length);
                SwapBytes(bytes, x.DType.Size);
            }
            to.Write(bytes);
        }
        GC.KeepAlive(x);
    }

    /// <summary>A bool is one byte, 0 or 1; any other would make comparisons of it lie.</summary>
    internal static void CheckBools(ReadOnlySpan<byte> bytes, string file, long offset)
    {
        int bad = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (bad >= 0) throw Damage.At(file, offset + bad, $"a bool is {bytes[bad]}. Expected 0 or 1.");
    }

    /// <summary>The same checks over a tensor that lies in the file itself.</summary>
    internal static void CheckBools(Tensor x, string file, long offset)
    {
        CheckBools(x.Storage.Span<byte>(x.Offset, x.Elements), file, offset);
        GC.KeepAlive(x);
    }

    /// <summary>The tensor, or a copy of it that has no gaps; the graph is not told.</summary>
    static Tensor RowMajor(Tensor x)
    {
        if (x.IsContiguous) return x;
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        Copying.CopyInto(y, x);
        return y;
    }

    static Span<byte> Chunk(Tensor x, int start, int count) => x.Storage.Bytes(x.Offset + start, count, x.DType.Size);

    static void SwapBytes(Span<byte> bytes, int size)
    {
        for (int i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
    }

    static void Widen(Tensor y, int start, ReadOnlySpan<byte> bytes, StoredType type, string file, long offset)
    {
        start += y.Offset;
        int count = bytes.Length / type.Size;
        switch (type)
        {
            case StoredType.Int16: Widen<short, int>(bytes, y.Storage.Span<int>(start, count)); break;
            case StoredType.UInt16: Widen<ushort, int>(bytes, y.Storage.Span<int>(start, count)); break;
            case StoredType.UInt32: Widen<uint, long>(bytes, y.Storage.Span<long>(start, count)); break;
            default:
                var values = y.Storage.Span<long>(start, count);
                Widen<ulong, long>(bytes, values);
                for (int i = 0; i < values.Length; i++)
                {
                    if (values[i] < 0)
                        throw Damage.At(file, offset + 8L * i, $"the unsigned number {(ulong)values[i]} does not fit Int64, the widest integer of a tensor.");
                }
                break;
        }
    }

    static void Widen<TFrom, TTo>(ReadOnlySpan<byte> bytes, Span<TTo> y)
        where TFrom : unmanaged, System.Numerics.INumberBase<TFrom>
        where TTo : unmanaged, System.Numerics.INumberBase<TTo>
    {
        var x = MemoryMarshal.Cast<byte, TFrom>(bytes);
        for (int i = 0; i < y.Length; i++) y[i] = TTo.CreateTruncating(x[i]);
    }
}
