using Descent.Tensors;

namespace Descent.NN;

/// <summary>Many small pictures as one.</summary>
public static class PictureGrid
{
    const int Gap = 2;

    /// <summary>Pictures row by row on black, two pixels apart.</summary>
    /// <param name="images">Shape <c>(N, C, H, W)</c> with one channel or three, of a floating-point type.</param>
    /// <param name="columns">Pictures of a row.</param>
    /// <param name="range">The values that are black and white, and that others are cut off at; 0 and 1 if null.</param>
    /// <exception cref="ShapeException">The images have another shape, or there are none.</exception>
    /// <exception cref="ArgumentException">There is no column, the range is empty, or the grid is too large for a picture.</exception>
    public static PngImage Of(Tensor images, int columns = 8, (float Black, float White)? range = null)
    {
        if (images.Shape is not [> 0 and var n, 1 or 3, > 0 and var h, > 0 and var w])
            throw new ShapeException($"PictureGrid: the images have shape {images.Shape}. Expected (N, 1, H, W) or (N, 3, H, W), at least one of them.");
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        var (black, white) = range ?? (0, 1);
        if (black == white) throw new ArgumentException($"PictureGrid: black and white are both {black}; expected two values.", nameof(range));
        columns = Math.Min(columns, n);
        int channels = images.Shape[1], rows = (n + columns - 1) / columns;
        int width = columns * (w + Gap) - Gap, height = rows * (h + Gap) - Gap;
        var pixels = new byte[checked(width * height * channels)];
        float[] values = images.Detach().To(DType.Float32).Permute(0, 2, 3, 1).Contiguous().ToArray<float>();
        for (int i = 0; i < values.Length; i++)
        {
            var (pixel, channel) = Math.DivRem(i, channels);
            int image = pixel / (h * w), y = image / columns * (h + Gap) + pixel / w % h, x = image % columns * (w + Gap) + pixel % w;
            pixels[(y * width + x) * channels + channel] = (byte)Math.Clamp(MathF.Round((values[i] - black) / (white - black) * 255), 0, 255);
        }
        return new(width, height, channels, pixels);
    }
}
