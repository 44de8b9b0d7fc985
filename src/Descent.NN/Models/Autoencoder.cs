using Descent.Tensors;

namespace Descent.NN;

/// <summary>Images of values from 0 to 1 squeezed into a short code by strided convolutions, and made again from it by transposed ones.</summary>
/// <remarks>Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science 313, 2006.</remarks>
public sealed class Autoencoder : Module
{
    readonly int _inner, _width;
    readonly Sequential _encoder, _decoder;
    readonly Linear _code, _spread;

    /// <param name="size">Height and width of the images, a multiple of 4.</param>
    /// <param name="latent">Numbers of a code.</param>
    /// <param name="width">Channels of the first convolution; the second has twice as many.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="generator">Draws the starting values.</param>
    /// <exception cref="ArgumentException">The size is no multiple of 4.</exception>
    public Autoencoder(int size = 28, int latent = 16, int width = 16, int channels = 1, Generator? generator = null)
    {
        if (size < 4 || size % 4 != 0) throw new ArgumentException($"Autoencoder: the size is {size}; expected a multiple of 4.");
        (_inner, _width) = (size / 4, 2 * width);
        _encoder = new(new Conv2d(channels, width, 3, 2, 1, generator: generator), new ReLU(),
            new Conv2d(width, 2 * width, 3, 2, 1, generator: generator), new ReLU());
        _code = new(_width * _inner * _inner, latent, generator: generator);
        _spread = new(latent, _width * _inner * _inner, generator: generator);
        _decoder = new(new ReLU(), new ConvTranspose2d(2 * width, width, 4, 2, 1, generator: generator), new ReLU(),
            new ConvTranspose2d(width, channels, 4, 2, 1, generator: generator), new Sigmoid());
    }

    /// <summary>Codes of images.</summary>
    /// <param name="x">Shape <c>(N, channels, size, size)</c>.</param>
    /// <returns>Shape <c>(N, latent)</c>.</returns>
    public Tensor Encode(Tensor x) => _code.Forward(_encoder.Forward(x).Flatten(1));

    /// <summary>Images from codes.</summary>
    /// <param name="code">Shape <c>(N, latent)</c>.</param>
    /// <returns>Shape <c>(N, channels, size, size)</c>, from 0 to 1.</returns>
    public Tensor Decode(Tensor code) => _decoder.Forward(_spread.Forward(code).Unflatten(1, _width, _inner, _inner));

    /// <param name="x">Shape <c>(N, channels, size, size)</c>.</param>
    /// <returns>The images as their codes remember them, of the same shape.</returns>
    public override Tensor Forward(Tensor x) => Observed(Decode(Encode(x)));
}
