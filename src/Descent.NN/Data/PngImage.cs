namespace Descent.NN;

/// <summary>A picture of 8-bit samples, read from or written as PNG.</summary>
/// <remarks>
/// Reads every colour type and bit depth, interlaced or not; 16-bit samples are rounded to 8, palettes and transparent
/// colours are expanded. W3C, "Portable Network Graphics (PNG) Specification", third edition.
/// </remarks>
public sealed class PngImage
{
    /// <summary>Larger pictures are refused: 8,192 × 8,192.</summary>
    public const int MaxPixels = 1 << 26;

    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">1 gray, 2 gray and alpha, 3 red, green, blue, 4 the same and alpha.</param>
    /// <param name="pixels">Samples as (height, width, channels).</param>
    /// <exception cref="ArgumentException">The size is out of range, or the samples are not as many as it says.</exception>
    public PngImage(int width, int height, int channels, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        CheckSize(width, height);
        if (channels is < 1 or > 4)
            throw new ArgumentOutOfRangeException(nameof(channels), $"There are {channels} channels. Expected 1 to 4.");
        if (pixels.Length != (long)width * height * channels)
            throw new ArgumentException($"{width} × {height} pixels of {channels} channels are " +
                $"{(long)width * height * channels} samples, not {pixels.Length}.", nameof(pixels));
        (Width, Height, Channels, Pixels) = (width, height, channels, pixels);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows of pixels.</summary>
    public int Height { get; }

    /// <summary>1 gray, 2 gray and alpha, 3 red, green, blue, 4 the same and alpha.</summary>
    public int Channels { get; }

    /// <summary>Samples as (height, width, channels).</summary>
    public byte[] Pixels { get; }

    /// <summary>Reads a PNG file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no complete PNG file; the message names the file and the byte.</exception>
    public static PngImage Load(string path)
    {
        try
        {
            return Decode(File.ReadAllBytes(path));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Reads the bytes of a PNG file; what follows its end is ignored.</summary>
    /// <exception cref="InvalidDataException">They are no complete PNG file; the message names the byte.</exception>
    public static PngImage Decode(ReadOnlyMemory<byte> file) => new PngDecoder(PngChunks.Parse(file)).Decode();

    /// <summary>The bytes of a PNG file of this picture.</summary>
    public byte[] Encode() => PngEncoder.Encode(this);

    /// <summary>Writes a PNG file.</summary>
    public void Save(string path) => File.WriteAllBytes(path, Encode());

    /// <summary>A <c>data:</c> address that holds the picture, for the <c>src</c> of an HTML image.</summary>
    public string ToDataUri() => "data:image/png;base64," + Convert.ToBase64String(Encode());

    /// <summary>One channel of luma, 0.299 R + 0.587 G + 0.114 B, of the picture laid over white.</summary>
    /// <remarks>ITU-R BT.601.</remarks>
    public PngImage ToGrayscale()
    {
        if (Channels == 1)
            return this;
        var gray = new byte[Width * Height];
        for (var i = 0; i < gray.Length; i++)
        {
            var pixel = Pixels.AsSpan(i * Channels, Channels);
            var luma = Channels < 3 ? pixel[0] : 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
            var alpha = Channels % 2 == 0 ? pixel[^1] / 255.0 : 1;
            gray[i] = (byte)Math.Round(255 + alpha * (luma - 255));
        }

        return new(Width, Height, 1, gray);
    }

    /// <summary>Three channels of red, green and blue, of the picture laid over white.</summary>
    public PngImage ToColour()
    {
        if (Channels == 3)
            return this;
        var colour = new byte[3 * Width * Height];
        for (var i = 0; i < colour.Length; i++)
        {
            var pixel = Pixels.AsSpan(i / 3 * Channels, Channels);
            var alpha = Channels % 2 == 0 ? pixel[^1] / 255.0 : 1;
            colour[i] = (byte)Math.Round(255 + alpha * (pixel[Channels < 3 ? 0 : i % 3] - 255));
        }

        return new(Width, Height, 3, colour);
    }

    /// <summary>The picture at another size: means of what a pixel covers where it shrinks, lines between where it grows.</summary>
    /// <exception cref="ArgumentException">The size is out of range.</exception>
    public PngImage Resize(int width, int height)
    {
        CheckSize(width, height);
        var y = Array.ConvertAll(Pixels, p => (float)p);
        // The smaller of the two intermediate pictures never is larger than both ends.
        if ((long)Height * width <= (long)Width * height)
        {
            y = PixelResampling.Rows<float>(y, Height, Width, width, Channels);
            y = PixelResampling.Columns<float>(y, Height, height, width * Channels);
        }
        else
        {
            y = PixelResampling.Columns<float>(y, Height, height, Width * Channels);
            y = PixelResampling.Rows<float>(y, height, Width, width, Channels);
        }

        return new(width, height, Channels, Array.ConvertAll(y, p => (byte)Math.Clamp(MathF.Round(p), 0, 255)));
    }

    static void CheckSize(int width, int height)
    {
        if (width <= 0 || height <= 0 || (long)width * height > MaxPixels)
            throw new ArgumentException($"The picture is {width} × {height}. Expected 1 to {MaxPixels} pixels.", nameof(width));
    }
}
