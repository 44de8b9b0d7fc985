using Descent.Tensors;

namespace Descent.NN;

/// <summary>What one hand does with one digit: how it bends the unit box, and what pen it holds.</summary>
sealed record DigitStyle
{
    const int Waves = 2;

    // The map of the box about its middle: x' = XX x + XY y, y' = YX x + YY y.
    readonly double _xx, _xy, _yx, _yy;
    readonly double _waist;
    readonly double[] _waves;

    DigitStyle(ReadOnlySpan<double> u, ReadOnlySpan<double> z, double[] waves)
    {
        Way = u[0];
        Jitter = 0.010 + 0.024 * u[1];
        Taper = 0.5 * u[2];
        Softness = 0.55 + 0.5 * u[3];
        Blur = 0.35 * u[4];
        Ink = 0.88 + 0.45 * u[5];
        Grain = 0.08 * u[6];
        Dust = 0.04 * u[7] * u[7];
        Radius = Math.Clamp(1.35 * Math.Exp(0.28 * z[0]), 0.7, 2.4);
        ShiftX = Math.Clamp(0.022 * z[1], -0.07, 0.07);
        ShiftY = Math.Clamp(0.022 * z[2], -0.07, 0.07);

        var turn = Math.Clamp(6 * z[3], -15, 15) * Math.PI / 180;
        var slant = Math.Clamp(0.10 + 0.16 * z[4], -0.25, 0.5);
        var height = Math.Clamp(0.87 + 0.06 * z[5], 0.72, 0.98);
        var width = height * Math.Clamp(1.1 * Math.Exp(0.15 * z[6]), 0.7, 1.5);
        var (sine, cosine) = Math.SinCos(turn);
        // Scale, then slant (the top, where y < 0, to the right), then turn.
        (_xx, _xy) = (cosine * width, (-cosine * slant - sine) * height);
        (_yx, _yy) = (sine * width, (-sine * slant + cosine) * height);
        _waist = Math.Clamp(0.05 * z[7], -0.11, 0.11);
        _waves = waves;
    }

    public double Way { get; }
    public double Jitter { get; }
    public double Radius { get; }
    public double Taper { get; }
    public double Softness { get; }
    public double Blur { get; }
    public double Ink { get; }
    public double Grain { get; }
    public double Dust { get; }
    public double ShiftX { get; }
    public double ShiftY { get; }

    public static DigitStyle Draw(Generator random)
    {
        Span<double> uniform = stackalloc double[8];
        Span<double> normal = stackalloc double[8];
        random.Uniform(uniform);
        random.Normal(normal);
        // Per wave: two directions of displacement, two of travel, and a phase.
        var waves = new double[5 * Waves];
        random.Normal(waves);
        return new(uniform, normal, waves);
    }

    /// <summary>Where a point of the unit box comes to lie, about the origin.</summary>
    public (double X, double Y) Bend(double x, double y)
    {
        (x, y) = (x - 0.5, y - 0.5);
        // Moves the waist up or down: one loop of an 8 grows, the other shrinks.
        y += _waist * (1 - 4 * y * y);
        var (bentX, bentY) = (x, y);
        for (var i = 0; i < _waves.Length; i += 5)
        {
            var wave = 0.025 * Math.Sin(3.5 * (_waves[i + 2] * x + _waves[i + 3] * y) + 4 * _waves[i + 4]);
            bentX += _waves[i] * wave;
            bentY += _waves[i + 1] * wave;
        }

        return (_xx * bentX + _xy * bentY, _yx * bentX + _yy * bentY);
    }
}
