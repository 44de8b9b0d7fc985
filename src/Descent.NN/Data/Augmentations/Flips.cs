using Descent.Tensors;

namespace Descent.NN;

/// <summary>Turns left and right about with a probability.</summary>
/// <param name="probability">How likely, in [0, 1].</param>
public sealed class RandomHorizontalFlip(double probability = 0.5) : ImageAugmentation
{
    readonly double _probability = AugmentationSettings.Probability(probability);

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        x.CopyTo(y);
        if (generator.NextDouble() >= _probability || x.Width == 0) return;
        for (int start = 0; start < y.Pixels.Length; start += y.Width) y.Pixels.Slice(start, y.Width).Reverse();
    }
}

/// <summary>Turns top and bottom about with a probability.</summary>
/// <param name="probability">How likely, in [0, 1].</param>
public sealed class RandomVerticalFlip(double probability = 0.5) : ImageAugmentation
{
    readonly double _probability = AugmentationSettings.Probability(probability);

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        if (generator.NextDouble() >= _probability)
        {
            x.CopyTo(y);
            return;
        }
        for (int c = 0; c < x.Channels; c++)
            for (int row = 0; row < x.Height; row++)
                x.Row(c, row).CopyTo(y.Row(c, x.Height - 1 - row));
    }
}
