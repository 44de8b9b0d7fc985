namespace Descent.NN;

/// <summary>How the height of <see cref="CyclicLR"/>'s triangles changes.</summary>
public enum CyclicMode
{
    /// <summary>All are of one height.</summary>
    Triangular,

    /// <summary>Each is half as high as the one before.</summary>
    Triangular2,

    /// <summary>The height shrinks by <c>gamma</c> at every step.</summary>
    ExpRange,
}

/// <summary>Triangles between two rates; the momentum, or Adam's first beta, goes the other way.</summary>
/// <remarks>Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, arXiv:1506.01186.</remarks>
public sealed class CyclicLR : LRScheduler
{
    readonly double[] _highest;
    readonly double _length, _rising, _baseMomentum, _maxMomentum;
    readonly Func<double, long, double> _scale;
    readonly bool _cycleMomentum;

    /// <summary>Triangles that start at the lower rate.</summary>
    /// <param name="optimizer">The optimizer; its own rates are replaced.</param>
    /// <param name="baseLearningRate">The lower rate: one for all groups, or one for each.</param>
    /// <param name="maxLearningRate">The upper rate, likewise.</param>
    /// <param name="stepsUp">Steps on the way up.</param>
    /// <param name="stepsDown">Steps on the way down; as many as up if null.</param>
    /// <param name="mode">How the height changes.</param>
    /// <param name="gamma">The factor of <see cref="CyclicMode.ExpRange"/>.</param>
    /// <param name="cycleMomentum">Whether the momentum, or Adam's first beta, is cycled.</param>
    /// <param name="baseMomentum">The momentum at the upper rate.</param>
    /// <param name="maxMomentum">The momentum at the lower rate.</param>
    /// <param name="scale">The height in place of <paramref name="mode"/>'s, from the cycle, counted from 1, and the step.</param>
    /// <exception cref="ArgumentOutOfRangeException">A way has no steps.</exception>
    /// <exception cref="ArgumentException">The rates do not fit the groups, or there is no momentum to cycle.</exception>
    public CyclicLR(Optimizer optimizer, double[] baseLearningRate, double[] maxLearningRate, int stepsUp = 2000, int? stepsDown = null,
        CyclicMode mode = CyclicMode.Triangular, double gamma = 1, bool cycleMomentum = true, double baseMomentum = 0.8, double maxMomentum = 0.9,
        Func<double, long, double>? scale = null) : base(optimizer)
    {
        _highest = PerGroup(maxLearningRate, nameof(maxLearningRate));
        _length = Check(stepsUp, stepsUp >= 1, nameof(stepsUp), "at least 1") + (double)(Check(stepsDown, stepsDown is null or >= 1, nameof(stepsDown), "at least 1") ?? stepsUp);
        _rising = stepsUp / _length;
        _scale = scale ?? mode switch
        {
            CyclicMode.Triangular => static (_, _) => 1,
            CyclicMode.Triangular2 => static (cycle, _) => Math.Pow(0.5, cycle - 1),
            _ => (_, step) => Math.Pow(gamma, step),
        };
        (_cycleMomentum, _baseMomentum, _maxMomentum) = (cycleMomentum, baseMomentum, maxMomentum);
        double[] lowest = PerGroup(baseLearningRate, nameof(baseLearningRate));
        for (int g = 0; g < lowest.Length; g++) SetBase(g, lowest[g]);
        Start();
    }

    /// <summary>Triangles between the same two rates for all groups.</summary>
    /// <inheritdoc cref="CyclicLR(Optimizer, double[], double[], int, int?, CyclicMode, double, bool, double, double, Func{double, long, double}?)"/>
    public CyclicLR(Optimizer optimizer, double baseLearningRate, double maxLearningRate, int stepsUp = 2000, int? stepsDown = null,
        CyclicMode mode = CyclicMode.Triangular, double gamma = 1, bool cycleMomentum = true, double baseMomentum = 0.8, double maxMomentum = 0.9,
        Func<double, long, double>? scale = null)
        : this(optimizer, [baseLearningRate], [maxLearningRate], stepsUp, stepsDown, mode, gamma, cycleMomentum, baseMomentum, maxMomentum, scale) { }

    private protected override void Apply()
    {
        base.Apply();
        if (!_cycleMomentum) return;
        double momentum = _maxMomentum - (_maxMomentum - _baseMomentum) * Height();
        foreach (var group in Optimizer.Groups) group.SetMomentum(momentum);
    }

    /// <inheritdoc/>
    protected override double Rate(int group) => BaseLearningRates[group] + (_highest[group] - BaseLearningRates[group]) * Height();

    /// <summary>Where the triangle stands, from 0 to 1, times its height.</summary>
    double Height()
    {
        double cycle = Math.Floor(1 + LastEpoch / _length), part = 1 + LastEpoch / _length - cycle;
        return (part <= _rising ? part / _rising : (part - 1) / (_rising - 1)) * _scale(cycle, LastEpoch);
    }
}
