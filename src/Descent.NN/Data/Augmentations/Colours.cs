using System.Numerics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Takes means out of the channels and divides by deviations.</summary>
/// <param name="mean">One number for each channel, or one for all.</param>
/// <param name="std">Likewise, above 0.</param>
public sealed class Normalize(IReadOnlyList<double> mean, IReadOnlyList<double> std) : ImageAugmentation
{
    readonly double[] _mean = [.. mean];
    readonly double[] _std = std.All(s => s > 0)
        ? [.. std]
        : throw new ArgumentOutOfRangeException(nameof(std), $"Normalize: the deviations are ({string.Join(", ", std)}); they must be above 0.");

    private protected override (int Height, int Width) Size(int channels, int height, int width)
    {
        if (_mean.Length != 1 && _mean.Length != channels || _std.Length != 1 && _std.Length != channels)
            throw new ShapeException($"Normalize: there are {_mean.Length} means and {_std.Length} deviations for {channels} channels. Expected one of each, or one for each channel.");
        return (height, width);
    }

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        for (int c = 0; c < x.Channels; c++)
        {
            T centre = T.CreateChecked(_mean[_mean.Length == 1 ? 0 : c]), scale = T.CreateChecked(_std[_std.Length == 1 ? 0 : c]);
            var from = x.Plane(c);
            var to = y.Plane(c);
            for (int i = 0; i < to.Length; i++) to[i] = (from[i] - centre) / scale;
        }
    }
}

/// <summary>Takes the colours out, leaving three equal channels, with a probability.</summary>
/// <param name="probability">How likely, in [0, 1].</param>
public sealed class RandomGrayscale(double probability = 0.1) : ImageAugmentation
{
    readonly double _probability = AugmentationSettings.Probability(probability);

    private protected override (int Height, int Width) Size(int channels, int height, int width) =>
        Colours.Check(channels, nameof(RandomGrayscale)) ? (height, width) : default;

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        x.CopyTo(y);
        if (generator.NextDouble() < _probability) Colours.Saturate(y, T.Zero);
    }
}

/// <summary>Changes brightness, contrast, saturation and hue, in an order that is drawn too.</summary>
/// <remarks>The formulas are torchvision's; pictures of one channel have neither saturation nor hue.</remarks>
/// <param name="brightness">The factor is drawn from [max(0, 1 − b), 1 + b].</param>
/// <param name="contrast">Likewise, the factor of the distance from the mean gray.</param>
/// <param name="saturation">Likewise, the factor of the distance from each pixel's gray.</param>
/// <param name="hue">The turn of the colour circle is drawn from [−h, h], at most 0.5.</param>
public sealed class ColorJitter(double brightness = 0, double contrast = 0, double saturation = 0, double hue = 0) : ImageAugmentation
{
    readonly double _brightness = AugmentationSettings.AtLeast(0, brightness), _contrast = AugmentationSettings.AtLeast(0, contrast);
    readonly double _saturation = AugmentationSettings.AtLeast(0, saturation);
    readonly double _hue = hue is >= 0 and <= 0.5 ? hue : throw new ArgumentOutOfRangeException(nameof(hue), hue, $"hue is {hue}; it must be in [0, 0.5].");

    private protected override (int Height, int Width) Size(int channels, int height, int width) =>
        Colours.Check(channels, nameof(ColorJitter)) ? (height, width) : default;

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        x.CopyTo(y);
        Span<int> order = [0, 1, 2, 3];
        generator.Shuffle(order);
        Span<double> u = stackalloc double[4];
        generator.Uniform(u);
        foreach (int step in order)
        {
            if (step == 0 && _brightness > 0) Colours.Brighten(y, Factor<T>(_brightness, u[0]));
            if (step == 1 && _contrast > 0) Colours.Contrast(y, Factor<T>(_contrast, u[1]));
            if (step == 2 && _saturation > 0) Colours.Saturate(y, Factor<T>(_saturation, u[2]));
            if (step == 3 && _hue > 0) Colours.Turn(y, T.CreateChecked((2 * u[3] - 1) * _hue));
        }
    }

    static T Factor<T>(double most, double u) where T : INumberBase<T>
    {
        double low = Math.Max(0, 1 - most);
        return T.CreateChecked(low + u * (1 + most - low));
    }
}

/// <summary>Changes of colours in [0, 1], one channel of gray or three of red, green and blue, in place.</summary>
static class Colours
{
    internal static bool Check(int channels, string name) => channels is 1 or 3
        ? true
        : throw new ShapeException($"{name}: the pictures have {channels} channels; expected 1, gray, or 3, red, green and blue.");

    static T Unit<T>(T x) where T : INumber<T> => T.Clamp(x, T.Zero, T.One);

    // ITU-R BT.601, rounded as torchvision rounds.
    static T Gray<T>(Picture<T> x, int pixel) where T : IBinaryFloatingPointIeee754<T> => x.Channels == 1
        ? x.Pixels[pixel]
        : T.CreateTruncating(0.2989) * x.Pixels[pixel] + T.CreateTruncating(0.587) * x.Pixels[pixel + x.Area] + T.CreateTruncating(0.114) * x.Pixels[pixel + 2 * x.Area];

    internal static void Brighten<T>(Picture<T> x, T factor) where T : IBinaryFloatingPointIeee754<T>
    {
        foreach (ref T value in x.Pixels) value = Unit(factor * value);
    }

    internal static void Contrast<T>(Picture<T> x, T factor) where T : IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int i = 0; i < x.Area; i++) sum += double.CreateTruncating(Gray(x, i));
        T rest = (T.One - factor) * T.CreateTruncating(sum / Math.Max(1, x.Area));
        foreach (ref T value in x.Pixels) value = Unit(factor * value + rest);
    }

    internal static void Saturate<T>(Picture<T> x, T factor) where T : IBinaryFloatingPointIeee754<T>
    {
        if (x.Channels == 1) return;
        for (int i = 0; i < x.Area; i++)
        {
            T rest = (T.One - factor) * Gray(x, i);
            for (int c = 0; c < 3; c++) x.Pixels[i + c * x.Area] = Unit(factor * x.Pixels[i + c * x.Area] + rest);
        }
    }

    /// <summary>Turns the hue of HSV by a share of the circle.</summary>
    internal static void Turn<T>(Picture<T> x, T turn) where T : IBinaryFloatingPointIeee754<T>
    {
        if (x.Channels == 1) return;
        T two = T.CreateChecked(2), four = T.CreateChecked(4), six = T.CreateChecked(6);
        var red = x.Plane(0);
        var green = x.Plane(1);
        var blue = x.Plane(2);
        for (int i = 0; i < red.Length; i++)
        {
            T r = red[i], g = green[i], b = blue[i];
            T value = T.Max(r, T.Max(g, b)), spread = value - T.Min(r, T.Min(g, b));
            if (spread == T.Zero) continue;
            // The colour circle in sixths, from red over green to blue.
            T hue = value == r ? (g - b) / spread : value == g ? two + (b - r) / spread : four + (r - g) / spread;
            hue += six * turn;
            hue -= six * T.Floor(hue / six);
            (red[i], green[i], blue[i]) = (Part(hue + T.CreateChecked(5)), Part(hue + T.CreateChecked(3)), Part(hue + T.One));

            T Part(T k)
            {
                k = k >= six ? k - six : k;
                return value - spread * T.Max(T.Zero, T.Min(T.Min(k, four - k), T.One));
            }
        }
    }
}
