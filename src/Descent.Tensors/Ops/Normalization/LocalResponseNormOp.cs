namespace Descent.Tensors;

public static partial class F
{
    /// <summary>Each value divided by its neighbours' in nearby channels: <c>x / (k + alpha · mean x²)^beta</c> over <paramref name="size"/> channels.</summary>
    /// <remarks>Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012.</remarks>
    /// <param name="x">Shape <c>(N, C, …)</c> with at least one more dimension.</param>
    /// <param name="size">Channels of a window, <c>size / 2</c> of them before the channel itself; those outside count as 0.</param>
    /// <param name="alpha">Factor of the mean square.</param>
    /// <param name="beta">Exponent.</param>
    /// <param name="k">Added to the mean square.</param>
    /// <exception cref="ShapeException">The input has fewer than three dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static Tensor LocalResponseNorm(Tensor x, int size, double alpha = 1e-4, double beta = 0.75, double k = 1)
    {
        if (x.Rank < 3 || !x.DType.IsFloatingPoint)
            throw new ShapeException($"LocalResponseNorm: the input is {x.DType} {x.Shape}. Expected floating-point (N, C, …) of at least 3 dimensions.");
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (x.Elements == 0) return x.Clone();
        int channels = x.Shape[1];
        var padding = new int[2 * (x.Rank - 1)];
        (padding[^2], padding[^1]) = (size / 2, (size - 1) / 2);
        var squares = Pad(x.Square(), padding);
        var sum = squares.Narrow(1, 0, channels);
        for (int i = 1; i < size; i++) sum += squares.Narrow(1, i, channels);
        return x / sum.Mul(alpha / size).Add(k).Pow(beta);
    }
}
