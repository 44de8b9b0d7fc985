namespace Descent.NN;

/// <summary>
/// Up in a straight line, <c>base · (t + 1) / (warmUp + 1)</c>, then down half a cosine wave from <c>base</c> to <c>min</c> at
/// <c>total</c>, and <c>min</c> from there on.
/// </summary>
public sealed class WarmUpCosineLR : LRScheduler
{
    readonly int _warmUp, _total;
    readonly double _minimum;

    /// <summary>The usual schedule of transformers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The warm-up is negative or not shorter than the whole.</exception>
    public WarmUpCosineLR(Optimizer optimizer, int warmUpSteps, int totalSteps, double minimum = 0) : base(optimizer)
    {
        _warmUp = Check(warmUpSteps, warmUpSteps >= 0, nameof(warmUpSteps), "at least 0");
        _total = Check(totalSteps, totalSteps > warmUpSteps, nameof(totalSteps), $"above the {warmUpSteps} of the warm-up");
        _minimum = minimum;
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => LastEpoch < _warmUp ? BaseLearningRates[group] * (LastEpoch + 1) / (_warmUp + 1)
        : Annealing.Cosine.At(Math.Min(1, (double)(LastEpoch - _warmUp) / (_total - _warmUp)), BaseLearningRates[group], _minimum);
}

/// <summary>
/// <c>base · min((t + 1) / warmUp, √(warmUp / (t + 1)))</c>: up in a straight line to the base rate, then down by the inverse
/// square root.
/// </summary>
/// <remarks>
/// Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762. Their rate, known as Noam's, is this one with the
/// base rate <c>1 / √(width · warmUp)</c>.
/// </remarks>
public sealed class InverseSquareRootLR : LRScheduler
{
    readonly int _warmUp;

    /// <summary>Decay without an end.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="warmUpSteps"/> is below 1.</exception>
    public InverseSquareRootLR(Optimizer optimizer, int warmUpSteps) : base(optimizer)
    {
        _warmUp = Check(warmUpSteps, warmUpSteps >= 1, nameof(warmUpSteps), "at least 1");
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) =>
        BaseLearningRates[group] * Math.Min((LastEpoch + 1.0) / _warmUp, Math.Sqrt(_warmUp / (LastEpoch + 1.0)));
}
