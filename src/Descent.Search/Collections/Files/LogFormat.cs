using System.Buffers.Binary;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>
/// A log: a header, then frames. A frame is what was flushed together: all of it counts or nothing, by its checksum. Its header:
/// mark, length of the body, entries, first sequence, how much of the log was on the disk before, CRC-32 of all that and the body.
/// </summary>
static class LogFormat
{
    internal const int Version = 1, HeaderBytes = 32, FrameBytes = 32;

    /// <summary>The most bytes in one frame's body.</summary>
    internal const int MostBody = 1 << 30;

    internal const uint Mark = 0xF2A3E5C1;

    internal const byte Put = 1, Delete = 2;

    internal static ReadOnlySpan<byte> Magic => "DESCLOG\n"u8;

    internal static byte[] Header(long collection, long number)
    {
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(12), collection);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(20), number);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Crc32.Compute(header.AsSpan(0, 28)));
        return header;
    }

    internal static byte[] Frame(in LogFrame frame, IEnumerable<byte[]> bodies)
    {
        byte[] header = new byte[FrameBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), frame.Entries);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(12), frame.FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(20), frame.Durable);
        uint crc = Crc32.Compute(header.AsSpan(0, 28));
        foreach (byte[] body in bodies) crc = Crc32.Compute(body, crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), crc);
        return header;
    }

    /// <summary>What a frame's header says; false where there is none.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> header, out LogFrame frame)
    {
        frame = new(BinaryPrimitives.ReadInt32LittleEndian(header[4..]), BinaryPrimitives.ReadInt32LittleEndian(header[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[12..]), BinaryPrimitives.ReadInt64LittleEndian(header[20..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(header) == Mark && frame.Length is >= 0 and <= MostBody && frame.Entries >= 0;
    }

    internal static bool IsWhole(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[28..]) == Crc32.Compute(body, Crc32.Compute(header[..28]));
}

/// <summary>What a frame's header says.</summary>
/// <param name="Length">Bytes of the body.</param>
/// <param name="Entries">Changes in it; none means that the log ends here and the next begins.</param>
/// <param name="FirstSequence">The number of its first change; the others follow.</param>
/// <param name="Durable">How many bytes of the log were on the disk before this frame was written.</param>
readonly record struct LogFrame(int Length, int Entries, long FirstSequence, long Durable);
