using Descent.Tensors;

namespace Descent.NN;

/// <summary>An autoencoder whose codes are drawn from normal distributions, so that new images can be made from the standard one.</summary>
/// <remarks>Kingma and Welling, "Auto-Encoding Variational Bayes", 2013, arXiv:1312.6114. Keys are those of PyTorch's example.</remarks>
public sealed class VariationalAutoencoder : Module
{
    readonly Linear _fc1, _fc21, _fc22, _fc3, _fc4;
    readonly int _size;
    readonly Generator? _generator;

    /// <param name="size">Height and width of the images, of one channel.</param>
    /// <param name="latent">Numbers of a code.</param>
    /// <param name="hidden">Units of the layer on either side of the code.</param>
    /// <param name="generator">Draws the starting values and the codes; the default generator if null.</param>
    public VariationalAutoencoder(int size = 28, int latent = 20, int hidden = 400, Generator? generator = null)
    {
        (_size, _generator, Latent) = (size, generator, latent);
        _fc1 = new(size * size, hidden, generator: generator);
        _fc21 = new(hidden, latent, generator: generator);
        _fc22 = new(hidden, latent, generator: generator);
        _fc3 = new(latent, hidden, generator: generator);
        _fc4 = new(hidden, size * size, generator: generator);
    }

    /// <summary>Numbers of a code.</summary>
    public int Latent { get; }

    /// <summary>The distribution of an image's codes.</summary>
    /// <param name="x">Shape <c>(N, 1, size, size)</c>, from 0 to 1.</param>
    /// <returns>Means and logarithms of variances, each <c>(N, latent)</c>.</returns>
    public (Tensor Mean, Tensor LogVar) Encode(Tensor x)
    {
        var hidden = FusedLayers.Forward(_fc1, Activation.Relu, x.Flatten(1));
        return (_fc21.Forward(hidden), _fc22.Forward(hidden));
    }

    /// <summary>A code drawn from a distribution, through which gradients flow to it; in evaluation its mean.</summary>
    /// <param name="mean">Shape <c>(N, latent)</c>.</param>
    /// <param name="logVar">Logarithms of variances, of the same shape.</param>
    public Tensor Sample(Tensor mean, Tensor logVar) =>
        IsTraining ? mean + (logVar * 0.5).Exp() * Tensor.RandnLike(mean, _generator) : mean;

    /// <summary>Logits of images from codes.</summary>
    /// <param name="code">Shape <c>(N, latent)</c>.</param>
    /// <returns>Shape <c>(N, 1, size, size)</c>; their sigmoids are the pixels.</returns>
    public Tensor Decode(Tensor code) => _fc4.Forward(FusedLayers.Forward(_fc3, Activation.Relu, code)).Unflatten(1, 1, _size, _size);

    /// <param name="x">Shape <c>(N, 1, size, size)</c>, from 0 to 1.</param>
    /// <returns>The images as their codes remember them, of the same shape, from 0 to 1.</returns>
    public override Tensor Forward(Tensor x)
    {
        var (mean, logVar) = Encode(x);
        return Observed(Decode(Sample(mean, logVar)).Sigmoid());
    }
}
