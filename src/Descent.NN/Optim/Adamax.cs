using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="Adamax"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class AdamaxGroup(IEnumerable<Tensor> parameters) : BetasGroup(parameters, 2e-3)
{
    /// <summary>Added to the gradient's magnitude.</summary>
    public double Epsilon { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-8;

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["exp_avg", "exp_inf"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options => [.. base.Options, new("eps", () => Epsilon, v => Epsilon = v)];
}

/// <summary>
/// <see cref="Adam"/> by the greatest gradient instead of the mean square: <c>u ← max(β₂u, |g| + ε)</c>, <c>p ← p − lr · m̂ / u</c>.
/// Weight decay is added to the gradient.
/// </summary>
/// <remarks>Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, arXiv:1412.6980, section 7.</remarks>
public sealed class Adamax : GroupedOptimizer<AdamaxGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Adamax(IEnumerable<Tensor> parameters, double learningRate = 2e-3, (double, double)? betas = null, double epsilon = 1e-8,
        double weightDecay = 0, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, Betas = betas ?? (0.9, 0.999), Epsilon = epsilon, WeightDecay = weightDecay, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public Adamax(IEnumerable<AdamaxGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(AdamaxGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static void Run<T>(AdamaxGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T> =>
        UpdatePass.Run<T, Formula<T>>(new(group, state.Steps), state, gradient);

    readonly struct Formula<T>(AdamaxGroup group, long steps) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group);
        readonly Vector<T> _first = Lanes<T>.All(group.Betas.First), _firstRest = Lanes<T>.All(1 - group.Betas.First);
        readonly Vector<T> _second = Lanes<T>.All(group.Betas.Second), _epsilon = Lanes<T>.All(group.Epsilon);
        readonly Vector<T> _step = Lanes<T>.All(-group.LearningRate / (1 - Math.Pow(group.Betas.First, steps)));

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            m = m * _first + g * _firstRest;
            v = Vector.Max(v * _second, Vector.Abs(g) + _epsilon);
            p += _step * m / v;
        }
    }
}
