using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="Lion"/> with their options.</summary>
public sealed class LionGroup : BetasGroup
{
    /// <param name="parameters">Leaves that require gradients.</param>
    public LionGroup(IEnumerable<Tensor> parameters) : base(parameters, 1e-4) => Betas = (0.9, 0.99);

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["exp_avg"];
}

/// <summary>
/// Steps of one size by the sign of a momentum: <c>p ← p − lr · decay · p</c>, <c>p ← p − lr · sign(β₁m + (1 − β₁)g)</c>, then
/// <c>m ← β₂m + (1 − β₂)g</c>. Weight decay is decoupled; a third to a tenth of AdamW's rate, and as much more decay, serve.
/// </summary>
/// <remarks>Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, arXiv:2302.06675.</remarks>
public sealed class Lion : GroupedOptimizer<LionGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Lion(IEnumerable<Tensor> parameters, double learningRate = 1e-4, (double, double)? betas = null, double weightDecay = 0, bool maximize = false)
        : this([new(parameters) { LearningRate = learningRate, Betas = betas ?? (0.9, 0.99), WeightDecay = weightDecay, Maximize = maximize }]) { }

    /// <summary>Groups with options of their own.</summary>
    public Lion(IEnumerable<LionGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(LionGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static void Run<T>(LionGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T> =>
        UpdatePass.Run<T, Formula<T>>(new(group), state, gradient);

    readonly struct Formula<T>(LionGroup group) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group, decoupled: true);
        readonly Vector<T> _keep = Lanes<T>.All(1 - group.LearningRate * group.WeightDecay), _step = Lanes<T>.All(-group.LearningRate);
        readonly Vector<T> _first = Lanes<T>.All(group.Betas.First), _firstRest = Lanes<T>.All(1 - group.Betas.First);
        readonly Vector<T> _second = Lanes<T>.All(group.Betas.Second), _secondRest = Lanes<T>.All(1 - group.Betas.Second);

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            p = p * _keep + _step * Lanes<T>.Sign(m * _first + g * _firstRest);
            m = m * _second + g * _secondRest;
        }
    }
}
