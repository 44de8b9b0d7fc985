using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="Adagrad"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class AdagradGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters, 1e-2)
{
    /// <summary>The rate after t steps is <c>lr / (1 + (t − 1) · decay)</c>.</summary>
    public double LearningRateDecay { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>The sum of squares before the first step.</summary>
    public double InitialAccumulatorValue { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>Added to the denominator.</summary>
    public double Epsilon { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-10;

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["sum"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("lr_decay", () => LearningRateDecay, v => LearningRateDecay = v),
        new("initial_accumulator_value", () => InitialAccumulatorValue, v => InitialAccumulatorValue = v),
        new("eps", () => Epsilon, v => Epsilon = v),
    ];
}

/// <summary>Steps that shrink with the sum of all squares so far: <c>s ← s + g²</c>, <c>p ← p − lr / (1 + (t − 1) · decay) · g / (√s + ε)</c>. Weight decay is added to the gradient.</summary>
/// <remarks>Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011.</remarks>
public sealed class Adagrad : GroupedOptimizer<AdagradGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Adagrad(IEnumerable<Tensor> parameters, double learningRate = 1e-2, double learningRateDecay = 0, double weightDecay = 0,
        double initialAccumulatorValue = 0, double epsilon = 1e-10, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, LearningRateDecay = learningRateDecay, WeightDecay = weightDecay,
            InitialAccumulatorValue = initialAccumulatorValue, Epsilon = epsilon, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public Adagrad(IEnumerable<AdagradGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(AdagradGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        state.Moment(0, group.InitialAccumulatorValue);
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static void Run<T>(AdagradGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T> =>
        UpdatePass.Run<T, Formula<T>>(new(group, state.Steps), state, gradient);

    readonly struct Formula<T>(AdagradGroup group, long steps) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group);
        readonly Vector<T> _step = Lanes<T>.All(-group.LearningRate / (1 + (steps - 1) * group.LearningRateDecay)), _epsilon = Lanes<T>.All(group.Epsilon);

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            m += g * g;
            p += _step * g / (Vector.SquareRoot(m) + _epsilon);
        }
    }
}
