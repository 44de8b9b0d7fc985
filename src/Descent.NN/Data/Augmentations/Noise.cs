using System.Numerics;
using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Adds noise of the normal distribution to every element.</summary>
/// <param name="std">Its deviation.</param>
/// <param name="mean">Its mean.</param>
/// <param name="clip">Whether results are kept in [0, 1]; not for pictures that are normalised already.</param>
public sealed class GaussianNoise(double std = 0.1, double mean = 0, bool clip = true) : ImageAugmentation
{
    readonly double _std = AugmentationSettings.AtLeast(0, std);

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        Noise.Normal(y.Pixels, generator);
        T scale = T.CreateChecked(_std), shift = T.CreateChecked(mean);
        for (int i = 0; i < y.Pixels.Length; i++)
        {
            T value = x.Pixels[i] + (shift + scale * y.Pixels[i]);
            y.Pixels[i] = clip ? T.Clamp(value, T.Zero, T.One) : value;
        }
    }
}

static class Noise
{
    /// <summary>Standard normal noise, float or double.</summary>
    internal static void Normal<T>(Span<T> y, Generator generator) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float)) generator.Normal(MemoryMarshal.Cast<T, float>(y));
        else generator.Normal(MemoryMarshal.Cast<T, double>(y));
    }
}
