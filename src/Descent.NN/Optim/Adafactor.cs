using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="Adafactor"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class AdafactorGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters, 1e-2)
{
    /// <summary>The power of t by which the running means forget: <c>1 − t^decay</c> of them is kept. Not above 0.</summary>
    public double Beta2Decay { get; set => field = Check(value, value <= 0, "at most 0"); } = -0.8;

    /// <summary>The least mean square of a gradient; the rounding error of the type if 0.</summary>
    public double Epsilon1 { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>The least size that a parameter is taken to have.</summary>
    public double Epsilon2 { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-3;

    /// <summary>The greatest root mean square of an update before the rate.</summary>
    public double ClippingThreshold { get; set => field = Check(value, value > 0, "above 0"); } = 1;

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["row_var", "col_var", "variance"];

    /// <inheritdoc/>
    public override Shape MomentShape(int moment, Shape parameter)
    {
        if (parameter.Rank < 2 || moment == 2) return parameter;
        int[] shape = parameter.ToArray();
        shape[moment == 0 ? ^1 : ^2] = 1;
        return shape;
    }

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("beta2_decay", () => Beta2Decay, v => Beta2Decay = v),
        new("eps1", () => Epsilon1, v => Epsilon1 = v),
        new("eps2", () => Epsilon2, v => Epsilon2 = v),
        new("d", () => ClippingThreshold, v => ClippingThreshold = v),
    ];
}

/// <summary>
/// Adam's scale in little memory: of a matrix only the mean squares of rows and of columns are kept,
/// <c>v = row · colᵀ / mean(row)</c>. The update <c>u = g / √v</c> is brought down to a root mean square of d, and the step is
/// <c>min(lr, 1/√t) · max(ε₂, rms(p)) · u</c>. Weight decay is decoupled.
/// </summary>
/// <remarks>Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018, arXiv:1804.04235, without momentum, in PyTorch's form.</remarks>
public sealed class Adafactor : GroupedOptimizer<AdafactorGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Adafactor(IEnumerable<Tensor> parameters, double learningRate = 1e-2, double beta2Decay = -0.8, double epsilon1 = 0, double epsilon2 = 1e-3,
        double clippingThreshold = 1, double weightDecay = 0, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, Beta2Decay = beta2Decay, Epsilon1 = epsilon1, Epsilon2 = epsilon2, ClippingThreshold = clippingThreshold,
            WeightDecay = weightDecay, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public Adafactor(IEnumerable<AdafactorGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(AdafactorGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        if (gradient.Elements == 0) return;
        var g = gradient.Detach().To(state.WorkType).Contiguous();
        if (group.Maximize) g = -g;
        var p = state.Parameter.Detach().To(state.WorkType).Contiguous();
        double epsilon = group.Epsilon1 > 0 ? group.Epsilon1 : state.WorkType == DType.Float64 ? Math.ScaleB(1, -52) : Math.ScaleB(1, -23);
        double fresh = Math.Pow(state.Steps, group.Beta2Decay);
        double rate = Math.Min(group.LearningRate, 1 / Math.Sqrt(state.Steps)) * Math.Max(group.Epsilon2, RootMeanSquare(p));

        Tensor v;
        if (g.Rank > 1)
        {
            var rows = Forget(group, state, 0, (g * g).Mean(-1, keepDim: true), fresh);
            var columns = Forget(group, state, 1, (g * g).Mean(-2, keepDim: true), fresh);
            v = rows.MatMul(columns) / rows.Mean(-2, keepDim: true).ClampMin(epsilon);
        }
        else v = Forget(group, state, 2, g * g, fresh);
        var update = v.ClampMin(epsilon * epsilon).Rsqrt() * g;
        double limit = Math.Max(1, RootMeanSquare(update) / group.ClippingThreshold);
        state.Parameter.Copy_(p * (1 - group.LearningRate * group.WeightDecay) - update * (rate / limit));
    }

    static Tensor Forget(AdafactorGroup group, ParameterState state, int moment, Tensor now, double fresh)
    {
        var before = state.Moments[moment] ?? Tensor.Zeros(group.MomentShape(moment, state.Parameter.Shape), state.WorkType);
        return state.Moments[moment] = before.Lerp(now, fresh).Contiguous();
    }

    static double RootMeanSquare(Tensor x) => x.Norm().Item() / Math.Sqrt(x.Elements);
}
