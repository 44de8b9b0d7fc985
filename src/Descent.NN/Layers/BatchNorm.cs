using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Each channel shifted and scaled to mean 0 and deviation 1, over the batch in training and by running statistics in
/// evaluation, then <c>· weight + bias</c>, as <see cref="F.BatchNorm"/>.
/// </summary>
/// <remarks>Ioffe and Szegedy, "Batch Normalization", 2015, arXiv:1502.03167.</remarks>
public abstract class BatchNorm : ChannelNorm
{
    private protected BatchNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats, DType? dtype)
        : base(features, epsilon, momentum, affine, trackRunningStats, dtype) { }

    /// <exception cref="ShapeException">The rank or the channels do not fit, or training has one value per channel.</exception>
    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x)
    {
        var y = F.BatchNorm(x, RunningMean, RunningVar, Weight, Bias, UsesInput, Count(x), Epsilon);
        return Observed(y, Flops(y));
    }

    /// <summary><c>max(Forward(x) + residual, 0)</c> in one pass over memory, as <see cref="F.BatchNormRelu"/>.</summary>
    /// <param name="x">As <see cref="Forward"/> takes it.</param>
    /// <param name="residual">What is added before the cut, of the same shape; or null.</param>
    /// <exception cref="ShapeException">As <see cref="Forward"/>, or the residual has another shape.</exception>
    public Tensor ForwardRelu(Tensor x, Tensor? residual = null)
    {
        var y = F.BatchNormRelu(x, RunningMean, RunningVar, Weight, Bias, residual, UsesInput, Count(x), Epsilon);
        return Observed(y, Flops(y));
    }

    /// <summary>Checks the input, counts the batch in training, and gives its weight in the running statistics.</summary>
    double Count(Tensor x)
    {
        if (!Takes(x.Rank) || x.Shape[1] != Features) throw Misfit(x);
        if (!IsTraining || NumBatchesTracked is not { } counter) return Momentum ?? 0;
        long seen = ++counter.AsSpan<long>()[0];
        counter.MarkChanged();
        // Without a momentum every batch weighs the same.
        return Momentum ?? 1.0 / seen;
    }
}

/// <summary><see cref="BatchNorm"/> of <c>(N, C)</c> or <c>(N, C, L)</c>.</summary>
/// <param name="features">The number of channels C.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">Weight of a batch in the running statistics; null for their plain average.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether there are running statistics.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
public sealed class BatchNorm1d(int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
    DType? dtype = null) : BatchNorm(features, epsilon, momentum, affine, trackRunningStats, dtype)
{
    private protected override bool Takes(int rank) => rank is 2 or 3;
    private protected override string Expected => "(N, C) or (N, C, L)";
}

/// <summary><see cref="BatchNorm"/> of images <c>(N, C, H, W)</c>.</summary>
/// <param name="features">The number of channels C.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">Weight of a batch in the running statistics; null for their plain average.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether there are running statistics.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
public sealed class BatchNorm2d(int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
    DType? dtype = null) : BatchNorm(features, epsilon, momentum, affine, trackRunningStats, dtype)
{
    private protected override bool Takes(int rank) => rank == 4;
    private protected override string Expected => "(N, C, H, W)";
}

/// <summary><see cref="BatchNorm"/> of volumes <c>(N, C, D, H, W)</c>.</summary>
/// <param name="features">The number of channels C.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">Weight of a batch in the running statistics; null for their plain average.</param>
/// <param name="affine">Whether there are a weight and a bias.</param>
/// <param name="trackRunningStats">Whether there are running statistics.</param>
/// <param name="dtype">Type of the parameters; the default type if null.</param>
public sealed class BatchNorm3d(int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true,
    DType? dtype = null) : BatchNorm(features, epsilon, momentum, affine, trackRunningStats, dtype)
{
    private protected override bool Takes(int rank) => rank == 5;
    private protected override string Expected => "(N, C, D, H, W)";
}
