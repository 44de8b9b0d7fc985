using Descent.Tensors;

namespace Descent.NN;

/// <summary>The channels in groups, each shifted and scaled to mean 0 and deviation 1 within a sample, as <see cref="F.GroupNorm"/>.</summary>
/// <remarks>Wu and He, "Group Normalization", 2018, arXiv:1803.08494.</remarks>
public sealed class GroupNorm : Module
{
    /// <param name="groups">A divisor of the channels.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="affine">Whether there are a weight and a bias.</param>
    /// <param name="dtype">Type of the parameters; the default type if null.</param>
    /// <exception cref="ArgumentException">The channels do not divide into the groups.</exception>
    public GroupNorm(int groups, int channels, double epsilon = 1e-5, bool affine = true, DType? dtype = null)
    {
        if (groups < 1 || channels < 1 || channels % groups != 0)
            throw new ArgumentException($"GroupNorm: {channels} channels do not divide into {groups} group(s).");
        (Groups, Channels, Epsilon) = (groups, channels, epsilon);
        if (affine) (Weight, Bias) = (new(Tensor.Ones([channels], dtype)), new(Tensor.Zeros([channels], dtype)));
    }

    /// <summary>The number of groups.</summary>
    public int Groups { get; }

    /// <summary>The number of channels.</summary>
    public int Channels { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Scale per channel, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>Shift per channel, or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x">Shape <c>(N, C, …)</c>.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">The channels do not fit, or a group has one value.</exception>
    public override Tensor Forward(Tensor x)
    {
        if (x.Rank < 2 || x.Shape[1] != Channels)
            throw new ShapeException($"GroupNorm: the input is {x.Shape}; expected (N, C, …) with {Channels} channels.");
        return Observed(F.GroupNorm(x, Groups, Weight, Bias, Epsilon), x.Elements * (Weight is null ? 5L : 7));
    }
}

/// <summary>Each value divided by its neighbours' in nearby channels, as <see cref="F.LocalResponseNorm"/>.</summary>
/// <remarks>Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012.</remarks>
/// <param name="size">Channels of a window.</param>
/// <param name="alpha">Factor of the mean square.</param>
/// <param name="beta">Exponent.</param>
/// <param name="k">Added to the mean square.</param>
public sealed class LocalResponseNorm(int size, double alpha = 1e-4, double beta = 0.75, double k = 1) : Module
{
    /// <param name="x">Shape <c>(N, C, …)</c> with at least one more dimension.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    public override Tensor Forward(Tensor x) =>
        Observed(F.LocalResponseNorm(x, size, alpha, beta, k), x.Elements * (size + 5L));
}
