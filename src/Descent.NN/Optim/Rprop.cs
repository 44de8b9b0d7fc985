using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="Rprop"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class RpropGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters, 1e-2)
{
    /// <summary>What a step size is multiplied by where the gradient has changed its sign, in (0, 1), and where not, above 1.</summary>
    public (double Minus, double Plus) Etas
    {
        get;
        set
        {
            Check(value.Minus, value.Minus is > 0 and < 1, "in (0, 1)", "Etas.Minus");
            Check(value.Plus, value.Plus > 1, "above 1", "Etas.Plus");
            field = value;
        }
    } = (0.5, 1.2);

    /// <summary>The least and the greatest step size.</summary>
    public (double Least, double Greatest) StepSizes { get; set; } = (1e-6, 50);

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["prev", "step_size"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("eta_minus", () => Etas.Minus, v => Etas = (v, Etas.Plus)),
        new("eta_plus", () => Etas.Plus, v => Etas = (Etas.Minus, v)),
        new("step_size_min", () => StepSizes.Least, v => StepSizes = (v, StepSizes.Greatest)),
        new("step_size_max", () => StepSizes.Greatest, v => StepSizes = (StepSizes.Least, v)),
    ];
}

/// <summary>
/// Steps by the gradient's sign alone: a parameter's step size, the learning rate at first, grows while the sign stays and
/// shrinks where it changes, and where it changes that step is left out. For whole batches. Weight decay is added to the gradient.
/// </summary>
/// <remarks>Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993, in PyTorch's form.</remarks>
public sealed class Rprop : GroupedOptimizer<RpropGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Rprop(IEnumerable<Tensor> parameters, double learningRate = 1e-2, (double, double)? etas = null, (double, double)? stepSizes = null,
        bool maximize = false)
        : this([new(parameters) { LearningRate = learningRate, Etas = etas ?? (0.5, 1.2), StepSizes = stepSizes ?? (1e-6, 50), Maximize = maximize }]) { }

    /// <summary>Groups with options of their own.</summary>
    public Rprop(IEnumerable<RpropGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(RpropGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        state.Moment(1, group.LearningRate);
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static void Run<T>(RpropGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T> =>
        UpdatePass.Run<T, Formula<T>>(new(group), state, gradient);

    readonly struct Formula<T>(RpropGroup group) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        readonly Slope<T> _slope = new(group);
        readonly Vector<T> _minus = Lanes<T>.All(group.Etas.Minus), _plus = Lanes<T>.All(group.Etas.Plus);
        readonly Vector<T> _least = Lanes<T>.All(group.StepSizes.Least), _greatest = Lanes<T>.All(group.StepSizes.Greatest);

        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = _slope.Of(p, g);
            var (product, zero) = (g * m, Vector<T>.Zero);
            var turned = Vector.LessThan(product, zero);
            var factor = Vector.ConditionalSelect(turned, _minus, Vector.ConditionalSelect(Vector.GreaterThan(product, zero), _plus, Vector<T>.One));
            v = Vector.Min(Vector.Max(v * factor, _least), _greatest);
            m = Vector.ConditionalSelect(turned, zero, g);
            p -= Lanes<T>.Sign(m) * v;
        }
    }
}
