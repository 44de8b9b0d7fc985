namespace Descent.NN;

/// <summary>One schedule after another, each begun anew at its milestone.</summary>
public sealed class SequentialLR : LRScheduler
{
    readonly LRScheduler[] _schedules;
    readonly int[] _milestones;

    /// <summary>A sequence.</summary>
    /// <param name="schedules">Schedules of one optimizer.</param>
    /// <param name="milestones">The step at which each schedule but the first takes over.</param>
    /// <exception cref="ArgumentException">The milestones are not one fewer than the schedules and rising, or the optimizers differ.</exception>
    public SequentialLR(IEnumerable<LRScheduler> schedules, IEnumerable<int> milestones) : base(Combined.Optimizer(schedules, nameof(SequentialLR)))
    {
        (_schedules, _milestones) = ([.. schedules], [.. milestones]);
        if (_milestones.Length != _schedules.Length - 1 || _milestones.Zip(_milestones.Skip(1)).Any(m => m.First >= m.Second))
            throw new ArgumentException($"SequentialLR: {_schedules.Length} schedules need {_schedules.Length - 1} milestones, each after the last; " +
                $"they are [{string.Join(", ", _milestones)}].", nameof(milestones));
        // Each schedule has set its own first rate; only the first one's counts.
        Restart();
    }

    /// <summary>A rise in a straight line over <paramref name="steps"/> steps, then another schedule.</summary>
    /// <param name="then">What follows, made for the same optimizer.</param>
    /// <param name="steps">Steps of the rise.</param>
    /// <param name="startFactor">The part of the rate that it begins with.</param>
    public static SequentialLR WarmUp(LRScheduler then, int steps, double startFactor = 1e-3)
    {
        ArgumentNullException.ThrowIfNull(then);
        return new([new LinearLR(then.Optimizer, startFactor, 1, steps), then], [steps]);
    }

    /// <inheritdoc/>
    public override void Step()
    {
        LastEpoch++;
        int now = _milestones.Count(m => m <= LastEpoch);
        if (now > 0 && _milestones[now - 1] == LastEpoch) Restart(_schedules[now]);
        else _schedules[now].Step();
        Note();
    }

    private protected override void Begin()
    {
        LastEpoch = 0;
        Begin(_schedules[0]);
        Note();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => Current(group);

    /// <inheritdoc/>
    protected internal override IEnumerable<(string, Func<double>, Action<double>)> Numbers => [.. base.Numbers, .. Combined.Numbers(_schedules)];
}

/// <summary>Several schedules at once: each changes the rate that the one before has left.</summary>
public sealed class ChainedScheduler : LRScheduler
{
    readonly LRScheduler[] _schedules;

    /// <summary>Schedules of one optimizer, in the order in which they act.</summary>
    /// <exception cref="ArgumentException">There is none, or the optimizers differ.</exception>
    public ChainedScheduler(params IEnumerable<LRScheduler> schedules) : base(Combined.Optimizer(schedules, nameof(ChainedScheduler)))
    {
        _schedules = [.. schedules];
        LastEpoch = 0;
        Note();
    }

    /// <inheritdoc/>
    public override void Step()
    {
        LastEpoch++;
        foreach (var schedule in _schedules) schedule.Step();
        Note();
    }

    private protected override void Begin()
    {
        LastEpoch = 0;
        foreach (var schedule in _schedules) Begin(schedule);
        Note();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => Current(group);

    /// <inheritdoc/>
    protected internal override IEnumerable<(string, Func<double>, Action<double>)> Numbers => [.. base.Numbers, .. Combined.Numbers(_schedules)];
}

static class Combined
{
    internal static Optimizer Optimizer(IEnumerable<LRScheduler> schedules, string name)
    {
        var first = schedules.FirstOrDefault() ?? throw new ArgumentException($"{name}: there is no schedule.", nameof(schedules));
        if (schedules.Any(s => !ReferenceEquals(s.Optimizer, first.Optimizer)))
            throw new ArgumentException($"{name}: the schedules must act on one optimizer.", nameof(schedules));
        return first.Optimizer;
    }

    internal static IEnumerable<(string, Func<double>, Action<double>)> Numbers(LRScheduler[] schedules) =>
        schedules.SelectMany((s, i) => s.Numbers.Select(n => ($"schedulers.{i}.{n.Name}", n.Get, n.Set)));
}
