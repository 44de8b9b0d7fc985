using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="SGD"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class SgdGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters)
{
    /// <summary>How much of the last step's direction is kept.</summary>
    public double Momentum { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>How much less of the gradient enters the direction: <c>1 − dampening</c> of it does.</summary>
    public double Dampening { get; set; }

    /// <summary>Whether the gradient is looked at ahead of the momentum.</summary>
    public bool Nesterov { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["momentum_buffer"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("momentum", () => Momentum, v => Momentum = v),
        new("dampening", () => Dampening, v => Dampening = v),
        new("nesterov", () => Nesterov ? 1 : 0, v => Nesterov = v != 0),
    ];
}

/// <summary>
/// Stochastic gradient descent: <c>b ← momentum · b + (1 − dampening) · g</c>, <c>p ← p − lr · b</c>, where weight decay
/// is added to the gradient <c>g</c>, and Nesterov's form steps along <c>g + momentum · b</c>.
/// </summary>
/// <remarks>Momentum as Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013, in PyTorch's form.</remarks>
public sealed class SGD : GroupedOptimizer<SgdGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SGD(IEnumerable<Tensor> parameters, double learningRate, double momentum = 0, double dampening = 0, double weightDecay = 0,
        bool nesterov = false, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, Momentum = momentum, Dampening = dampening, WeightDecay = weightDecay, Nesterov = nesterov, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public SGD(IEnumerable<SgdGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Accept(SgdGroup group)
    {
        if (group.Nesterov && (group.Momentum <= 0 || group.Dampening != 0))
            throw new ArgumentException($"SGD: Nesterov needs a momentum above 0 and no dampening; they are {group.Momentum} and {group.Dampening}.", nameof(group));
    }

    /// <inheritdoc/>
    protected override void Update(SgdGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static void Run<T>(SgdGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (group.Momentum == 0) UpdatePass.Run<T, Plain<T>>(new(group), state, gradient);
        else UpdatePass.Run<T, WithMomentum<T>>(new(group, isFirst: state.Moments[0] is null), state, gradient);
    }

    /// <summary>p − lr · (±g + decay · p).</summary>
    readonly struct Plain<T>(SgdGroup group) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Vector<T> _step = Lanes<T>.All(group.Maximize ? group.LearningRate : -group.LearningRate);
        readonly Vector<T> _keep = Lanes<T>.All(1 - group.LearningRate * group.WeightDecay);

        public static int Moments => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w) => p = p * _keep + g * _step;
    }

    /// <summary>The direction is kept in m. The first one is the gradient undamped.</summary>
    readonly struct WithMomentum<T>(SgdGroup group, bool isFirst) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group);
        readonly Vector<T> _momentum = Lanes<T>.All(group.Momentum);
        readonly Vector<T> _fresh = Lanes<T>.All(isFirst ? 1 : 1 - group.Dampening);
        readonly Vector<T> _step = Lanes<T>.All(-group.LearningRate);
        readonly bool _nesterov = group.Nesterov;

        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            m = m * _momentum + g * _fresh;
            p += _step * (_nesterov ? g + m * _momentum : m);
        }
    }
}
