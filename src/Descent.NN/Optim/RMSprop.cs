using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="RMSprop"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class RMSpropGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters, 1e-2)
{
    /// <summary>How much of the running means is kept.</summary>
    public double Alpha { get; set => field = Check(value, value >= 0, "at least 0"); } = 0.99;

    /// <summary>Added to the denominator.</summary>
    public double Epsilon { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-8;

    /// <summary>How much of the last step's direction is kept.</summary>
    public double Momentum { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>Whether the variance of the gradient scales the step, instead of the mean square.</summary>
    public bool Centered { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["square_avg", "momentum_buffer", "grad_avg"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("alpha", () => Alpha, v => Alpha = v),
        new("eps", () => Epsilon, v => Epsilon = v),
        new("momentum", () => Momentum, v => Momentum = v),
        new("centered", () => Centered ? 1 : 0, v => Centered = v != 0),
    ];
}

/// <summary>
/// Steps by the root of the mean square: <c>v ← αv + (1 − α)g²</c>, <c>b ← momentum · b + g / (√v + ε)</c>, <c>p ← p − lr · b</c>;
/// where centred, the square of the running mean of g is taken from v first. Weight decay is added to the gradient.
/// </summary>
/// <remarks>Tieleman and Hinton, lecture 6.5 of "Neural Networks for Machine Learning", 2012; centred: Graves, 2013, arXiv:1308.0850.</remarks>
public sealed class RMSprop : GroupedOptimizer<RMSpropGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public RMSprop(IEnumerable<Tensor> parameters, double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8, double weightDecay = 0,
        double momentum = 0, bool centered = false, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, Alpha = alpha, Epsilon = epsilon, WeightDecay = weightDecay, Momentum = momentum, Centered = centered, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public RMSprop(IEnumerable<RMSpropGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(RMSpropGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        if (state.WorkType == DType.Float32) Run<float>(group, state, gradient);
        else Run<double>(group, state, gradient);
    }

    static void Run<T>(RMSpropGroup group, ParameterState state, Tensor gradient) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var factors = new Factors<T>(group);
        if (group.Centered) UpdatePass.Run<T, AboutTheMean<T>>(new(factors), state, gradient);
        else if (group.Momentum > 0) UpdatePass.Run<T, WithMomentum<T>>(new(factors), state, gradient);
        else UpdatePass.Run<T, Plain<T>>(new(factors), state, gradient);
    }

    readonly struct Factors<T>(RMSpropGroup group) where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal readonly Slope<T> Slope = new(group);
        internal readonly Vector<T> Keep = Lanes<T>.All(group.Alpha), Rest = Lanes<T>.All(1 - group.Alpha), Epsilon = Lanes<T>.All(group.Epsilon);
        internal readonly Vector<T> Momentum = Lanes<T>.All(group.Momentum), Step = Lanes<T>.All(-group.LearningRate);
    }

    readonly struct Plain<T>(Factors<T> by) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static int Moments => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = by.Slope.Of(p, g);
            m = m * by.Keep + g * g * by.Rest;
            p += by.Step * g / (Vector.SquareRoot(m) + by.Epsilon);
        }
    }

    readonly struct WithMomentum<T>(Factors<T> by) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static int Moments => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = by.Slope.Of(p, g);
            m = m * by.Keep + g * g * by.Rest;
            v = v * by.Momentum + g / (Vector.SquareRoot(m) + by.Epsilon);
            p += by.Step * v;
        }
    }

    /// <summary>w is the running mean. Without momentum v is the direction itself.</summary>
    readonly struct AboutTheMean<T>(Factors<T> by) : IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static int Moments => 3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(ref Vector<T> p, Vector<T> g, ref Vector<T> m, ref Vector<T> v, ref Vector<T> w)
        {
            g = by.Slope.Of(p, g);
            m = m * by.Keep + g * g * by.Rest;
            w = w * by.Keep + g * by.Rest;
            v = v * by.Momentum + g / (Vector.SquareRoot(m - w * w) + by.Epsilon);
            p += by.Step * v;
        }
    }
}
