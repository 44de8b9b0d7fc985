using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="NAdam"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class NAdamGroup(IEnumerable<Tensor> parameters) : BetasGroup(parameters, 2e-3)
{
    /// <summary>Added to the denominator.</summary>
    public double Epsilon { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-8;

    /// <summary>How fast the momentum comes up to its first beta: <c>β₁(1 − 0.96^(t · decay) / 2)</c>.</summary>
    public double MomentumDecay { get; set => field = Check(value, value >= 0, "at least 0"); } = 4e-3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["exp_avg", "exp_avg_sq"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> NumberNames => ["mu_product"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("eps", () => Epsilon, v => Epsilon = v),
        new("momentum_decay", () => MomentumDecay, v => MomentumDecay = v),
    ];
}

/// <summary>
/// <see cref="Adam"/> with Nesterov's look ahead: with <c>μₜ = β₁(1 − 0.96^(t · momentumDecay) / 2)</c>,
/// <c>p ← p − lr · ((1 − μₜ) g / (1 − Πμ) + μₜ₊₁ m / (1 − μₜμₜ₊₁Πμ)) / (√v̂ + ε)</c>, Πμ up to μₜ. Weight decay is added to the gradient.
/// </summary>
/// <remarks>
/// Dozat, "Incorporating Nesterov Momentum into Adam", 2016. As in PyTorch 1.13, which the reference cases come from, μₜ stands
/// twice in the last denominator; in the paper and in PyTorch from 2.0 on it stands once, in Πμ.
/// </remarks>
public sealed class NAdam : GroupedOptimizer<NAdamGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public NAdam(IEnumerable<Tensor> parameters, double learningRate = 2e-3, (double, double)? betas = null, double epsilon = 1e-8,
        double weightDecay = 0, double momentumDecay = 4e-3, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, Betas = betas ?? (0.9, 0.999), Epsilon = epsilon, WeightDecay = weightDecay, MomentumDecay = momentumDecay, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public NAdam(IEnumerable<NAdamGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(NAdamGroup group, ParameterState state, Tensor gradient)
    {
        if (state.Steps++ == 0) state.Numbers[0] = 1;
        state.Numbers[0] *= Momentum(group, state.Steps);
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static double Momentum(NAdamGroup group, long step) => group.Betas.First * (1 - 0.5 * Math.Pow(0.96, step * group.MomentumDecay));

    static void Run<T>(NAdamGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T> =>
        UpdatePass.Run<T, Formula<T>>(new(group, state.Steps, state.Numbers[0]), state, gradient);

    readonly struct Formula<T>(NAdamGroup group, long steps, double product) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group);
        readonly Vector<T> _first = Lanes<T>.All(group.Betas.First), _firstRest = Lanes<T>.All(1 - group.Betas.First);
        readonly Vector<T> _second = Lanes<T>.All(group.Betas.Second), _secondRest = Lanes<T>.All(1 - group.Betas.Second);
        readonly Vector<T> _scale = Lanes<T>.All(1 - Math.Pow(group.Betas.Second, steps)), _epsilon = Lanes<T>.All(group.Epsilon);
        readonly Vector<T> _now = Lanes<T>.All(-group.LearningRate * (1 - Momentum(group, steps)) / (1 - product));
        readonly Vector<T> _ahead = Lanes<T>.All(
            -group.LearningRate * Momentum(group, steps + 1) / (1 - product * Momentum(group, steps) * Momentum(group, steps + 1)));

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            m = m * _first + g * _firstRest;
            v = v * _second + g * g * _secondRest;
            p += (_now * g + _ahead * m) / (Vector.SquareRoot(v / _scale) + _epsilon);
        }
    }
}
