using System.Buffers.Binary;
using System.Text;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>The parts of a PNG file that a picture is made of, checked but still packed.</summary>
sealed class PngChunks
{
    // Every chunk is framed by its length, its name and its checksum.
    const int Frame = 12;

    readonly List<Range> _data = [];

    PngChunks(ReadOnlyMemory<byte> file) => File = file;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    public ReadOnlyMemory<byte> File { get; }
    public PngHeader Header { get; private set; }

    /// <summary>Triples of red, green and blue; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Palette { get; private set; }

    /// <summary>Alpha of the palette's first entries, or the 16-bit samples of the one transparent colour.</summary>
    public ReadOnlyMemory<byte> Transparency { get; private set; }

    /// <summary>Where the packed pixels stand in the file, in order.</summary>
    public IReadOnlyList<Range> Data => _data;

    /// <exception cref="InvalidDataException">The file is no PNG, is cut off, or a chunk is wrong.</exception>
    public static PngChunks Parse(ReadOnlyMemory<byte> file)
    {
        if (!file.Span.StartsWith(Signature))
            throw Damaged(0, "this is no PNG file: its first eight bytes are not PNG's signature.");

        var chunks = new PngChunks(file);
        var seen = new HashSet<string>();
        var previous = "";
        for (var offset = Signature.Length; previous != "IEND";)
        {
            var bytes = file.Span[offset..];
            if (bytes.Length < Frame)
                throw Damaged(offset, "the file is cut off before its IEND chunk.");
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            if (length > bytes.Length - Frame)
                throw Damaged(offset, $"a chunk of {length} bytes is announced, but {bytes.Length - Frame} are left.");
            if (BinaryPrimitives.ReadUInt32BigEndian(bytes[(8 + (int)length)..]) != Crc32.Compute(bytes.Slice(4, 4 + (int)length)))
                throw Damaged(offset, "the chunk's checksum is wrong: its bytes are damaged.");

            var name = Encoding.Latin1.GetString(bytes.Slice(4, 4));
            var body = (offset + 8)..(offset + 8 + (int)length);
            if (previous.Length == 0 != (name == "IHDR"))
                throw Damaged(offset, "exactly the first chunk must be IHDR.");
            if (name is "PLTE" or "tRNS" && !seen.Add(name))
                throw Damaged(offset, $"there is a second {name} chunk.");
            if (name == "IDAT" && chunks._data.Count > 0 && previous != "IDAT")
                throw Damaged(offset, "the IDAT chunks do not follow one another.");
            chunks.Add(name, offset, body);
            previous = name;
            offset = body.End.Value + 4;
        }

        if (chunks._data.Count == 0)
            throw Damaged(Signature.Length, "there is no IDAT chunk, hence no picture.");
        if (chunks.Header.Color == PngColor.Palette && chunks.Palette.IsEmpty)
            throw Damaged(Signature.Length, "the picture uses a palette, but has no PLTE chunk.");
        return chunks;
    }

    public static InvalidDataException Damaged(long offset, string what, Exception? cause = null) =>
        new($"PNG: byte {offset}: {what}", cause);

    void Add(string name, int offset, Range body)
    {
        var bytes = File[body];
        switch (name)
        {
            case "IHDR":
                Header = ReadHeader(bytes.Span, offset);
                break;
            case "PLTE":
                if (bytes.Length % 3 != 0 || bytes.Length is 0 or > 768 || _data.Count > 0)
                    throw Damaged(offset, $"a PLTE chunk of {bytes.Length} bytes does not belong here. " +
                        "Expected 1 to 256 triples, before IDAT.");
                Palette = bytes;
                break;
            case "tRNS":
                var fits = Header.Color switch
                {
                    PngColor.Palette => !Palette.IsEmpty && bytes.Length <= Palette.Length / 3,
                    PngColor.Gray or PngColor.Rgb => bytes.Length == 2 * Header.Samples,
                    _ => false,
                };
                if (!fits || _data.Count > 0)
                    throw Damaged(offset, $"a tRNS chunk of {bytes.Length} bytes does not belong here.");
                Transparency = bytes;
                break;
            case "IDAT":
                _data.Add(body);
                break;
            case "IEND":
                if (bytes.Length != 0)
                    throw Damaged(offset, $"the IEND chunk has {bytes.Length} bytes. Expected none.");
                break;
            default:
                // Upper case marks chunks that nobody may ignore.
                if (!name.All(char.IsAsciiLetter) || char.IsAsciiLetterUpper(name[0]))
                    throw Damaged(offset, "the chunk is of no kind that PNG defines.");
                break;
        }
    }

    static PngHeader ReadHeader(ReadOnlySpan<byte> bytes, int offset)
    {
        if (bytes.Length != 13)
            throw Damaged(offset, $"the IHDR chunk has {bytes.Length} bytes. Expected 13.");
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes[4..]));
        if (width <= 0 || height <= 0 || (long)width * height > PngImage.MaxPixels)
            throw Damaged(offset + 8, $"the picture is {(uint)width} × {(uint)height}. Expected 1 to {PngImage.MaxPixels} pixels.");
        var header = new PngHeader(width, height, bytes[8], (PngColor)bytes[9], bytes[12] == 1);
        if (!header.IsDepthAllowed)
            throw Damaged(offset + 16, $"PNG knows no colour type {bytes[9]} of {bytes[8]} bits.");
        if (bytes[10] != 0 || bytes[11] != 0 || bytes[12] > 1)
            throw Damaged(offset + 18, $"compression {bytes[10]}, filter {bytes[11]}, interlacing {bytes[12]} are unknown. " +
                "Expected 0, 0, and 0 or 1.");
        return header;
    }
}
