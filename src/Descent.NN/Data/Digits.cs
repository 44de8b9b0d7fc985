using Descent.Tensors;

namespace Descent.NN;

/// <summary>Pictures that look like handwritten digits: a data set that needs no download.</summary>
/// <remarks>
/// A way of writing the digit is drawn, its points are moved, the curve through them is bent, slanted, turned and scaled,
/// and a pen of varying width and pressure follows it. White on black, as MNIST has it, and as MNIST's centred by mass.
/// </remarks>
public static class Digits
{
    // Streams from here on are the shuffles of the labels; below are the images.
    const ulong LabelStreams = 1UL << 63;

    /// <summary>
    /// Draws <paramref name="count"/> pictures, (count, size, size), and their labels. In each run of ten every digit
    /// occurs once; a picture depends on the seed and its place alone, neither on the count nor on the threads.
    /// </summary>
    /// <param name="count">Pictures.</param>
    /// <param name="seed">Another seed gives other pictures.</param>
    /// <param name="size">Width and height in pixels, at least 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or the size below 8.</exception>
    /// <exception cref="OverflowException">The pictures do not fit one array.</exception>
    public static (byte[] Images, byte[] Labels) Generate(int count, ulong seed, int size = 28)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 8);
        var labels = new byte[count];
        for (var start = 0; start < count; start += 10)
        {
            var order = new Generator(seed, LabelStreams + (ulong)start).Permutation(10);
            for (var i = start; i < Math.Min(start + 10, count); i++)
                labels[i] = (byte)order[i - start];
        }

        var images = new byte[checked(count * size * size)];
        Parallel.For(0, count,
            () => new DigitPen(size),
            (i, _, pen) =>
            {
                pen.Draw(labels[i], new(seed, (ulong)i), images.AsSpan(i * size * size, size * size));
                return pen;
            },
            _ => { });
        return (images, labels);
    }

    /// <summary>The same pictures with their classes as a data set; inputs <c>(count, 1, size, size)</c>.</summary>
    /// <param name="count">Pictures.</param>
    /// <param name="seed">Another seed gives other pictures.</param>
    /// <param name="size">Width and height in pixels, at least 8.</param>
    /// <param name="mean">Subtracted from the pixels of [0, 1].</param>
    /// <param name="std">Divides what is left.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or the size below 8.</exception>
    /// <exception cref="OverflowException">The pictures do not fit one array.</exception>
    public static PixelDataset Dataset(int count, ulong seed, int size = 28, float mean = 0, float std = 1)
    {
        var (images, labels) = Generate(count, seed, size);
        return new(Tensor.From<byte>(images, [count, 1, size, size]), Tensor.From<byte>(labels, [count]).To(DType.Int64), mean, std);
    }
}
