using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="ASGD"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class AsgdGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters, 1e-2)
{
    /// <summary>The decay of the parameters and of the rate.</summary>
    public double Lambda { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-4;

    /// <summary>The power by which the rate falls.</summary>
    public double Alpha { get; set; } = 0.75;

    /// <summary>The step after which parameters are averaged.</summary>
    public double T0 { get; set; } = 1e6;

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["ax"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> NumberNames => ["eta", "mu"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
        [.. base.Options, new("lambd", () => Lambda, v => Lambda = v), new("alpha", () => Alpha, v => Alpha = v), new("t0", () => T0, v => T0 = v)];
}

/// <summary>
/// Averaged stochastic gradient descent: <c>p ← (1 − λη)p − η · g</c> with <c>ηₜ₊₁ = lr / (1 + λ · lr · t)^α</c>, and beside it the mean
/// of the parameters from step t₀ on, which <see cref="Average"/> gives. Weight decay is added to the gradient.
/// </summary>
/// <remarks>Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992, in PyTorch's form.</remarks>
public sealed class ASGD : GroupedOptimizer<AsgdGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public ASGD(IEnumerable<Tensor> parameters, double learningRate = 1e-2, double lambda = 1e-4, double alpha = 0.75, double t0 = 1e6,
        double weightDecay = 0, bool maximize = false)
        : this([new(parameters) { LearningRate = learningRate, Lambda = lambda, Alpha = alpha, T0 = t0, WeightDecay = weightDecay, Maximize = maximize }]) { }

    /// <summary>Groups with options of their own.</summary>
    public ASGD(IEnumerable<AsgdGroup> groups) : base(groups) { }

    /// <summary>A copy of the average of a parameter, or null before its first step.</summary>
    /// <exception cref="ArgumentException">It is not one of this optimizer's.</exception>
    public Tensor? Average(Tensor parameter) => StateOf(parameter).Moments[0]?.To(parameter.DType).Clone();

    /// <inheritdoc/>
    protected override void Update(AsgdGroup group, ParameterState state, Tensor gradient)
    {
        if (state.Steps++ == 0) (state.Numbers[0], state.Numbers[1]) = (group.LearningRate, 1);
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
        state.Numbers[0] = group.LearningRate / Math.Pow(1 + group.Lambda * group.LearningRate * state.Steps, group.Alpha);
        state.Numbers[1] = 1 / Math.Max(1, state.Steps - group.T0);
    }

    static void Run<T>(AsgdGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T> =>
        UpdatePass.Run<T, Formula<T>>(new(group, state.Numbers[0], state.Numbers[1]), state, gradient);

    readonly struct Formula<T>(AsgdGroup group, double eta, double mu) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group);
        readonly Vector<T> _keep = Lanes<T>.All(1 - group.Lambda * eta), _step = Lanes<T>.All(-eta), _weight = Lanes<T>.All(mu);
        readonly bool _averaged = mu != 1;

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            p = p * _keep + _step * g;
            m = _averaged ? m + (p - m) * _weight : p;
        }
    }
}
