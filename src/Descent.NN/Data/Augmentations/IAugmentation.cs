using System.Numerics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>A change of pictures that keeps what they show. It holds settings only, so several threads may apply it at once.</summary>
public interface IAugmentation
{
    /// <summary>Changed copies of pictures, each in a way of its own.</summary>
    /// <param name="x">One picture, <c>(C, H, W)</c>, or several, <c>(N, C, H, W)</c>.</param>
    /// <param name="generator">Decides all that is random.</param>
    Tensor Apply(Tensor x, Generator generator);
}

/// <summary>An augmentation that handles one picture after the other; it knows floating types, colours in [0, 1].</summary>
public abstract class ImageAugmentation : IAugmentation
{
    private protected ImageAugmentation() { }

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The tensor has another rank, or its pictures do not fit the settings.</exception>
    /// <exception cref="ArgumentException">The type is not floating.</exception>
    public Tensor Apply(Tensor x, Generator generator)
    {
        if (x.Rank is not (3 or 4))
            throw new ShapeException($"{GetType().Name}: the shape is {x.Shape}; expected (C, H, W) or (N, C, H, W).");
        if (!x.DType.IsFloatingPoint)
            throw new ArgumentException($"{GetType().Name}: the type is {x.DType}; expected a floating one. Convert with To(DType.Float32) and divide bytes by 255.");
        if (x.DType.IsReduced) return Apply(x.To(DType.Float32), generator).To(x.DType);
        x = x.Detach().Contiguous();
        var (channels, height, width) = (x.Shape[^3], x.Shape[^2], x.Shape[^1]);
        var (newHeight, newWidth) = Size(channels, height, width);
        var y = Tensor.Empty(x.Rank == 3 ? [channels, newHeight, newWidth] : [x.Shape[0], channels, newHeight, newWidth], x.DType);
        int pictures = x.Rank == 3 ? 1 : x.Shape[0];
        if (x.DType == DType.Float32) Run<float>(pictures, x, y, generator);
        else Run<double>(pictures, x, y, generator);
        return y;
    }

    void Run<T>(int pictures, Tensor x, Tensor y, Generator generator) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (from, to) = (x.Shape[^3] * x.Shape[^2] * x.Shape[^1], y.Shape[^3] * y.Shape[^2] * y.Shape[^1]);
        for (int i = 0; i < pictures; i++)
            Fill<T>(new(x.AsSpan<T>().Slice(i * from, from), x.Shape[^3], x.Shape[^2], x.Shape[^1]),
                new(y.AsSpan<T>().Slice(i * to, to), y.Shape[^3], y.Shape[^2], y.Shape[^1]), generator);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <summary>The height and width of the result; throws where the picture does not fit the settings.</summary>
    private protected virtual (int Height, int Width) Size(int channels, int height, int width) => (height, width);

    /// <summary>Writes all of the changed picture.</summary>
    private protected abstract void Fill<T>(Picture<T> x, Picture<T> y, Generator generator) where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>The memory of one picture, <c>(C, H, W)</c>.</summary>
readonly ref struct Picture<T>(Span<T> pixels, int channels, int height, int width)
{
    public Span<T> Pixels { get; } = pixels;
    public int Channels => channels;
    public int Height => height;
    public int Width => width;
    public int Area => height * width;

    public Span<T> Plane(int channel) => Pixels.Slice(channel * Area, Area);

    public Span<T> Row(int channel, int y) => Pixels.Slice((channel * height + y) * width, width);

    public void CopyTo(Picture<T> y) => Pixels.CopyTo(y.Pixels);
}
