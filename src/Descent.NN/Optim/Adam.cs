using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters of one <see cref="Adam"/> or <see cref="AdamW"/> with their options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class AdamGroup(IEnumerable<Tensor> parameters) : BetasGroup(parameters)
{
    /// <summary>Added to the denominator.</summary>
    public double Epsilon { get; set => field = Check(value, value >= 0, "at least 0"); } = 1e-8;

    /// <summary>Whether the denominator never falls (Reddi et al., "On the Convergence of Adam and Beyond", 2018).</summary>
    public bool AmsGrad { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("eps", () => Epsilon, v => Epsilon = v),
        new("amsgrad", () => AmsGrad ? 1 : 0, v => AmsGrad = v != 0),
    ];
}

/// <summary>
/// Adam: <c>m ← β₁m + (1 − β₁)g</c>, <c>v ← β₂v + (1 − β₂)g²</c>, <c>p ← p − lr · m̂ / (√v̂ + ε)</c> with
/// <c>m̂ = m / (1 − β₁ᵗ)</c> and <c>v̂ = v / (1 − β₂ᵗ)</c>. Weight decay is added to the gradient.
/// </summary>
/// <remarks>Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, arXiv:1412.6980.</remarks>
public sealed class Adam : GroupedOptimizer<AdamGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Adam(IEnumerable<Tensor> parameters, double learningRate = 1e-3, (double, double)? betas = null, double epsilon = 1e-8,
        double weightDecay = 0, bool amsGrad = false, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, Betas = betas ?? (0.9, 0.999), Epsilon = epsilon, WeightDecay = weightDecay, AmsGrad = amsGrad, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public Adam(IEnumerable<AdamGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(AdamGroup group, ParameterState state, Tensor gradient) =>
        AdamUpdate.Run(group, state, gradient, decoupled: false);
}
