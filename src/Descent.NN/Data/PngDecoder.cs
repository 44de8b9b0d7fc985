using System.Buffers.Binary;
using System.IO.Compression;

namespace Descent.NN;

/// <summary>Unpacks PNG rows into 8-bit samples.</summary>
sealed class PngDecoder(PngChunks chunks)
{
    readonly PngHeader _header = chunks.Header;
    readonly bool _hasTransparency = !chunks.Transparency.IsEmpty;

    public PngImage Decode()
    {
        CheckLength();
        var channels = (_header.Color == PngColor.Palette ? 3 : _header.Samples) + (_hasTransparency ? 1 : 0);
        var pixels = new byte[checked(_header.Width * _header.Height * channels)];
        using var rows = Open();
        foreach (var pass in _header.Passes())
        {
            var row = new byte[1 + _header.RowBytes(pass.Width)];
            var above = new byte[row.Length];
            for (var y = 0; y < pass.Height; y++)
            {
                rows.ReadExactly(row);
                if (row[0] >= PngFilter.Count)
                    throw PngChunks.Damaged(FirstByte, $"the row {y} unpacked from here has the filter {row[0]}. Expected 0 to 4.");
                PngFilter.Undo(row[0], row.AsSpan(1), above.AsSpan(1), _header.FilterStep);
                var first = (pass.Y + y * pass.StepY) * _header.Width + pass.X;
                WriteRow(row.AsSpan(1), pass.Width, pixels.AsSpan(first * channels), pass.StepX * channels);
                (row, above) = (above, row);
            }
        }

        return new(_header.Width, _header.Height, channels, pixels);
    }

    int FirstByte => chunks.Data[0].Start.Value;

    ZLibStream Open() => new(new PngDataStream(chunks), CompressionMode.Decompress);

    /// <summary>Unpacks once without keeping anything, so that memory is taken only for pixels that are there.</summary>
    void CheckLength()
    {
        var expected = _header.UnpackedLength();
        var packed = chunks.Data.Sum(range => (long)range.End.Value - range.Start.Value);
        long found;
        try
        {
            using var rows = Open();
            found = expected > packed * Inflated.MaxRatio ? 0 : Inflated.Count(rows, expected);
        }
        // What asks for a preset dictionary ends in an IOException; the stream beneath is memory and throws none.
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            throw PngChunks.Damaged(FirstByte, $"the packed pixels from here on are damaged. {error.Message}", error);
        }

        if (found != expected)
            throw PngChunks.Damaged(FirstByte, $"{_header.Width} × {_header.Height} pixels take {expected} bytes, but the " +
                $"{packed} packed bytes from here on hold {(found > expected ? "more" : "fewer")}.");
    }

    void WriteRow(ReadOnlySpan<byte> row, int width, Span<byte> y, int step)
    {
        var samples = _header.Samples;
        Span<int> pixel = stackalloc int[samples];
        for (var x = 0; x < width; x++)
        {
            for (var s = 0; s < samples; s++)
                pixel[s] = Sample(row, x * samples + s);
            var target = y[(x * step)..];
            if (_header.Color == PngColor.Palette)
            {
                WriteEntry(pixel[0], target);
                continue;
            }

            for (var s = 0; s < samples; s++)
                target[s] = ToByte(pixel[s]);
            if (_hasTransparency)
                target[samples] = IsTransparent(pixel) ? (byte)0 : (byte)255;
        }
    }

    int Sample(ReadOnlySpan<byte> row, int index)
    {
        var depth = _header.BitDepth;
        if (depth == 8)
            return row[index];
        if (depth == 16)
            return row[2 * index] << 8 | row[2 * index + 1];
        var bit = index * depth;
        return row[bit >> 3] >> (8 - depth - (bit & 7)) & (1 << depth) - 1;
    }

    byte ToByte(int sample)
    {
        var most = (1 << _header.BitDepth) - 1;
        return (byte)((sample * 255 + most / 2) / most);
    }

    void WriteEntry(int index, Span<byte> y)
    {
        if (3 * index >= chunks.Palette.Length)
            throw PngChunks.Damaged(FirstByte, $"a pixel has the colour {index}, but the palette ends at " +
                $"{chunks.Palette.Length / 3 - 1}.");
        chunks.Palette.Span.Slice(3 * index, 3).CopyTo(y);
        if (_hasTransparency)
            y[3] = index < chunks.Transparency.Length ? chunks.Transparency.Span[index] : (byte)255;
    }

    bool IsTransparent(ReadOnlySpan<int> pixel)
    {
        for (var s = 0; s < pixel.Length; s++)
            if (pixel[s] != BinaryPrimitives.ReadUInt16BigEndian(chunks.Transparency.Span[(2 * s)..]))
                return false;
        return true;
    }
}

/// <summary>The bodies of the IDAT chunks, one after another.</summary>
sealed class PngDataStream(PngChunks chunks) : Stream
{
    int _chunk;
    int _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_chunk < chunks.Data.Count)
        {
            var rest = chunks.File.Span[chunks.Data[_chunk]][_position..];
            if (rest.IsEmpty)
            {
                (_chunk, _position) = (_chunk + 1, 0);
                continue;
            }

            var count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            _position += count;
            return count;
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
