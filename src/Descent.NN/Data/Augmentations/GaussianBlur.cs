using Descent.Tensors;

namespace Descent.NN;

/// <summary>Blurs by a bell of random width; beyond the edge the picture is mirrored.</summary>
/// <param name="kernelSize">Pixels that a pixel is made of along each axis; odd.</param>
/// <param name="sigma">The interval of the bell's deviation in pixels, [0.1, 2] if null.</param>
public sealed class GaussianBlur(int kernelSize, (double Low, double High)? sigma = null) : ImageAugmentation
{
    readonly int _reach = kernelSize >= 1 && kernelSize % 2 == 1
        ? kernelSize / 2
        : throw new ArgumentOutOfRangeException(nameof(kernelSize), kernelSize, $"kernelSize is {kernelSize}; it must be odd and at least 1.");
    readonly (double Low, double High) _sigma = AugmentationSettings.Interval(0, sigma ?? (0.1, 2), name: nameof(sigma));

    private protected override (int Height, int Width) Size(int channels, int height, int width) => Math.Min(height, width) > _reach
        ? (height, width)
        : throw new ShapeException($"GaussianBlur: pictures of {height} × {width} are too small for a kernel of {2 * _reach + 1}; expected more than {_reach} pixels along each axis.");

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        double sigma = _sigma.Low + generator.NextDouble() * (_sigma.High - _sigma.Low), sum = 0;
        var bell = new double[2 * _reach + 1];
        for (int k = 0; k < bell.Length; k++) sum += bell[k] = Math.Exp(-0.5 * (k - _reach) * (k - _reach) / (sigma * sigma));
        var weights = Array.ConvertAll(bell, w => T.CreateTruncating(w / sum));
        var across = new T[x.Area];
        for (int c = 0; c < x.Channels; c++)
        {
            Array.Clear(across);
            for (int row = 0; row < x.Height; row++)
            {
                var from = x.Row(c, row);
                var to = across.AsSpan(row * x.Width, x.Width);
                for (int j = 0; j < to.Length; j++)
                    for (int k = -_reach; k <= _reach; k++)
                        to[j] += weights[k + _reach] * from[Mirror(j + k, x.Width)];
            }
            for (int row = 0; row < x.Height; row++)
            {
                var to = y.Row(c, row);
                to.Clear();
                for (int k = -_reach; k <= _reach; k++)
                {
                    var from = across.AsSpan(Mirror(row + k, x.Height) * x.Width, x.Width);
                    for (int j = 0; j < to.Length; j++) to[j] += weights[k + _reach] * from[j];
                }
            }
        }
    }

    static int Mirror(int place, int size) => place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
}
