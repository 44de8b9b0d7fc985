using Descent.Tensors;

namespace Descent.NN;

/// <summary>The whole picture at another size: means of what a pixel covers where it shrinks, lines between where it grows.</summary>
/// <param name="height">Rows of the result.</param>
/// <param name="width">Columns of the result.</param>
public sealed class Resize(int height, int width) : ImageAugmentation
{
    readonly int _height = AugmentationSettings.AtLeast(1, height), _width = AugmentationSettings.AtLeast(1, width);

    private protected override (int Height, int Width) Size(int channels, int height, int width) =>
        height > 0 && width > 0 ? (_height, _width) : throw new ShapeException($"Resize: a picture of {height} × {width} has no pixels.");

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        for (int c = 0; c < x.Channels; c++)
            PixelResampling.Columns<T>(PixelResampling.Rows<T>(x.Plane(c), x.Height, x.Width, y.Width, 1), x.Height, y.Height, y.Width).CopyTo(y.Plane(c));
    }
}

/// <summary>A part of random size, shape and place, brought to one size: the usual augmentation of ImageNet.</summary>
/// <remarks>Szegedy et al., "Going Deeper with Convolutions", 2015, arXiv:1409.4842.</remarks>
/// <param name="height">Rows of the result.</param>
/// <param name="width">Columns of the result.</param>
/// <param name="scale">The part's area as a share of the picture's, [0.08, 1] if null.</param>
/// <param name="ratio">The part's width by its height, drawn on a log scale; [3/4, 4/3] if null.</param>
public sealed class RandomResizedCrop(int height, int width, (double Low, double High)? scale = null, (double Low, double High)? ratio = null) : ImageAugmentation
{
    readonly int _height = AugmentationSettings.AtLeast(1, height), _width = AugmentationSettings.AtLeast(1, width);
    readonly (double Low, double High) _scale = AugmentationSettings.Interval(0, scale ?? (0.08, 1), name: nameof(scale));
    readonly (double Low, double High) _ratio = AugmentationSettings.Interval(0, ratio ?? (3.0 / 4, 4.0 / 3), name: nameof(ratio));

    private protected override (int Height, int Width) Size(int channels, int height, int width) =>
        height > 0 && width > 0 ? (_height, _width) : throw new ShapeException($"RandomResizedCrop: a picture of {height} × {width} has no pixels.");

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        var (top, left, rows, columns) = RandomBox.Draw(x.Height, x.Width, _scale, _ratio, generator) ?? Middle(x.Height, x.Width);
        var part = new T[rows * columns];
        for (int c = 0; c < x.Channels; c++)
        {
            for (int i = 0; i < rows; i++) x.Row(c, top + i).Slice(left, columns).CopyTo(part.AsSpan(i * columns));
            PixelResampling.Columns<T>(PixelResampling.Rows<T>(part, rows, columns, y.Width, 1), rows, y.Height, y.Width).CopyTo(y.Plane(c));
        }
    }

    /// <summary>The largest part of an allowed shape: what remains where no draw lies inside.</summary>
    (int Top, int Left, int Height, int Width) Middle(int height, int width)
    {
        double ratio = Math.Clamp((double)width / height, _ratio.Low, _ratio.High);
        int rows = Math.Clamp((int)Math.Round(width / ratio), 1, height), columns = Math.Clamp((int)Math.Round(height * ratio), 1, width);
        return ((height - rows) / 2, (width - columns) / 2, rows, columns);
    }
}

static class RandomBox
{
    /// <summary>A box inside the picture of a share of its area and a shape, or null where ten draws did not fit.</summary>
    internal static (int Top, int Left, int Height, int Width)? Draw(int height, int width, (double Low, double High) scale, (double Low, double High) ratio, Generator generator)
    {
        Span<double> u = stackalloc double[32];
        generator.Uniform(u);
        var (logLow, logHigh) = (Math.Log(ratio.Low), Math.Log(ratio.High));
        for (int attempt = 0; attempt < 10; attempt++)
        {
            double area = (scale.Low + u[2 * attempt] * (scale.High - scale.Low)) * height * width;
            double shape = Math.Exp(logLow + u[2 * attempt + 1] * (logHigh - logLow));
            int rows = (int)Math.Round(Math.Sqrt(area / shape)), columns = (int)Math.Round(Math.Sqrt(area * shape));
            if (rows >= 1 && rows <= height && columns >= 1 && columns <= width)
                return ((int)(u[20] * (height - rows + 1)), (int)(u[21] * (width - columns + 1)), rows, columns);
        }
        return null;
    }
}
