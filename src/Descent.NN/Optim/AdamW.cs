using Descent.Tensors;

namespace Descent.NN;

/// <summary><see cref="Adam"/> with weight decay beside the step instead of in the gradient: first <c>p ← p − lr · decay · p</c>.</summary>
/// <remarks>Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, arXiv:1711.05101.</remarks>
public sealed class AdamW : GroupedOptimizer<AdamGroup>
{
    /// <summary>One group with these options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public AdamW(IEnumerable<Tensor> parameters, double learningRate = 1e-3, (double, double)? betas = null, double epsilon = 1e-8,
        double weightDecay = 0.01, bool amsGrad = false, bool maximize = false)
        : this([new(parameters)
        {
            LearningRate = learningRate, Betas = betas ?? (0.9, 0.999), Epsilon = epsilon, WeightDecay = weightDecay, AmsGrad = amsGrad, Maximize = maximize,
        }]) { }

    /// <summary>Groups with options of their own.</summary>
    public AdamW(IEnumerable<AdamGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Update(AdamGroup group, ParameterState state, Tensor gradient) =>
        AdamUpdate.Run(group, state, gradient, decoupled: true);
}
