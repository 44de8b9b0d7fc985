namespace Descent.NN;

/// <summary>From the rate in force to a constant one over some epochs: the end of training with <see cref="StochasticWeightAverage"/>.</summary>
/// <remarks>Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018, arXiv:1803.05407.</remarks>
public sealed class SWALR : LRScheduler
{
    readonly double[] _target;
    readonly int _epochs;
    readonly Annealing _annealing;

    /// <summary>A way to a constant rate.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="learningRate">The rate at the end: one for all groups, or one for each.</param>
    /// <param name="annealingEpochs">Steps of this schedule on the way.</param>
    /// <param name="annealing">The form of the way.</param>
    /// <exception cref="ArgumentException">The rates do not fit the groups.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="annealingEpochs"/> is negative.</exception>
    public SWALR(Optimizer optimizer, double[] learningRate, int annealingEpochs = 10, Annealing annealing = Annealing.Cosine) : base(optimizer)
    {
        _target = PerGroup(learningRate, nameof(learningRate));
        _epochs = Check(annealingEpochs, annealingEpochs >= 0, nameof(annealingEpochs), "at least 0");
        _annealing = annealing;
        Start();
    }

    /// <summary>A way to one rate for all groups.</summary>
    /// <inheritdoc cref="SWALR(Optimizer, double[], int, Annealing)"/>
    public SWALR(Optimizer optimizer, double learningRate, int annealingEpochs = 10, Annealing annealing = Annealing.Cosine)
        : this(optimizer, [learningRate], annealingEpochs, annealing) { }

    /// <inheritdoc/>
    protected override double Rate(int group)
    {
        // The rate in force is a mix of the first one and the target; the first is worked out from it, then mixed anew.
        long step = _epochs == 0 ? Math.Max(1, LastEpoch) : LastEpoch;
        double before = Mix(step - 1), now = Mix(step);
        double first = before == 1 ? _target[group] : (Current(group) - before * _target[group]) / (1 - before);
        return _target[group] * now + first * (1 - now);
    }

    double Mix(long step) => _annealing.At(Math.Clamp((double)step / Math.Max(1, _epochs), 0, 1), 0, 1);
}
