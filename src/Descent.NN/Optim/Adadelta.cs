using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="Adadelta"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class AdadeltaGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters, 1)
{
    /// <summary>How much of the running means is kept, in [0, 1].</summary>
    public double Rho { get; set => field = Check(value, value is >= 0 and <= 1, "in [0, 1]"); } = 0.9;

    /// <summary>Added to both mean squares.</summary>
    public double Epsilon { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-6;

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["square_avg", "acc_delta"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
        [.. base.Options, new("rho", () => Rho, v => Rho = v), new("eps", () => Epsilon, v => Epsilon = v)];
}

/// <summary>
/// Steps in the parameters' own unit: <c>v ← ρv + (1 − ρ)g²</c>, <c>Δ = √(u + ε) / √(v + ε) · g</c>, <c>u ← ρu + (1 − ρ)Δ²</c>,
/// <c>p ← p − lr · Δ</c>. Weight decay is added to the gradient.
/// </summary>
/// <remarks>Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, arXiv:1212.5701.</remarks>
public sealed class Adadelta : GroupedOptimizer<AdadeltaGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Adadelta(IEnumerable<Tensor> parameters, double learningRate = 1, double rho = 0.9, double epsilon = 1e-6, double weightDecay = 0,
        bool maximize = false)
        : this([new(parameters) { LearningRate = learningRate, Rho = rho, Epsilon = epsilon, WeightDecay = weightDecay, Maximize = maximize }]) { }

    /// <summary>Groups with options of their own.</summary>
    public Adadelta(IEnumerable<AdadeltaGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(AdadeltaGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static void Run<T>(AdadeltaGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T> =>
        UpdatePass.Run<T, Formula<T>>(new(group), state, gradient);

    readonly struct Formula<T>(AdadeltaGroup group) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group);
        readonly Vector<T> _keep = Lanes<T>.All(group.Rho), _rest = Lanes<T>.All(1 - group.Rho);
        readonly Vector<T> _step = Lanes<T>.All(-group.LearningRate), _epsilon = Lanes<T>.All(group.Epsilon);

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            m = m * _keep + g * g * _rest;
            var delta = Vector.SquareRoot(v + _epsilon) / Vector.SquareRoot(m + _epsilon) * g;
            v = v * _keep + delta * delta * _rest;
            p += _step * delta;
        }
    }
}
