namespace Descent.NN;

/// <summary><c>min + (base − min)(1 + cos(π t / period)) / 2</c>, which rises again past the period.</summary>
/// <remarks>Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, arXiv:1608.03983, without the restarts.</remarks>
public sealed class CosineAnnealingLR : LRScheduler
{
    readonly int _period;
    readonly double _minimum;

    /// <summary>Half a cosine wave over <paramref name="period"/> steps, down to <paramref name="minimum"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is below 1.</exception>
    public CosineAnnealingLR(Optimizer optimizer, int period, double minimum = 0) : base(optimizer)
    {
        (_period, _minimum) = (Check(period, period >= 1, nameof(period), "at least 1"), minimum);
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group)
    {
        if (LastEpoch == 0) return Current(group);
        // One step past a minimum the quotient below would be 0 / 0.
        if ((LastEpoch - 1 - _period) % (2L * _period) == 0)
            return Current(group) + (BaseLearningRates[group] - _minimum) * (1 - Math.Cos(Math.PI / _period)) / 2;
        return (1 + Math.Cos(Math.PI * LastEpoch / _period)) / (1 + Math.Cos(Math.PI * (LastEpoch - 1) / _period)) * (Current(group) - _minimum) + _minimum;
    }
}

/// <summary><c>min + (base − min)(1 + cos(π t / period)) / 2</c>, begun anew after each period; each period is <c>factor</c> times the last.</summary>
/// <remarks>Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, arXiv:1608.03983.</remarks>
public sealed class CosineAnnealingWarmRestarts : LRScheduler
{
    readonly int _firstPeriod, _factor;
    readonly double _minimum;
    double _since, _period;

    /// <summary>Cosine waves with restarts.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="firstPeriod"/> or <paramref name="factor"/> is below 1.</exception>
    public CosineAnnealingWarmRestarts(Optimizer optimizer, int firstPeriod, int factor = 1, double minimum = 0) : base(optimizer)
    {
        _firstPeriod = Check(firstPeriod, firstPeriod >= 1, nameof(firstPeriod), "at least 1");
        _factor = Check(factor, factor >= 1, nameof(factor), "at least 1");
        _minimum = minimum;
        _period = firstPeriod;
        Start();
    }

    /// <inheritdoc/>
    public override void Step()
    {
        LastEpoch++;
        if (++_since >= _period) (_since, _period) = (_since - _period, _period * _factor);
        Apply();
    }

    /// <summary>Goes to a moment, which may lie between two epochs: <c>epoch + batch / batches</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is below 0.</exception>
    public void Step(double epoch)
    {
        Check(epoch, epoch >= 0, nameof(epoch), "at least 0");
        (_since, _period) = (epoch, _firstPeriod);
        while (_since >= _period) (_since, _period) = (_since - _period, _period * _factor);
        LastEpoch = (long)epoch;
        Apply();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => _minimum + (BaseLearningRates[group] - _minimum) * (1 + Math.Cos(Math.PI * _since / _period)) / 2;

    private protected override void Begin() => Step(0.0);

    /// <inheritdoc/>
    protected internal override IEnumerable<(string, Func<double>, Action<double>)> Numbers =>
        [.. base.Numbers, ("T_cur", () => _since, v => _since = v), ("T_i", () => _period, v => _period = v)];
}
