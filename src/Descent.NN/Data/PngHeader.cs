namespace Descent.NN;

enum PngColor : byte
{
    Gray = 0,
    Rgb = 2,
    Palette = 3,
    GrayAlpha = 4,
    Rgba = 6,
}

/// <summary>The fields of an IHDR chunk, and what follows from them.</summary>
readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColor Color, bool IsInterlaced)
{
    /// <summary>One pass over the image, or one of Adam7's: pixels (X + i · StepX, Y + j · StepY).</summary>
    public readonly record struct Pass(int X, int Y, int StepX, int StepY, int Width, int Height);

    public int Samples => Color switch { PngColor.Rgb => 3, PngColor.GrayAlpha => 2, PngColor.Rgba => 4, _ => 1 };

    /// <summary>Distance, in bytes, to what the filters call the pixel to the left.</summary>
    public int FilterStep => Math.Max(1, Samples * BitDepth / 8);

    public bool IsDepthAllowed => Color switch
    {
        PngColor.Gray => BitDepth is 1 or 2 or 4 or 8 or 16,
        PngColor.Palette => BitDepth is 1 or 2 or 4 or 8,
        PngColor.Rgb or PngColor.GrayAlpha or PngColor.Rgba => BitDepth is 8 or 16,
        _ => false,
    };

    public int RowBytes(int width) => (int)(((long)width * Samples * BitDepth + 7) / 8);

    /// <summary>Bytes of all rows, each with its filter's number in front.</summary>
    public long UnpackedLength()
    {
        long length = 0;
        foreach (var pass in Passes())
            length += (long)pass.Height * (1 + RowBytes(pass.Width));
        return length;
    }

    public IEnumerable<Pass> Passes()
    {
        ReadOnlySpan<(int X, int Y, int StepX, int StepY)> grids = IsInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        var passes = new List<Pass>(grids.Length);
        foreach (var (x, y, stepX, stepY) in grids)
        {
            var (width, height) = ((Width - x + stepX - 1) / stepX, (Height - y + stepY - 1) / stepY);
            if (width > 0 && height > 0)
                passes.Add(new(x, y, stepX, stepY, width, height));
        }

        return passes;
    }
}
