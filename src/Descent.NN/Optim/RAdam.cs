using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="RAdam"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class RAdamGroup(IEnumerable<Tensor> parameters) : BetasGroup(parameters)
{
    /// <summary>Added to the denominator.</summary>
    public double Epsilon { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-8;

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["exp_avg", "exp_avg_sq"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options => [.. base.Options, new("eps", () => Epsilon, v => Epsilon = v)];
}

/// <summary>
/// <see cref="Adam"/> whose step is scaled by how well the second moment is known, and that goes by the first alone while it
/// is hardly known at all: with <c>ρ∞ = 2 / (1 − β₂) − 1</c> and <c>ρₜ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ)</c>, <c>p ← p − lr · m̂</c> while
/// <c>ρₜ ≤ 5</c>, then times <c>√((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ)) · √(1 − β₂ᵗ) / (√v + ε)</c>. Weight decay is added to
/// the gradient.
/// </summary>
/// <remarks>Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020, arXiv:1908.03265.</remarks>
public sealed class RAdam : GroupedOptimizer<RAdamGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public RAdam(IEnumerable<Tensor> parameters, double learningRate = 1e-3, (double, double)? betas = null, double epsilon = 1e-8,
        double weightDecay = 0, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, Betas = betas ?? (0.9, 0.999), Epsilon = epsilon, WeightDecay = weightDecay, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public RAdam(IEnumerable<RAdamGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(RAdamGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static void Run<T>(RAdamGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T> =>
        UpdatePass.Run<T, Formula<T>>(new(group, state.Steps, Math.Pow(group.Betas.Second, state.Steps)), state, gradient);

    /// <summary>The factor of the second moment's step; 0 while it is not to be used.</summary>
    static double Rectification(double beta, long steps, double power)
    {
        double limit = 2 / (1 - beta) - 1, length = limit - 2 * steps * power / (1 - power);
        return length > 5 ? Math.Sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)) : 0;
    }

    readonly struct Formula<T>(RAdamGroup group, long steps, double power) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group);
        readonly Vector<T> _first = Lanes<T>.All(group.Betas.First), _firstRest = Lanes<T>.All(1 - group.Betas.First);
        readonly Vector<T> _second = Lanes<T>.All(group.Betas.Second), _secondRest = Lanes<T>.All(1 - group.Betas.Second);
        readonly Vector<T> _step = Lanes<T>.All(-group.LearningRate / (1 - Math.Pow(group.Betas.First, steps)));
        readonly Vector<T> _factor = Lanes<T>.All(Rectification(group.Betas.Second, steps, power) * Math.Sqrt(1 - power));
        readonly Vector<T> _epsilon = Lanes<T>.All(group.Epsilon);
        readonly bool _rectified = Rectification(group.Betas.Second, steps, power) > 0;

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            m = m * _first + g * _firstRest;
            v = v * _second + g * g * _secondRest;
            var move = _step * m;
            p += _rectified ? move * (_factor / (Vector.SquareRoot(v) + _epsilon)) : move;
        }
    }
}
