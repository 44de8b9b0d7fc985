using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>Little-endian numbers into a stream, with a checksum of all so far.</summary>
sealed class IndexWriter(Stream stream)
{
    internal uint Checksum { get; private set; }

    internal void Bytes(ReadOnlySpan<byte> bytes)
    {
        Checksum = Crc32.Compute(bytes, Checksum);
        stream.Write(bytes);
    }

    internal void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    internal void Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    internal void Single(float value) => Int32(BitConverter.SingleToInt32Bits(value));

    internal void Singles(ReadOnlySpan<float> values) => Int32s(MemoryMarshal.Cast<float, int>(values));

    internal void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Int32(bytes.Length);
        Bytes(bytes);
    }

    internal void Int32s(ReadOnlySpan<int> values)
    {
        if (BitConverter.IsLittleEndian) Bytes(MemoryMarshal.AsBytes(values));
        else
            foreach (int value in values) Int32(value);
    }
}
