namespace Descent.NN;

/// <summary>
/// Up from <c>max / divFactor</c> to <c>max</c>, then down to <c>max / divFactor / finalDivFactor</c>, once; the momentum, or
/// Adam's first beta, goes the other way.
/// </summary>
/// <remarks>Smith and Topin, "Super-Convergence", 2018, arXiv:1708.07120; in two phases by default as fast.ai does, in the paper's three on request.</remarks>
public sealed class OneCycleLR : LRScheduler
{
    readonly double[] _highest;
    readonly int _totalSteps;
    readonly Annealing _annealing;
    readonly (double Low, double High)? _momentum;
    readonly double _finalDivFactor;
    readonly (double End, Point From, Point To)[] _phases;

    enum Point { Initial, Highest, Lowest }

    /// <summary>One cycle over all steps of training.</summary>
    /// <param name="optimizer">The optimizer; its own rates are replaced.</param>
    /// <param name="maxLearningRate">The highest rate: one for all groups, or one for each.</param>
    /// <param name="totalSteps">Batches of the whole training.</param>
    /// <param name="rising">The part of the steps in which the rate rises.</param>
    /// <param name="annealing">The form of the way up and down.</param>
    /// <param name="cycleMomentum">Whether the momentum, or Adam's first beta, is cycled.</param>
    /// <param name="baseMomentum">The momentum at the highest rate.</param>
    /// <param name="maxMomentum">The momentum at the lowest rates.</param>
    /// <param name="divFactor">The highest rate over the first.</param>
    /// <param name="finalDivFactor">The first rate over the last.</param>
    /// <param name="threePhase">Whether the rate falls as it rose, and then further.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps, or the rising part is not in [0, 1].</exception>
    /// <exception cref="ArgumentException">The rates do not fit the groups, or there is no momentum to cycle.</exception>
    public OneCycleLR(Optimizer optimizer, double[] maxLearningRate, int totalSteps, double rising = 0.3, Annealing annealing = Annealing.Cosine,
        bool cycleMomentum = true, double baseMomentum = 0.85, double maxMomentum = 0.95, double divFactor = 25, double finalDivFactor = 1e4,
        bool threePhase = false) : base(optimizer)
    {
        _highest = PerGroup(maxLearningRate, nameof(maxLearningRate));
        _totalSteps = Check(totalSteps, totalSteps >= 1, nameof(totalSteps), "at least 1");
        Check(rising, rising is >= 0 and <= 1, nameof(rising), "in [0, 1]");
        (_annealing, _finalDivFactor) = (annealing, finalDivFactor);
        if (cycleMomentum) _momentum = (baseMomentum, maxMomentum);
        _phases = threePhase
            ? [(rising * totalSteps - 1, Point.Initial, Point.Highest), (2 * rising * totalSteps - 2, Point.Highest, Point.Initial), (totalSteps - 1, Point.Initial, Point.Lowest)]
            : [(rising * totalSteps - 1, Point.Initial, Point.Highest), (totalSteps - 1, Point.Highest, Point.Lowest)];
        for (int g = 0; g < _highest.Length; g++) SetBase(g, _highest[g] / divFactor);
        Start();
    }

    /// <summary>One cycle with one highest rate.</summary>
    /// <inheritdoc cref="OneCycleLR(Optimizer, double[], int, double, Annealing, bool, double, double, double, double, bool)"/>
    public OneCycleLR(Optimizer optimizer, double maxLearningRate, int totalSteps, double rising = 0.3, Annealing annealing = Annealing.Cosine,
        bool cycleMomentum = true, double baseMomentum = 0.85, double maxMomentum = 0.95, double divFactor = 25, double finalDivFactor = 1e4,
        bool threePhase = false)
        : this(optimizer, [maxLearningRate], totalSteps, rising, annealing, cycleMomentum, baseMomentum, maxMomentum, divFactor, finalDivFactor, threePhase) { }

    private protected override void Apply()
    {
        if (LastEpoch > _totalSteps)
            throw new InvalidOperationException($"OneCycleLR: this is step {LastEpoch}, but the cycle was made for {_totalSteps}. Give it the steps of the whole training.");
        base.Apply();
        if (_momentum is not (var low, var high)) return;
        var (part, from, to) = Now();
        double momentum = _annealing.At(part, from == Point.Highest ? low : high, to == Point.Highest ? low : high);
        foreach (var group in Optimizer.Groups) group.SetMomentum(momentum);
    }

    /// <inheritdoc/>
    protected override double Rate(int group)
    {
        var (part, from, to) = Now();
        return _annealing.At(part, At(from), At(to));

        double At(Point point) => point switch
        {
            Point.Highest => _highest[group],
            Point.Initial => BaseLearningRates[group],
            _ => BaseLearningRates[group] / _finalDivFactor,
        };
    }

    (double Part, Point From, Point To) Now()
    {
        double start = 0;
        int phase = 0;
        while (phase < _phases.Length - 1 && LastEpoch > _phases[phase].End) start = _phases[phase++].End;
        var (end, from, to) = _phases[phase];
        return (end == start ? 1 : Math.Min(1, (LastEpoch - start) / (end - start)), from, to);
    }
}
