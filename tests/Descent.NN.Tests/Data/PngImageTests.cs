using System.IO.Compression;
using Descent.Testing;

namespace Descent.NN.Tests;

public sealed class PngImageTests
{
    public static TheoryData<int, int, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<int, int, bool>();
            foreach (var (color, depths) in new (PngColor, int[])[]
            {
                (PngColor.Gray, [1, 2, 4, 8, 16]), (PngColor.Rgb, [8, 16]), (PngColor.Palette, [1, 2, 4, 8]),
                (PngColor.GrayAlpha, [8, 16]), (PngColor.Rgba, [8, 16]),
            })
                foreach (var depth in depths)
                    foreach (var isInterlaced in (bool[])[false, true])
                        kinds.Add((int)color, depth, isInterlaced);
            return kinds;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_is_read_with_every_filter_at_every_size(int color, int depth, bool isInterlaced)
    {
        foreach (var (width, height) in new[] { (1, 1), (3, 2), (9, 7), (17, 11) })
        {
            var header = new PngHeader(width, height, depth, (PngColor)color, isInterlaced);
            var palette = Enumerable.Range(0, 3 << depth).Select(i => (byte)(i * 5 + 3)).ToArray();
            var most = (1 << depth) - 1;
            int Sample(int x, int y, int s) => (x * 2311 + y * 1009 + s * 4051 + x * y * 17) & most;
            var isPalette = header.Color == PngColor.Palette;
            foreach (var filter in Enumerable.Range(-1, 6))
            {
                var file = new PngBuilder(header)
                {
                    Palette = isPalette ? palette : null,
                    DataChunks = 1 + (width & 3),
                    Filter = row => filter < 0 ? row % 5 : filter,
                }.Build(Sample);

                var image = PngImage.Decode(file);
                Assert.Equal((width, height, isPalette ? 3 : header.Samples), (image.Width, image.Height, image.Channels));
                for (var y = 0; y < height; y++)
                    for (var x = 0; x < width; x++)
                        for (var c = 0; c < image.Channels; c++)
                            Assert.Equal(
                                isPalette ? palette[3 * Sample(x, y, 0) + c] : (byte)Math.Round(255.0 * Sample(x, y, c) / most),
                                image.Pixels[(y * width + x) * image.Channels + c]);
            }
        }
    }

    [Fact]
    public void Transparent_colours_and_palettes_become_an_alpha_channel()
    {
        var palette = PngImage.Decode(new PngBuilder(new(3, 1, 2, PngColor.Palette, false))
        {
            Palette = [1, 2, 3, 4, 5, 6, 7, 8, 9],
            Transparency = [0, 77],
        }.Build((x, _, _) => x));
        Assert.Equal([1, 2, 3, 0, 4, 5, 6, 77, 7, 8, 9, 255], palette.Pixels);

        var gray = PngImage.Decode(new PngBuilder(new(2, 1, 16, PngColor.Gray, false)) { Transparency = [1, 2] }
            .Build((x, _, _) => 0x0102 + x));
        Assert.Equal([1, 0, 1, 255], gray.Pixels);

        var rgb = PngImage.Decode(new PngBuilder(new(2, 1, 8, PngColor.Rgb, false)) { Transparency = [0, 9, 0, 9, 0, 9] }
            .Build((x, _, s) => x == 0 || s < 2 ? 9 : 8));
        Assert.Equal([9, 9, 9, 0, 9, 9, 8, 255], rgb.Pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_encoded_is_decoded(int channels)
    {
        var pixels = Enumerable.Range(0, 13 * 9 * channels).Select(i => (byte)(i * i / 7)).ToArray();
        var image = new PngImage(13, 9, channels, pixels);
        var read = PngImage.Decode(image.Encode());
        Assert.Equal((13, 9, channels), (read.Width, read.Height, read.Channels));
        Assert.Equal(pixels, read.Pixels);
        const string prefix = "data:image/png;base64,";
        Assert.StartsWith(prefix, image.ToDataUri(), StringComparison.Ordinal);
        Assert.Equal(image.Encode(), Convert.FromBase64String(image.ToDataUri()[prefix.Length..]));
    }

    [Fact]
    public void Grayscale_is_luma_over_white()
    {
        Assert.Equal([76, 150, 29], new PngImage(3, 1, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255]).ToGrayscale().Pixels);
        Assert.Equal([255, 0, 128], new PngImage(3, 1, 4, [0, 0, 0, 0, 0, 0, 0, 255, 1, 1, 1, 128]).ToGrayscale().Pixels);
        Assert.Equal([255, 40], new PngImage(2, 1, 2, [40, 0, 40, 255]).ToGrayscale().Pixels);
    }

    [Fact]
    public void Shrinking_takes_means_and_growing_interpolates()
    {
        var image = new PngImage(4, 2, 1, [0, 10, 100, 200, 20, 30, 100, 200]);
        Assert.Equal([15, 150], image.Resize(2, 1).Pixels);
        Assert.Equal([38, 78, 118], new PngImage(4, 1, 1, [30, 62, 94, 126]).Resize(3, 1).Pixels);
        Assert.Equal([0, 25, 75, 100], new PngImage(2, 1, 1, [0, 100]).Resize(4, 1).Pixels);
        Assert.Equal([0, 25, 75, 100], new PngImage(1, 2, 1, [0, 100]).Resize(1, 4).Pixels);
        Assert.Equal(image.Pixels, image.Resize(4, 2).Pixels);
        Assert.Equal([1, 2, 3, 1, 2, 3], new PngImage(1, 1, 3, [1, 2, 3]).Resize(2, 1).Pixels);
        var flat = new PngImage(37, 23, 1, Enumerable.Repeat((byte)201, 37 * 23).ToArray());
        foreach (var (width, height) in new[] { (28, 28), (1, 1), (90, 5), (5, 90) })
            Assert.All(flat.Resize(width, height).Pixels, p => Assert.Equal(201, p));
    }

    static byte[] Small() => new PngBuilder(new(6, 5, 8, PngColor.Rgb, false)).Build((x, y, s) => x * y * s);

    static byte[] Packed(params byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(rows);
        return packed.ToArray();
    }

    static byte[] Changed(byte[] file, int at, byte value)
    {
        file[at] = value;
        return PngBuilder.Repair(file);
    }

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "byte 0: this is no PNG file", [] },
        { "byte 0: this is no PNG file", [1, 2, 3, 4, 5, 6, 7, 8, 9] },
        { "byte 8: the file is cut off", Small()[..12] },
        { "byte 33: the file is cut off", Small()[..40] },
        { "byte 33: a chunk of 65551 bytes is announced", Small()[..34].Append((byte)1).Concat(Small()[35..]).ToArray() },
        { "byte 8: the chunk's checksum is wrong", Small()[..20].Append((byte)99).Concat(Small()[21..]).ToArray() },
        { "byte 16: the picture is 0 × 5", Changed(Small(), 19, 0) },
        { "byte 16: the picture is 4278190086 × 5", Changed(Small(), 16, 255) },
        { "byte 24: PNG knows no colour type 2 of 4 bits", Changed(Small(), 24, 4) },
        { "byte 24: PNG knows no colour type 5 of 8 bits", Changed(Small(), 25, 5) },
        { "byte 26: compression 0, filter 0, interlacing 2", Changed(Small(), 28, 2) },
        { "byte 33: the chunk is of no kind that PNG defines", Changed(Small(), 37, (byte)'T') },
        { "hold fewer", Changed(Small(), 23, 6) },
        { "hold more", Changed(Small(), 23, 4) },
        { "has the filter 5", new PngBuilder(new(2, 1, 8, PngColor.Gray, false)).Frame(Packed(5, 1, 2)) },
        { "has no PLTE chunk", new PngBuilder(new(2, 1, 8, PngColor.Palette, false)).Build((_, _, _) => 0) },
        { "the palette ends at 0", new PngBuilder(new(2, 1, 8, PngColor.Palette, false)) { Palette = [1, 2, 3] }.Build((_, _, _) => 1) },
        { "PLTE chunk of 4 bytes", new PngBuilder(new(2, 1, 8, PngColor.Palette, false)) { Palette = [1, 2, 3, 4] }.Build((_, _, _) => 0) },
        { "tRNS chunk of 1 bytes", new PngBuilder(new(2, 1, 8, PngColor.Rgb, false)) { Transparency = [1] }.Build((_, _, _) => 0) },
        { "the packed pixels from here on are damaged", new PngBuilder(new(2, 1, 8, PngColor.Gray, false)).Frame([1, 2, 3, 4]) },
        // A stream that asks for a preset dictionary.
        { "the packed pixels from here on are damaged", new PngBuilder(new(2, 1, 8, PngColor.Gray, false)).Frame([0x78, 0xbb, 0, 0, 0, 1, 2, 3, 4, 5]) },
        { "there is no IDAT chunk", new PngBuilder(new(2, 1, 8, PngColor.Gray, false)) { DataChunks = 0 }.Frame([]) },
        { "1 to 67108864 pixels", new PngBuilder(new(20_000, 20_000, 8, PngColor.Gray, false)).Frame([]) },
    };

    [Theory, MemberData(nameof(Damaged))]
    public void Damage_is_named_with_its_byte(string part, byte[] file)
    {
        var message = Assert.Throws<InvalidDataException>(() => PngImage.Decode(file)).Message;
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.Matches(@"^PNG: byte \d+: ", message);
    }

    [Fact]
    public void Every_shorter_file_is_refused()
    {
        var file = Small();
        for (var length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => PngImage.Decode(file.AsMemory(0, length)));
    }

    [Fact]
    public void Promised_pixels_that_are_not_there_take_no_memory()
    {
        var file = new PngBuilder(new(8_000, 8_000, 16, PngColor.Rgba, false)).Frame(Packed(new byte[60_000]));
        Assert.Equal(1, Fuzz.Verify([file], bytes => PngImage.Decode(bytes)));
    }

    [Fact]
    public void Mutated_files_give_clean_errors_and_take_little_memory()
    {
        var files = new[]
        {
            Small(),
            new PngBuilder(new(11, 9, 2, PngColor.Palette, true)) { Palette = [.. Enumerable.Range(0, 12).Select(i => (byte)i)], Transparency = [1, 2], DataChunks = 3 }
                .Build((x, y, _) => (x + y) & 3),
            new PngBuilder(new(7, 6, 16, PngColor.GrayAlpha, true)).Build((x, y, s) => 1000 * x * y + s),
        };
        Action<byte[]> read = bytes => PngImage.Decode(bytes);
        for (var i = 0; i < files.Length; i++)
        {
            Assert.InRange(Fuzz.Verify(Mutator.Mutate(files[i], 700, (ulong)i), read), 600, 699);
            Assert.InRange(Fuzz.Verify(Mutator.Mutate(files[i], 1_000, 10 + (ulong)i).Select(PngBuilder.Repair), read), 600, 999);
            // Valid packing around damaged rows.
            var builder = new PngBuilder(new(9, 9, 8, PngColor.Gray, i == 1));
            Assert.InRange(Fuzz.Verify(Mutator.Mutate(builder.Rows((x, y, _) => x * y), 300, 20 + (ulong)i)
                .Select(rows => builder.Frame(Packed(rows))), read), 100, 299);
        }
    }
}
