namespace Descent.NN;

/// <summary>The rate times <c>factor</c> where a metric has not improved for more than <c>patience</c> steps.</summary>
public sealed class ReduceLROnPlateau : LRScheduler
{
    readonly double _sign, _factor, _threshold, _epsilon;
    readonly bool _relative;
    readonly int _patience, _cooldown;
    readonly double[] _minimum;
    double? _best;
    long _bad, _cooling;

    /// <summary>A rate that waits for a metric.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="maximize">Whether a higher metric is better.</param>
    /// <param name="factor">What the rate is multiplied by.</param>
    /// <param name="patience">Steps without improvement that are borne.</param>
    /// <param name="threshold">How much better a metric must be to count.</param>
    /// <param name="relative">Whether the threshold is a part of the best metric.</param>
    /// <param name="cooldown">Steps after a reduction in which nothing is counted.</param>
    /// <param name="minimum">The lowest rate: one for all groups, or one for each; 0 if null.</param>
    /// <param name="epsilon">A smaller reduction is left out.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="factor"/> is not in [0, 1).</exception>
    /// <exception cref="ArgumentException">The minima do not fit the groups.</exception>
    public ReduceLROnPlateau(Optimizer optimizer, bool maximize = false, double factor = 0.1, int patience = 10, double threshold = 1e-4,
        bool relative = true, int cooldown = 0, double[]? minimum = null, double epsilon = 1e-8) : base(optimizer)
    {
        _sign = maximize ? 1 : -1;
        _factor = Check(factor, factor is >= 0 and < 1, nameof(factor), "in [0, 1)");
        (_patience, _threshold, _relative, _cooldown, _epsilon) = (patience, threshold, relative, cooldown, epsilon);
        _minimum = PerGroup(minimum ?? [0], nameof(minimum));
        Start();
    }

    /// <summary>Not for this schedule.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void Step() => throw new InvalidOperationException("ReduceLROnPlateau goes by a metric: call Step(metric).");

    /// <summary>Goes on by one with the metric as it is now. NaN is no improvement.</summary>
    public void Step(double metric)
    {
        LastEpoch++;
        if (IsBetter(metric)) (_best, _bad) = (metric, 0);
        else _bad++;
        if (_cooling > 0) (_cooling, _bad) = (_cooling - 1, 0);
        bool reduces = _bad > _patience;
        if (reduces)
        {
            for (int g = 0; g < _minimum.Length; g++)
            {
                double rate = Math.Max(Current(g) * _factor, _minimum[g]);
                if (Current(g) - rate > _epsilon) Optimizer.Groups[g].LearningRate = rate;
            }
            (_cooling, _bad) = (_cooldown, 0);
        }
        Note();
    }

    bool IsBetter(double metric) => _best is not { } best
        ? _sign * metric > double.NegativeInfinity
        : _sign * metric > _sign * (_relative ? best * (1 + _sign * _threshold) : best + _sign * _threshold);

    /// <inheritdoc/>
    protected override double Rate(int group) => Current(group);

    /// <inheritdoc/>
    protected internal override IEnumerable<(string, Func<double>, Action<double>)> Numbers =>
    [
        .. base.Numbers,
        ("has_best", () => _best is null ? 0 : 1, v => _best = v == 0 ? null : 0),
        ("best", () => _best ?? 0, v => _best = _best is null ? null : v),
        ("num_bad_epochs", () => _bad, v => _bad = (long)v),
        ("cooldown_counter", () => _cooling, v => _cooling = (long)v),
    ];
}
