using Descent.Tensors;

namespace Descent.NN;

/// <summary>Draws one digit after another on a canvas of its own; not for several threads at once.</summary>
sealed class DigitPen(int size)
{
    // Curve pieces between two given points: at 28 pixels about one pixel each.
    const int Pieces = 7;

    // Paper around the ink, as a share of the canvas.
    const double Border = 0.05;

    readonly record struct Dot(double X, double Y, double Radius);

    readonly float[] _ink = new float[size * size];
    readonly float[] _blurred = new float[size * size];
    readonly float[] _noise = new float[size * size];
    readonly List<List<Dot>> _strokes = [];

    public void Draw(int digit, Generator random, Span<byte> image)
    {
        var style = DigitStyle.Draw(random);
        var ways = DigitStrokes.Of(digit);
        _strokes.Clear();
        foreach (var points in ways[(int)(style.Way * ways.Length)])
            _strokes.Add(Trace(Move(points, style, random), style, random));
        Centre(style);

        Array.Clear(_ink);
        foreach (var stroke in _strokes)
            for (var i = 1; i < stroke.Count; i++)
                Line(stroke[i - 1], stroke[i], style.Softness);
        Develop(style, random, image);
    }

    /// <summary>The template's points, each a little off, corners staying corners.</summary>
    static (double X, double Y)[] Move(double[] points, DigitStyle style, Generator random)
    {
        var moved = new (double X, double Y)[points.Length / 2];
        var jitter = new double[points.Length];
        random.Normal(jitter, 0, style.Jitter);
        for (var i = 0; i < moved.Length; i++)
        {
            var isCorner = i > 0 && points[2 * i] == points[2 * i - 2] && points[2 * i + 1] == points[2 * i - 1];
            moved[i] = isCorner ? moved[i - 1] : (points[2 * i] + jitter[2 * i], points[2 * i + 1] + jitter[2 * i + 1]);
        }

        return moved;
    }

    /// <summary>The pen's way along the points, in pixels about the middle of the digit's box.</summary>
    List<Dot> Trace((double X, double Y)[] points, DigitStyle style, Generator random)
    {
        Span<double> ends = stackalloc double[4];
        random.Uniform(ends);
        var dots = new List<Dot>();
        var last = points.Length - 1;
        for (var i = 0; i < last; i++)
        {
            if (points[i] == points[i + 1])
                continue;
            // At the ends and at corners the curve leaves straight.
            var before = i > 0 && points[i - 1] != points[i] ? points[i - 1] : points[i];
            var after = i + 1 < last && points[i + 2] != points[i + 1] ? points[i + 2] : points[i + 1];
            // Strokes begin a little early or late, and end so.
            var from = i == 0 ? 0.5 * ends[0] - 0.2 : 0;
            var to = i == last - 1 ? 1.2 - 0.5 * ends[1] : 1;
            for (var piece = i == 0 ? 0 : 1; piece <= Pieces; piece++)
            {
                var t = from + (to - from) * piece / Pieces;
                var (x, y) = style.Bend(
                    Spline(before.X, points[i].X, points[i + 1].X, after.X, t),
                    Spline(before.Y, points[i].Y, points[i + 1].Y, after.Y, t));
                var along = (i + t) / last;
                var radius = style.Radius * (1 + 0.22 * Math.Sin(2 * Math.PI * (ends[2] + along * (0.5 + 1.5 * ends[3]))));
                // The pen lifts towards the end of a stroke.
                radius *= 1 - style.Taper * Math.Pow(along, 6);
                dots.Add(new(x * size, y * size, Math.Max(0.3, radius * size / 28)));
            }
        }

        return dots;
    }

    /// <remarks>Catmull and Rom, "A Class of Local Interpolating Splines", 1974.</remarks>
    static double Spline(double p0, double p1, double p2, double p3, double t) =>
        p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));

    /// <summary>Puts the middle of the ink's mass at the middle of the canvas, but for the style's shift, and all of it inside.</summary>
    void Centre(DigitStyle style)
    {
        var (sumX, sumY, mass) = (0.0, 0.0, 0.0);
        var (left, right, top, bottom) = (double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
        foreach (var stroke in _strokes)
        {
            for (var i = 1; i < stroke.Count; i++)
            {
                var (a, b) = (stroke[i - 1], stroke[i]);
                var weight = a.Radius * Math.Sqrt((b.X - a.X) * (b.X - a.X) + (b.Y - a.Y) * (b.Y - a.Y));
                sumX += weight * (a.X + b.X) / 2;
                sumY += weight * (a.Y + b.Y) / 2;
                mass += weight;
            }

            foreach (var dot in stroke)
            {
                (left, right) = (Math.Min(left, dot.X - dot.Radius), Math.Max(right, dot.X + dot.Radius));
                (top, bottom) = (Math.Min(top, dot.Y - dot.Radius), Math.Max(bottom, dot.Y + dot.Radius));
            }
        }

        var scale = Math.Min(1, (1 - 2 * Border) * size / Math.Max(right - left, bottom - top));
        var shiftX = Inside(size * (0.5 + style.ShiftX) - scale * sumX / mass, scale * left, scale * right);
        var shiftY = Inside(size * (0.5 + style.ShiftY) - scale * sumY / mass, scale * top, scale * bottom);
        foreach (var stroke in _strokes)
            for (var i = 0; i < stroke.Count; i++)
                stroke[i] = new(scale * stroke[i].X + shiftX, scale * stroke[i].Y + shiftY, scale * stroke[i].Radius);
    }

    /// <summary>The shift nearest to the given one that keeps to the border.</summary>
    double Inside(double shift, double low, double high) =>
        Math.Max(Border * size - low, Math.Min((1 - Border) * size - high, shift));

    /// <summary>Inks every pixel by its distance from the line; where lines cross the ink does not add up.</summary>
    void Line(Dot a, Dot b, double softness)
    {
        var reach = Math.Max(a.Radius, b.Radius) + softness;
        var (left, right) = (Pixel(Math.Min(a.X, b.X) - reach), Pixel(Math.Max(a.X, b.X) + reach));
        var (top, bottom) = (Pixel(Math.Min(a.Y, b.Y) - reach), Pixel(Math.Max(a.Y, b.Y) + reach));
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var inverse = 1 / Math.Max(1e-9, dx * dx + dy * dy);
        for (var row = top; row <= bottom; row++)
        {
            for (var column = left; column <= right; column++)
            {
                var (x, y) = (column + 0.5 - a.X, row + 0.5 - a.Y);
                var t = Math.Clamp((x * dx + y * dy) * inverse, 0, 1);
                var (awayX, awayY) = (x - t * dx, y - t * dy);
                var depth = a.Radius + t * (b.Radius - a.Radius) - Math.Sqrt(awayX * awayX + awayY * awayY);
                var ink = (float)Math.Clamp(0.5 + 0.5 * depth / softness, 0, 1);
                ref var pixel = ref _ink[row * size + column];
                pixel = Math.Max(pixel, ink * ink * (3 - 2 * ink));
            }
        }

        int Pixel(double position) => Math.Clamp((int)Math.Floor(position), 0, size - 1);
    }

    void Develop(DigitStyle style, Generator random, Span<byte> image)
    {
        Blur((float)style.Blur);
        random.Normal(_noise);
        for (var i = 0; i < image.Length; i++)
        {
            // Paper is black but for a little dust; ink is grainy in proportion.
            var ink = _blurred[i] * (style.Ink + style.Grain * _noise[i]) + style.Dust * Math.Max(0, _noise[i] - 1);
            image[i] = (byte)Math.Clamp(255 * ink, 0, 255);
        }
    }

    /// <summary>A share of the mean of the four neighbours.</summary>
    void Blur(float share)
    {
        for (var row = 0; row < size; row++)
        {
            var (above, below) = (Math.Max(row - 1, 0) * size, Math.Min(row + 1, size - 1) * size);
            for (var column = 0; column < size; column++)
            {
                var centre = row * size + column;
                var around = _ink[above + column] + _ink[below + column]
                    + _ink[column > 0 ? centre - 1 : centre] + _ink[column < size - 1 ? centre + 1 : centre];
                _blurred[centre] = (1 - share) * _ink[centre] + share / 4 * around;
            }
        }
    }
}
