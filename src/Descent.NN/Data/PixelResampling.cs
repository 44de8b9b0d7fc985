using System.Numerics;

namespace Descent.NN;

/// <summary>One axis of a resize, as weighted sums of neighbouring pixels.</summary>
static class PixelResampling
{
    /// <summary>(from, length) to (to, length).</summary>
    public static T[] Columns<T>(ReadOnlySpan<T> x, int from, int to, int length) where T : IBinaryFloatingPointIeee754<T> => Rows(x, 1, from, to, length);

    /// <summary>(rows, from, channels) to (rows, to, channels).</summary>
    public static T[] Rows<T>(ReadOnlySpan<T> x, int rows, int from, int to, int channels) where T : IBinaryFloatingPointIeee754<T>
    {
        var y = new T[rows * to * channels];
        for (var i = 0; i < to; i++)
        {
            var (first, weights) = from > to ? Coverage<T>(i, from, to) : Line<T>(i, from, to);
            for (var row = 0; row < rows; row++)
            {
                var target = y.AsSpan((row * to + i) * channels, channels);
                for (var k = 0; k < weights.Length; k++)
                {
                    var source = x.Slice((row * from + first + k) * channels, channels);
                    for (var c = 0; c < channels; c++)
                        target[c] += weights[k] * source[c];
                }
            }
        }

        return y;
    }

    /// <summary>The share of each pixel in the interval [i, i + 1) · from / to.</summary>
    static (int First, T[] Weights) Coverage<T>(int i, int from, int to) where T : IBinaryFloatingPointIeee754<T>
    {
        var (start, end) = ((double)i * from / to, (i + 1.0) * from / to);
        var first = (int)start;
        var weights = new T[Math.Min((int)Math.Ceiling(end), from) - first];
        for (var k = 0; k < weights.Length; k++)
            weights[k] = T.CreateTruncating((Math.Min(end, first + k + 1) - Math.Max(start, first + k)) / (end - start));
        return (first, weights);
    }

    /// <summary>Linear interpolation between the pixels' middles; the borders are continued.</summary>
    static (int First, T[] Weights) Line<T>(int i, int from, int to) where T : IBinaryFloatingPointIeee754<T>
    {
        var centre = Math.Clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
        var first = Math.Min((int)centre, Math.Max(0, from - 2));
        return from == 1 ? (0, [T.One]) : (first, [T.CreateTruncating(1 - (centre - first)), T.CreateTruncating(centre - first)]);
    }
}
