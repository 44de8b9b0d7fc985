using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>Little-endian numbers into a stream, in sections that end with a checksum.</summary>
/// <param name="stream">Where to.</param>
/// <param name="cancellation">Stops whatever writes.</param>
sealed class IndexWriter(Stream stream, CancellationToken cancellation = default)
{
    long _position;

    /// <summary>CRC-32 of the section so far.</summary>
    internal uint Checksum { get; private set; }

    internal void Bytes(ReadOnlySpan<byte> bytes)
    {
        cancellation.ThrowIfCancellationRequested();
        Checksum = Crc32.Compute(bytes, Checksum);
        stream.Write(bytes);
        _position += bytes.Length;
    }

    /// <summary>Writes the checksum of the section, and begins the next.</summary>
    internal void EndSection()
    {
        Int32((int)Checksum);
        Checksum = 0;
    }

    /// <summary>Zeros, which belong to no section, to a place that is a multiple of some bytes.</summary>
    internal void Align(int bytes)
    {
        Span<byte> zeros = stackalloc byte[(int)((bytes - _position % bytes) % bytes)];
        zeros.Clear();
        Bytes(zeros);
        Checksum = 0;
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
