using System.Buffers.Binary;
using System.Numerics;

namespace Descent.NN;

/// <summary>Records one after the other, each with checksums: what TensorFlow calls a TFRecord file.</summary>
/// <remarks>
/// A record is its length (8 bytes), the length's checksum, the data, the data's checksum, all little-endian; a checksum is
/// the CRC-32C, rotated and offset so that a checksum of data that holds checksums stays a good one.
/// </remarks>
static class EventFile
{
    /// <summary>Appends one record.</summary>
    internal static void Append(Stream file, ReadOnlySpan<byte> data)
    {
        Span<byte> head = stackalloc byte[12], tail = stackalloc byte[4];
        BinaryPrimitives.WriteInt64LittleEndian(head, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Checksum(head[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Checksum(data));
        file.Write(head);
        file.Write(data);
        file.Write(tail);
    }

    /// <summary>The records of a file; one that a killed process left unfinished at the end is passed over.</summary>
    /// <exception cref="InvalidDataException">A checksum does not agree.</exception>
    internal static IEnumerable<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> file)
    {
        int at = 0;
        while (file.Length - at >= 16)
        {
            var head = file.Span.Slice(at, 12);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) != Checksum(head[..8]))
                throw new InvalidDataException($"Damaged record at byte {at}: the checksum of its length does not agree.");
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(head);
            if (length > (ulong)(file.Length - at - 16)) yield break;
            var data = file.Slice(at + 12, (int)length);
            if (BinaryPrimitives.ReadUInt32LittleEndian(file.Span[(at + 12 + data.Length)..]) != Checksum(data.Span))
                throw new InvalidDataException($"Damaged record at byte {at}: the checksum of its {length} bytes does not agree.");
            at += 16 + data.Length;
            yield return data;
        }
    }

    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc32C(bytes);
        return BitOperations.RotateRight(crc, 15) + 0xA282EAD8;
    }

    /// <summary>The CRC-32C (Castagnoli) of RFC 3720, appendix B.4.</summary>
    internal static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
