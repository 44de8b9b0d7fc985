using Descent.Tensors;

namespace Descent.NN;

/// <summary>A generator and a discriminator of images that learn against each other.</summary>
/// <remarks>Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional GANs", 2015, arXiv:1511.06434.</remarks>
public sealed class Dcgan : Module
{
    /// <param name="size">Height and width of the images: an odd number of at least 3, or 4, times a power of two, as 28, 32 and 64.</param>
    /// <param name="latent">Numbers that an image is made from.</param>
    /// <param name="width">Channels next to the image.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="generator">Draws the starting values: normal of deviation 0.02, as in the paper.</param>
    /// <exception cref="ArgumentException">The size cannot be halved at least once.</exception>
    public Dcgan(int size = 28, int latent = 100, int width = 64, int channels = 1, Generator? generator = null)
    {
        (Generator, Discriminator) = (new(size, latent, width, channels), new(size, width, channels));
        foreach (var (_, module) in NamedModules())
            switch (module)
            {
                case Convolution convolution:
                    Init.Normal_(convolution.Weight, 0, 0.02, generator);
                    break;
                case BatchNorm2d norm:
                    Init.Normal_(norm.Weight!, 1, 0.02, generator);
                    break;
            }
    }

    /// <summary>Makes images of codes.</summary>
    public DcganGenerator Generator { get; }

    /// <summary>Tells real images from made ones.</summary>
    public DcganDiscriminator Discriminator { get; }

    /// <param name="x">Numbers <c>(N, latent)</c>.</param>
    /// <returns>Images <c>(N, channels, size, size)</c>, from −1 to 1.</returns>
    public override Tensor Forward(Tensor x) => Observed(Generator.Forward(x));

    /// <summary>The size that convolutions over whole planes start from, and how often it is doubled.</summary>
    internal static (int Start, int Doublings) Stages(int size)
    {
        int start = size, doublings = 0;
        while (start % 2 == 0 && start > 4) (start, doublings) = (start / 2, doublings + 1);
        return doublings > 0 && start >= 3 ? (start, doublings)
            : throw new ArgumentException($"Dcgan: the size is {size}; expected an odd number of at least 3, or 4, times a power of two, as 28, 32 or 64.");
    }
}

/// <summary>From random numbers to images: transposed convolutions, each of which doubles the size, with normalisation and ReLU; at last a hyperbolic tangent.</summary>
public sealed class DcganGenerator : Module
{
    readonly Sequential _main;

    internal DcganGenerator(int size, int latent, int width, int channels)
    {
        var (start, doublings) = Dcgan.Stages(size);
        Latent = latent;
        int inside = width << (doublings - 1);
        List<Module> layers = [new ConvTranspose2d(latent, inside, start, bias: false), new BatchNorm2d(inside), new ReLU()];
        for (int i = 1; i < doublings; i++, inside /= 2)
            layers.AddRange([new ConvTranspose2d(inside, inside / 2, 4, 2, 1, bias: false), new BatchNorm2d(inside / 2), new ReLU()]);
        layers.AddRange([new ConvTranspose2d(inside, channels, 4, 2, 1, bias: false), new Tanh()]);
        _main = new([.. layers]);
    }

    /// <summary>Numbers that an image is made from.</summary>
    public int Latent { get; }

    /// <param name="x">Numbers <c>(N, latent)</c>, drawn from the standard normal distribution.</param>
    /// <returns>Images <c>(N, channels, size, size)</c>, from −1 to 1.</returns>
    public override Tensor Forward(Tensor x) => Observed(_main.Forward(x.Unflatten(1, Latent, 1, 1)));
}

/// <summary>From images to a score, positive for real ones: convolutions, each of which halves the size, with normalisation and leaky ReLU.</summary>
public sealed class DcganDiscriminator : Module
{
    readonly Sequential _main;

    internal DcganDiscriminator(int size, int width, int channels)
    {
        var (start, halvings) = Dcgan.Stages(size);
        List<Module> layers = [new Conv2d(channels, width, 4, 2, 1, bias: false), new LeakyReLU(0.2)];
        for (int i = 1; i < halvings; i++, width *= 2)
            layers.AddRange([new Conv2d(width, 2 * width, 4, 2, 1, bias: false), new BatchNorm2d(2 * width), new LeakyReLU(0.2)]);
        layers.Add(new Conv2d(width, 1, start, bias: false));
        _main = new([.. layers]);
    }

    /// <param name="x">Images <c>(N, channels, size, size)</c>, from −1 to 1.</param>
    /// <returns>Scores <c>(N)</c>: logits of being real.</returns>
    public override Tensor Forward(Tensor x) => Observed(_main.Forward(x).Flatten(0));
}
