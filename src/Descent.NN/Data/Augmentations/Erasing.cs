using Descent.Tensors;

namespace Descent.NN;

/// <summary>Puts a number, or noise, in the place of a box of random size, shape and place, with a probability.</summary>
/// <remarks>Zhong et al., "Random Erasing Data Augmentation", 2017, arXiv:1708.04896.</remarks>
/// <param name="probability">How likely, in [0, 1].</param>
/// <param name="scale">The box's area as a share of the picture's, [0.02, 0.33] if null.</param>
/// <param name="ratio">The box's width by its height, drawn on a log scale; [0.3, 3.3] if null.</param>
/// <param name="value">What is put there; null is noise of the standard normal distribution.</param>
public sealed class RandomErasing(double probability = 0.5, (double Low, double High)? scale = null, (double Low, double High)? ratio = null, double? value = 0) : ImageAugmentation
{
    readonly double _probability = AugmentationSettings.Probability(probability);
    readonly (double Low, double High) _scale = AugmentationSettings.Interval(0, scale ?? (0.02, 0.33), orAt: true, nameof(scale));
    readonly (double Low, double High) _ratio = AugmentationSettings.Interval(0, ratio ?? (0.3, 3.3), name: nameof(ratio));

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        x.CopyTo(y);
        if (generator.NextDouble() >= _probability || RandomBox.Draw(x.Height, x.Width, _scale, _ratio, generator) is not var (top, left, rows, columns)) return;
        var noise = value is null ? new T[y.Channels * rows * columns] : [];
        Noise.Normal(noise, generator);
        for (int c = 0; c < y.Channels; c++)
        {
            for (int i = 0; i < rows; i++)
            {
                var to = y.Row(c, top + i).Slice(left, columns);
                if (value is { } number) to.Fill(T.CreateChecked(number));
                else noise.AsSpan((c * rows + i) * columns, columns).CopyTo(to);
            }
        }
    }
}

/// <summary>Puts a number in the place of squares about random pixels; what lies outside the picture is cut off.</summary>
/// <remarks>DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017, arXiv:1708.04552.</remarks>
/// <param name="size">Height and width of a square.</param>
/// <param name="count">The number of squares.</param>
/// <param name="value">What is put there.</param>
public sealed class Cutout(int size, int count = 1, double value = 0) : ImageAugmentation
{
    readonly int _size = AugmentationSettings.AtLeast(1, size), _count = AugmentationSettings.AtLeast(0, count);

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        x.CopyTo(y);
        if (x.Area == 0) return;
        for (int k = 0; k < _count; k++)
        {
            int top = (int)generator.NextInt64(0, x.Height) - _size / 2, left = (int)generator.NextInt64(0, x.Width) - _size / 2;
            int firstRow = Math.Max(top, 0), lastRow = Math.Min(top + _size, x.Height), first = Math.Max(left, 0), last = Math.Min(left + _size, x.Width);
            for (int c = 0; c < y.Channels; c++)
                for (int row = firstRow; row < lastRow; row++)
                    y.Row(c, row)[first..last].Fill(T.CreateChecked(value));
        }
    }
}
