using Descent.Tensors;

namespace Descent.NN;

/// <summary>What <see cref="BatchNorm"/> and <see cref="InstanceNorm"/> have in common: a scale, a shift and running statistics per channel.</summary>
public abstract class ChannelNorm : Module
{
    private protected ChannelNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats, DType? dtype)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (Features, Epsilon, Momentum) = (features, epsilon, momentum);
        if (affine) (Weight, Bias) = (new(Tensor.Ones([features], dtype)), new(Tensor.Zeros([features], dtype)));
        if (!trackRunningStats) return;
        (RunningMean, RunningVar) = (Tensor.Zeros([features], dtype), Tensor.Ones([features], dtype));
        NumBatchesTracked = Tensor.Zeros([], DType.Int64);
    }

    /// <summary>The number of channels.</summary>
    public int Features { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Weight of a batch in the running statistics; null for their plain average.</summary>
    public double? Momentum { get; internal set; }

    /// <summary>Scale per channel, or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>Shift per channel, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Running mean per channel, or null where the input's statistics serve in evaluation too.</summary>
    public Tensor? RunningMean { get; }

    /// <summary>Running unbiased variance per channel, or null likewise.</summary>
    public Tensor? RunningVar { get; }

    /// <summary>How many batches the running statistics have seen: one Int64.</summary>
    public Tensor? NumBatchesTracked { get; }

    /// <summary>Forgets the running statistics: mean 0, variance 1, no batch seen.</summary>
    internal void ResetRunningStatistics()
    {
        if (RunningMean is null) return;
        RunningMean.Zero_();
        RunningVar!.Fill_(1);
        NumBatchesTracked!.Zero_();
    }

    /// <summary>Whether the input's own statistics serve.</summary>
    private protected bool UsesInput => IsTraining || RunningMean is null;

    private protected abstract bool Takes(int rank);

    private protected abstract string Expected { get; }

    /// <summary>Mean, variance and division by it are 5 operations an element, a multiply-add is 2.</summary>
    private protected long Flops(Tensor y) => y.Elements * (UsesInput ? Weight is null ? 5L : 7 : 2);

    private protected ShapeException Misfit(Tensor x) =>
        new($"{GetType().Name}: the input is {x.Shape}; expected {Expected} with {Features} channels.");
}
