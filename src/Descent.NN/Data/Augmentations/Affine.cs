using System.Numerics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Turns, scales, shears and moves the picture about its middle, with linear interpolation.</summary>
/// <remarks>A point p about the middle goes to R(angle) · Shear · scale · p + move, as torchvision composes them.</remarks>
/// <param name="degrees">The angle is drawn from [−degrees, degrees]; above 0 turns clockwise.</param>
/// <param name="translate">The greatest move to either side, as shares of width and height.</param>
/// <param name="scale">The interval of the scale; 1 alone if null.</param>
/// <param name="shear">The greatest shears along x and y to either side, in degrees.</param>
/// <param name="fill">What comes in from outside.</param>
public sealed class RandomAffine(double degrees, (double X, double Y) translate = default, (double Low, double High)? scale = null,
    (double X, double Y) shear = default, double fill = 0) : ImageAugmentation
{
    readonly double _degrees = AugmentationSettings.AtLeast(0, degrees);
    readonly (double X, double Y) _translate = (AugmentationSettings.AtLeast(0, translate.X), AugmentationSettings.AtLeast(0, translate.Y));
    readonly (double Low, double High) _scale = AugmentationSettings.Interval(0, scale ?? (1, 1), name: nameof(scale));
    readonly (double X, double Y) _shear = (Shear(shear.X), Shear(shear.Y));

    static double Shear(double degrees) => degrees is >= 0 and < 90
        ? degrees
        : throw new ArgumentOutOfRangeException(nameof(degrees), $"The shear is {degrees} degrees; it must be in [0, 90).");

    private protected override void Fill<T>(Picture<T> x, Picture<T> y, Generator generator)
    {
        Span<double> u = stackalloc double[6];
        generator.Uniform(u, -1, 1);
        double angle = u[0] * _degrees * Math.PI / 180, size = _scale.Low + (u[3] + 1) / 2 * (_scale.High - _scale.Low);
        double shearX = u[4] * _shear.X * Math.PI / 180, shearY = u[5] * _shear.Y * Math.PI / 180;
        double moveX = Math.Round(u[1] * _translate.X * x.Width), moveY = Math.Round(u[2] * _translate.Y * x.Height);

        double a = Math.Cos(angle - shearY) / Math.Cos(shearY), b = -a * Math.Tan(shearX) - Math.Sin(angle);
        double c = Math.Sin(angle - shearY) / Math.Cos(shearY), d = -c * Math.Tan(shearX) + Math.Cos(angle);
        double determinant = (a * d - b * c) * size;
        // The inverse: where in the old picture a place of the new one comes from.
        double xx = d / determinant, xy = -b / determinant, yx = -c / determinant, yy = a / determinant;
        double middleX = (x.Width - 1) / 2.0, middleY = (x.Height - 1) / 2.0;
        double fromX = middleX - xx * (middleX + moveX) - xy * (middleY + moveY), fromY = middleY - yx * (middleX + moveX) - yy * (middleY + moveY);
        Sample(x, y, xx, xy, fromX, yx, yy, fromY, T.CreateChecked(fill));
    }

    /// <summary>y[i, j] = x at column xx·j + xy·i + x0 and row yx·j + yy·i + y0, between four pixels.</summary>
    static void Sample<T>(Picture<T> x, Picture<T> y, double xx, double xy, double x0, double yx, double yy, double y0, T fill)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = x.Width, height = x.Height, area = x.Area;
        for (int i = 0; i < y.Height; i++)
        {
            for (int j = 0; j < y.Width; j++)
            {
                // Clamped far outside, where an integer would not hold it.
                double column = Math.Clamp(xx * j + xy * i + x0, -2, width + 1), row = Math.Clamp(yx * j + yy * i + y0, -2, height + 1);
                int left = (int)Math.Floor(column), top = (int)Math.Floor(row);
                T right = T.CreateTruncating(column - left), down = T.CreateTruncating(row - top);
                int at = top * width + left, to = i * y.Width + j;
                bool inside = left >= 0 && top >= 0 && left + 1 < width && top + 1 < height;
                for (int c = 0; c < x.Channels; c++, at += area, to += area)
                {
                    T p00, p01, p10, p11;
                    if (inside)
                    {
                        (p00, p01) = (x.Pixels[at], x.Pixels[at + 1]);
                        (p10, p11) = (x.Pixels[at + width], x.Pixels[at + width + 1]);
                    }
                    else
                    {
                        bool hasLeft = (uint)left < (uint)width, hasRight = (uint)(left + 1) < (uint)width;
                        bool hasTop = (uint)top < (uint)height, hasBottom = (uint)(top + 1) < (uint)height;
                        p00 = hasTop && hasLeft ? x.Pixels[at] : fill;
                        p01 = hasTop && hasRight ? x.Pixels[at + 1] : fill;
                        p10 = hasBottom && hasLeft ? x.Pixels[at + width] : fill;
                        p11 = hasBottom && hasRight ? x.Pixels[at + width + 1] : fill;
                    }
                    T upper = p00 + right * (p01 - p00), lower = p10 + right * (p11 - p10);
                    y.Pixels[to] = upper + down * (lower - upper);
                }
            }
        }
    }
}
