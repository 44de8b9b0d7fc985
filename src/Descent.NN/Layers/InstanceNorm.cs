using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Each channel of each sample shifted and scaled to mean 0 and deviation 1, then <c>· weight + bias</c>, as
/// <see cref="F.InstanceNorm"/>; with running statistics, by these in evaluation.
/// </summary>
/// <remarks>Ulyanov et al., "Instance Normalization", 2016, arXiv:1607.08022.</remarks>
public abstract class InstanceNorm : ChannelNorm
{
    private protected InstanceNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats, DType? dtype)
        : base(features, epsilon, momentum, affine, trackRunningStats, dtype) { }

    private protected sealed override bool Takes(int rank) => rank == Rank || rank == Rank - 1;

    /// <summary>Dimensions of a batch.</summary>
    private protected abstract int Rank { get; }

    /// <exception cref="ShapeException">The rank or the channels do not fit, or there is one value per channel.</exception>
    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x)
    {
        if (!Takes(x.Rank) || x.Shape[x.Rank == Rank ? 1 : 0] != Features) throw Misfit(x);
        var batch = x.Rank == Rank ? x : x.Unsqueeze(0);
        var y = F.InstanceNorm(batch, RunningMean, RunningVar, Weight, Bias, UsesInput, Momentum ?? 0, Epsilon);
        return Observed(x.Rank == Rank ? y : y.Squeeze(0), Flops(y));
    }
}

/// <summary><see cref="InstanceNorm"/> of sequences <c>(N, C, L)</c> or <c>(C, L)</c>.</summary>
/// <param name="features">The number of channels C.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">Weight of a batch in the running statistics.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether there are running statistics.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
public sealed class InstanceNorm1d(int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = false, bool trackRunningStats = false,
    DType? dtype = null) : InstanceNorm(features, epsilon, momentum, affine, trackRunningStats, dtype)
{
    private protected override int Rank => 3;
    private protected override string Expected => "(N, C, L) or (C, L)";
}

/// <summary><see cref="InstanceNorm"/> of images <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</summary>
/// <param name="features">The number of channels C.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">Weight of a batch in the running statistics.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether there are running statistics.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
public sealed class InstanceNorm2d(int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = false, bool trackRunningStats = false,
    DType? dtype = null) : InstanceNorm(features, epsilon, momentum, affine, trackRunningStats, dtype)
{
    private protected override int Rank => 4;
    private protected override string Expected => "(N, C, H, W) or (C, H, W)";
}

/// <summary><see cref="InstanceNorm"/> of volumes <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</summary>
/// <param name="features">The number of channels C.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">Weight of a batch in the running statistics.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether there are running statistics.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
public sealed class InstanceNorm3d(int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = false, bool trackRunningStats = false,
    DType? dtype = null) : InstanceNorm(features, epsilon, momentum, affine, trackRunningStats, dtype)
{
    private protected override int Rank => 5;
    private protected override string Expected => "(N, C, D, H, W) or (C, D, H, W)";
}
