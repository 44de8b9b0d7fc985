using Descent.Tensors;

namespace Descent.NN;

/// <summary>A part of a given size from anywhere in the picture, which may be padded first.</summary>
/// <param name="height">Rows of the part.</param>
/// <param name="width">Columns of the part.</param>
/// <param name="padding">Pixels put at each side first.</param>
/// <param name="mode">What they are.</param>
/// <param name="fill">Their value where they are constant.</param>
public sealed class RandomCrop(int height, int width, int padding = 0, PaddingMode mode = PaddingMode.Constant, double fill = 0) : ImageAugmentation
{
    readonly int _height = AugmentationSettings.AtLeast(1, height), _width = AugmentationSettings.AtLeast(1, width), _padding = AugmentationSettings.AtLeast(0, padding);

    private protected override (int Height, int Width) Size(int channels, int height, int width)
    {
        if (height + 2L * _padding < _height || width + 2L * _padding < _width)
            throw new ShapeException($"RandomCrop: pictures of {height} × {width}, padded by {_padding}, do not hold {_height} × {_width}. Pad more or crop less.");
        if (_padding > 0 && mode != PaddingMode.Constant && Math.Min(height, width) < (mode == PaddingMode.Reflect ? _padding + 1 : mode == PaddingMode.Circular ? _padding : 1))
            throw new ShapeException($"RandomCrop: pictures of {height} × {width} are too small for {mode} padding of {_padding}.");
        return (_height, _width);
    }

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        int top = (int)generator.NextInt64(0, x.Height + 2 * _padding - _height + 1) - _padding;
        int left = (int)generator.NextInt64(0, x.Width + 2 * _padding - _width + 1) - _padding;
        CropWindow.Copy(x, y, top, left, mode, T.CreateChecked(fill));
    }
}

/// <summary>The middle of the picture; where it is smaller, zeros about it.</summary>
/// <param name="height">Rows of the part.</param>
/// <param name="width">Columns of the part.</param>
public sealed class CenterCrop(int height, int width) : ImageAugmentation
{
    readonly int _height = AugmentationSettings.AtLeast(1, height), _width = AugmentationSettings.AtLeast(1, width);

    private protected override (int Height, int Width) Size(int channels, int height, int width) => (_height, _width);

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator) =>
        CropWindow.Copy(x, y, Half(x.Height - _height), Half(x.Width - _width), PaddingMode.Constant, T.Zero);

    // Rounded to even, as torchvision rounds.
    static int Half(int room) => (int)Math.Round(room / 2.0);
}

static class CropWindow
{
    /// <summary>Fills <paramref name="y"/> from the window of <paramref name="x"/> that begins at a place, which may lie outside.</summary>
    internal static void Copy<T>(Picture<T> x, Picture<T> y, int top, int left, PaddingMode mode, T fill) where T : unmanaged
    {
        // The columns that lie inside are copied at once.
        int first = Math.Clamp(-left, 0, y.Width), end = Math.Clamp(x.Width - left, first, y.Width);
        for (int c = 0; c < y.Channels; c++)
        {
            for (int i = 0; i < y.Height; i++)
            {
                var to = y.Row(c, i);
                int row = Source(top + i, x.Height, mode);
                if (row < 0)
                {
                    to.Fill(fill);
                    continue;
                }
                var from = x.Row(c, row);
                if (end > first) from.Slice(left + first, end - first).CopyTo(to[first..]);
                for (int j = 0; j < first; j++) to[j] = At(from, Source(left + j, x.Width, mode), fill);
                for (int j = end; j < to.Length; j++) to[j] = At(from, Source(left + j, x.Width, mode), fill);
            }
        }
    }

    static T At<T>(Span<T> row, int column, T fill) => column < 0 ? fill : row[column];

    /// <summary>The place that a place beyond the edge stands for, or -1.</summary>
    static int Source(int place, int size, PaddingMode mode) => (uint)place < (uint)size ? place : mode switch
    {
        PaddingMode.Reflect => place < 0 ? -place : 2 * (size - 1) - place,
        PaddingMode.Replicate => Math.Clamp(place, 0, size - 1),
        PaddingMode.Circular => place < 0 ? place + size : place - size,
        _ => -1,
    };
}
