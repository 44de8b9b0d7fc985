using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>Packs 8-bit samples as a PNG file.</summary>
static class PngEncoder
{
    public static byte[] Encode(PngImage image)
    {
        var color = image.Channels switch
        {
            1 => PngColor.Gray,
            2 => PngColor.GrayAlpha,
            3 => PngColor.Rgb,
            _ => PngColor.Rgba,
        };
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), image.Height);
        (header[8], header[9]) = (8, (byte)color);

        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
            WriteRows(image, zlib);

        using var file = new MemoryStream();
        file.Write(PngChunks.Signature);
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", data.GetBuffer().AsSpan(0, (int)data.Length));
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    public static void WriteChunk(Stream file, string name, ReadOnlySpan<byte> body)
    {
        var bytes = new byte[12 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, body.Length);
        Encoding.ASCII.GetBytes(name, bytes.AsSpan(4));
        body.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8 + body.Length), Crc32.Compute(bytes.AsSpan(4, 4 + body.Length)));
        file.Write(bytes);
    }

    static void WriteRows(PngImage image, Stream zlib)
    {
        var length = image.Width * image.Channels;
        var above = new byte[length];
        var (trial, best) = (new byte[1 + length], new byte[1 + length]);
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Pixels.AsSpan(y * length, length);
            var least = long.MaxValue;
            for (var filter = 0; filter < PngFilter.Count; filter++)
            {
                trial[0] = (byte)filter;
                PngFilter.Apply(filter, row, above, image.Channels, trial.AsSpan(1));
                if (Weight(trial.AsSpan(1)) is var weight && weight < least)
                    (least, trial, best) = (weight, best, trial);
            }

            zlib.Write(best);
            row.CopyTo(above);
        }
    }

    /// <summary>The sum of the bytes' distances from zero: the specification's guess at what packs well.</summary>
    static long Weight(ReadOnlySpan<byte> bytes)
    {
        long sum = 0;
        foreach (var value in bytes)
            sum += Math.Abs((int)(sbyte)value);
        return sum;
    }
}
