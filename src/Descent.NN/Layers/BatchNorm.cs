using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Each channel shifted and scaled to mean 0 and deviation 1, over the batch in training and by running statistics in
/// evaluation, then <c>· weight + bias</c>, as <see cref="F.BatchNorm"/>.
/// </summary>
/// <remarks>Ioffe and Szegedy, "Batch Normalization", 2015, arXiv:1502.03167.</remarks>
public abstract class BatchNorm : Module
{
    readonly double _epsilon;
    readonly double? _momentum;

    private protected BatchNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats, DType? dtype)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (Features, _epsilon, _momentum) = (features, epsilon, momentum);
        if (affine) (Weight, Bias) = (new(Tensor.Ones([features], dtype)), new(Tensor.Zeros([features], dtype)));
        if (!trackRunningStats) return;
        (RunningMean, RunningVar) = (Tensor.Zeros([features], dtype), Tensor.Ones([features], dtype));
        NumBatchesTracked = Tensor.Zeros([], DType.Int64);
    }

    /// <summary>The number of channels.</summary>
    public int Features { get; }

    /// <summary>Scale per channel, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>Shift per channel, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Running mean per channel, or null where batch statistics serve in evaluation too.</summary>
    public Tensor? RunningMean { get; }

    /// <summary>Running unbiased variance per channel, or null likewise.</summary>
    public Tensor? RunningVar { get; }

    /// <summary>How many batches the running statistics have seen: one Int64.</summary>
    public Tensor? NumBatchesTracked { get; }

    private protected abstract bool Takes(int rank);

    private protected abstract string Expected { get; }

    /// <exception cref="ShapeException">The rank or the channels do not fit, or training has one value per channel.</exception>
    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x)
    {
        if (!Takes(x.Rank) || x.Shape[1] != Features)
            throw new ShapeException($"{GetType().Name}: the input is {x.Shape}; expected {Expected} with {Features} channels.");
        double momentum = _momentum ?? 0;
        if (IsTraining && NumBatchesTracked is { } counter)
        {
            long seen = ++counter.AsSpan<long>()[0];
            counter.MarkChanged();
            // Without a momentum every batch weighs the same.
            momentum = _momentum ?? 1.0 / seen;
        }
        return Observed(F.BatchNorm(x, RunningMean, RunningVar, Weight, Bias, IsTraining || RunningMean is null, momentum, _epsilon));
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
