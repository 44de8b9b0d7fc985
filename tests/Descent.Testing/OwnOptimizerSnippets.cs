using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

// Here, where Descent.NN's internals cannot be seen, so that it is what any user can write.

/// <summary>Parameters of one <see cref="Signum"/> with their options.</summary>
public sealed class SignumGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters, learningRate: 1e-3)
{
    public double Momentum { get; set => field = Check(value, value is >= 0 and < 1, "in [0, 1)"); } = 0.9;

    // What is saved and restored: a tensor for each parameter, and the options.
    public override IReadOnlyList<string> MomentNames => ["momentum_buffer"];

    public override IEnumerable<GroupOption> Options => [.. base.Options, new("momentum", () => Momentum, v => Momentum = v)];
}

/// <summary>Steps by the sign of the momentum: <c>b ← momentum · b + (1 − momentum) · g</c>, <c>p ← p − lr · sign(b)</c>.</summary>
/// <remarks>Bernstein et al., "signSGD: Compressed Optimisation for Non-Convex Problems", 2018, arXiv:1802.04434.</remarks>
public sealed class Signum(IEnumerable<SignumGroup> groups) : GroupedOptimizer<SignumGroup>(groups)
{
    protected override void Update(SignumGroup group, ParameterState state, Tensor gradient)
    {
        var b = state.Moment(0);
        b.Mul_(group.Momentum).Add_(gradient.To(b.DType), 1 - group.Momentum);
        state.Parameter.Sub_((b.Sign() * group.LearningRate).To(state.Parameter.DType));
    }
}
