namespace Descent.NN;

/// <summary><c>base · f(t)</c>.</summary>
public sealed class LambdaLR : LRScheduler
{
    readonly Func<long, double>[] _factors;

    /// <summary>One factor for all groups, or one for each, as a function of the count of steps. The functions are not part of the state.</summary>
    /// <exception cref="ArgumentException">There are neither 1 nor as many functions as groups.</exception>
    public LambdaLR(Optimizer optimizer, params Func<long, double>[] factors) : base(optimizer)
    {
        _factors = Lambdas.PerGroup(factors, optimizer, nameof(LambdaLR));
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => BaseLearningRates[group] * _factors[group](LastEpoch);
}

/// <summary><c>rate · f(t)</c> at every step: the factors multiply up.</summary>
public sealed class MultiplicativeLR : LRScheduler
{
    readonly Func<long, double>[] _factors;

    /// <summary>One factor for all groups, or one for each, as a function of the count of steps. The functions are not part of the state.</summary>
    /// <exception cref="ArgumentException">There are neither 1 nor as many functions as groups.</exception>
    public MultiplicativeLR(Optimizer optimizer, params Func<long, double>[] factors) : base(optimizer)
    {
        _factors = Lambdas.PerGroup(factors, optimizer, nameof(MultiplicativeLR));
        Start();
    }

    // In a sequence, PyTorch lets it go on from the rate that it finds.
    private protected override void Restart() => Begin();

    /// <inheritdoc/>
    protected override double Rate(int group) => LastEpoch == 0 ? Current(group) : Current(group) * _factors[group](LastEpoch);
}

static class Lambdas
{
    internal static Func<long, double>[] PerGroup(Func<long, double>[] factors, Optimizer optimizer, string name)
    {
        int groups = optimizer.Groups.Count;
        return factors.Length == groups ? factors
            : factors.Length == 1 ? [.. Enumerable.Repeat(factors[0], groups)]
            : throw new ArgumentException($"{name}: there are {factors.Length} functions; expected 1 or one for each of the {groups} groups.", nameof(factors));
    }
}

/// <summary>The rate times <c>gamma</c> every <c>stepSize</c> steps.</summary>
public sealed class StepLR : LRScheduler
{
    readonly int _stepSize;
    readonly double _gamma;

    /// <summary>A staircase.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stepSize"/> is below 1.</exception>
    public StepLR(Optimizer optimizer, int stepSize, double gamma = 0.1) : base(optimizer)
    {
        (_stepSize, _gamma) = (Check(stepSize, stepSize >= 1, nameof(stepSize), "at least 1"), gamma);
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => LastEpoch == 0 || LastEpoch % _stepSize != 0 ? Current(group) : Current(group) * _gamma;
}

/// <summary>The rate times <c>gamma</c> at each of the milestones; one that is named twice counts twice.</summary>
public sealed class MultiStepLR : LRScheduler
{
    readonly Dictionary<long, int> _milestones;
    readonly double _gamma;

    /// <summary>A staircase with treads of any length.</summary>
    public MultiStepLR(Optimizer optimizer, IEnumerable<int> milestones, double gamma = 0.1) : base(optimizer)
    {
        (_milestones, _gamma) = (milestones.GroupBy(m => (long)m).ToDictionary(m => m.Key, m => m.Count()), gamma);
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) =>
        _milestones.TryGetValue(LastEpoch, out int times) ? Current(group) * Math.Pow(_gamma, times) : Current(group);
}

/// <summary>The rate times <c>gamma</c> at every step.</summary>
public sealed class ExponentialLR : LRScheduler
{
    readonly double _gamma;

    /// <summary>Exponential decay.</summary>
    public ExponentialLR(Optimizer optimizer, double gamma) : base(optimizer)
    {
        _gamma = gamma;
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => LastEpoch == 0 ? Current(group) : Current(group) * _gamma;
}

/// <summary>The rate times <c>factor</c> for the first <c>totalSteps</c> steps, then the whole rate.</summary>
public sealed class ConstantLR : LRScheduler
{
    readonly double _factor;
    readonly int _totalSteps;

    /// <summary>A start at a part of the rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="factor"/> is not in (0, 1].</exception>
    public ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int totalSteps = 5) : base(optimizer)
    {
        (_factor, _totalSteps) = (Check(factor, factor is > 0 and <= 1, nameof(factor), "in (0, 1]"), totalSteps);
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) =>
        LastEpoch == 0 ? Current(group) * _factor : LastEpoch != _totalSteps ? Current(group) : Current(group) * (1 / _factor);
}

/// <summary>The rate times a factor that goes in a straight line from <c>startFactor</c> to <c>endFactor</c> over <c>totalSteps</c> steps.</summary>
public sealed class LinearLR : LRScheduler
{
    readonly double _start, _end;
    readonly int _totalSteps;

    /// <summary>A straight line, up or down.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="startFactor"/> is not in (0, 1], or <paramref name="endFactor"/> not in [0, 1].</exception>
    public LinearLR(Optimizer optimizer, double startFactor = 1.0 / 3, double endFactor = 1, int totalSteps = 5) : base(optimizer)
    {
        _start = Check(startFactor, startFactor is > 0 and <= 1, nameof(startFactor), "in (0, 1]");
        _end = Check(endFactor, endFactor is >= 0 and <= 1, nameof(endFactor), "in [0, 1]");
        _totalSteps = totalSteps;
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => LastEpoch == 0 ? Current(group) * _start
        : LastEpoch > _totalSteps ? Current(group)
        : Current(group) * (1 + (_end - _start) / (_totalSteps * _start + (LastEpoch - 1) * (_end - _start)));
}

/// <summary><c>base · (1 − t / totalSteps)^power</c>, and 0 after that.</summary>
public sealed class PolynomialLR : LRScheduler
{
    readonly int _totalSteps;
    readonly double _power;

    /// <summary>Polynomial decay.</summary>
    public PolynomialLR(Optimizer optimizer, int totalSteps = 5, double power = 1) : base(optimizer)
    {
        (_totalSteps, _power) = (totalSteps, power);
        Start();
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => LastEpoch == 0 || LastEpoch > _totalSteps ? Current(group)
        : Current(group) * Math.Pow((1 - (double)LastEpoch / _totalSteps) / (1 - (LastEpoch - 1.0) / _totalSteps), _power);
}
