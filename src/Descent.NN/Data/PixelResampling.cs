namespace Descent.NN;

/// <summary>One axis of a resize, as weighted sums of neighbouring pixels.</summary>
static class PixelResampling
{
    /// <summary>(from, length) to (to, length).</summary>
    public static float[] Columns(ReadOnlySpan<float> x, int from, int to, int length) => Rows(x, 1, from, to, length);

    /// <summary>(rows, from, channels) to (rows, to, channels).</summary>
    public static float[] Rows(ReadOnlySpan<float> x, int rows, int from, int to, int channels)
    {
        var y = new float[rows * to * channels];
        for (var i = 0; i < to; i++)
        {
            var (first, weights) = from > to ? Coverage(i, from, to) : Line(i, from, to);
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
    static (int First, float[] Weights) Coverage(int i, int from, int to)
    {
        var (start, end) = ((double)i * from / to, (i + 1.0) * from / to);
        var first = (int)start;
        var weights = new float[Math.Min((int)Math.Ceiling(end), from) - first];
        for (var k = 0; k < weights.Length; k++)
            weights[k] = (float)((Math.Min(end, first + k + 1) - Math.Max(start, first + k)) / (end - start));
        return (first, weights);
    }

    /// <summary>Linear interpolation between the pixels' middles; the borders are continued.</summary>
    static (int First, float[] Weights) Line(int i, int from, int to)
    {
        var centre = Math.Clamp((i + 0.5) * from / to - 0.5, 0, from - 1);
        var first = Math.Min((int)centre, Math.Max(0, from - 2));
        return from == 1 ? (0, [1f]) : (first, [(float)(1 - (centre - first)), (float)(centre - first)]);
    }
}
