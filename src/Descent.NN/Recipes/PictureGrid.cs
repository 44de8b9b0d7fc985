using Descent.Tensors;

namespace Descent.NN;

/// <summary>Many small pictures as one.</summary>
static class PictureGrid
{
    const int Gap = 2;

    /// <summary>One-channel images <c>(N, 1, H, W)</c> of values between black and white, row by row.</summary>
    internal static PngImage Of(Tensor images, int columns, (float Black, float White) range)
    {
        int n = images.Shape[0], h = images.Shape[2], w = images.Shape[3], rows = (n + columns - 1) / columns;
        int width = columns * (w + Gap) - Gap, height = rows * (h + Gap) - Gap;
        var pixels = new byte[width * height];
        float[] values = images.Detach().To(DType.Float32).Contiguous().ToArray<float>();
        for (int i = 0; i < values.Length; i++)
        {
            int image = i / (h * w), y = image / columns * (h + Gap) + i / w % h, x = image % columns * (w + Gap) + i % w;
            pixels[y * width + x] = (byte)Math.Clamp(MathF.Round((values[i] - range.Black) / (range.White - range.Black) * 255), 0, 255);
        }
        return new(width, height, 1, pixels);
    }
}
