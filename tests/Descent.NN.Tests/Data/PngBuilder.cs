using System.Buffers.Binary;
using System.IO.Compression;
using Descent.Tensors.Formats;

namespace Descent.NN.Tests;

/// <summary>Writes PNG files of every kind, the valid and the invalid, from samples of any depth.</summary>
sealed class PngBuilder(PngHeader header)
{
    public byte[]? Palette { get; init; }
    public byte[]? Transparency { get; init; }
    public int DataChunks { get; init; } = 1;

    /// <summary>The filter of a row, by its number among all rows of all passes.</summary>
    public Func<int, int> Filter { get; init; } = row => row % PngFilter.Count;

    public byte[] Build(Func<int, int, int, int> sample)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(Rows(sample));
        return Frame(packed.ToArray());
    }

    public byte[] Frame(byte[] packed)
    {
        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        var fields = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(fields, header.Width);
        BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(4), header.Height);
        (fields[8], fields[9], fields[12]) = ((byte)header.BitDepth, (byte)header.Color, header.IsInterlaced ? (byte)1 : (byte)0);
        PngEncoder.WriteChunk(file, "IHDR", fields);
        PngEncoder.WriteChunk(file, "tEXt", "Comment\0ignored"u8);
        if (Palette is not null)
            PngEncoder.WriteChunk(file, "PLTE", Palette);
        if (Transparency is not null)
            PngEncoder.WriteChunk(file, "tRNS", Transparency);
        for (var i = 0; i < DataChunks; i++)
            PngEncoder.WriteChunk(file, "IDAT",
                packed.AsSpan()[(packed.Length * i / DataChunks)..(packed.Length * (i + 1) / DataChunks)]);
        PngEncoder.WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>All filtered rows, each behind its filter's number.</summary>
    public byte[] Rows(Func<int, int, int, int> sample)
    {
        using var rows = new MemoryStream();
        var number = 0;
        foreach (var pass in header.Passes())
        {
            var above = new byte[header.RowBytes(pass.Width)];
            for (var y = 0; y < pass.Height; y++)
            {
                var row = new byte[above.Length];
                for (var x = 0; x < pass.Width; x++)
                    for (var s = 0; s < header.Samples; s++)
                        Put(row, x * header.Samples + s, sample(pass.X + x * pass.StepX, pass.Y + y * pass.StepY, s));
                var filter = Filter(number++);
                var filtered = new byte[row.Length];
                PngFilter.Apply(filter, row, above, header.FilterStep, filtered);
                rows.WriteByte((byte)filter);
                rows.Write(filtered);
                above = row;
            }
        }

        return rows.ToArray();
    }

    /// <summary>Makes the checksums of a damaged file right, so that what lies behind them is tried too.</summary>
    public static byte[] Repair(byte[] file)
    {
        for (long offset = 8; offset + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)offset));
            if (length > file.Length - offset - 12)
                break;
            var body = file.AsSpan((int)offset + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan((int)offset + 8 + (int)length), Crc32.Compute(body));
            offset += 12 + length;
        }

        return file;
    }

    void Put(byte[] row, int index, int value)
    {
        if (header.BitDepth == 16)
            BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2 * index), (ushort)value);
        else
            row[index * header.BitDepth / 8] |= (byte)(value << (8 - header.BitDepth - index * header.BitDepth % 8));
    }
}
