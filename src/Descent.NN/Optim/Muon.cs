using Descent.Tensors;

namespace Descent.NN;

/// <summary>Matrices of one <see cref="Muon"/> with their options.</summary>
public sealed class MuonGroup : ParameterGroup
{
    /// <param name="matrices">Leaves of two dimensions or more; the weights of convolutions are taken as (out, rest).</param>
    /// <exception cref="ArgumentException">One has fewer dimensions.</exception>
    public MuonGroup(IEnumerable<Tensor> matrices) : base(matrices, 0.02)
    {
        if (Parameters.FirstOrDefault(p => p.Rank < 2) is { } vector)
            throw new ArgumentException($"Muon: a parameter of shape {vector.Shape} is no matrix. Put it into an AdamGroup of the same optimizer.", nameof(matrices));
    }

    /// <summary>How much of the running mean of the gradient is kept, in [0, 1).</summary>
    public double Momentum { get; set => field = Check(value, value is >= 0 and < 1, "in [0, 1)"); } = 0.95;

    /// <summary>Whether the gradient is looked at ahead of the momentum.</summary>
    public bool Nesterov { get; set; } = true;

    /// <summary>Newton–Schulz iterations, at least 1.</summary>
    public int Iterations { get; set => field = (int)Check(value, value >= 1, "at least 1"); } = 5;

    /// <inheritdoc/>
    public override IReadOnlyList<string> MomentNames => ["momentum_buffer"];

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("momentum", () => Momentum, v => Momentum = v),
        new("nesterov", () => Nesterov ? 1 : 0, v => Nesterov = v != 0),
        new("ns_steps", () => Iterations, v => Iterations = (int)v),
    ];
}

/// <summary>
/// For matrices, steps along the orthogonal matrix nearest to the momentum: <c>m ← μm + (1 − μ)g</c>, <c>p ← p − lr · decay · p</c>,
/// <c>p ← p − lr · √max(1, rows / columns) · UVᵀ</c> where <c>UΣVᵀ</c> is the momentum, or with Nesterov <c>μm + (1 − μ)g</c>; for all
/// else, <see cref="AdamW"/>.
/// </summary>
/// <remarks>
/// Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024. As there, the orthogonal factor is found
/// only roughly: its singular values lie between about 0.7 and 1.2. Embeddings and the last layer do better in the
/// AdamW group, though they are matrices.
/// </remarks>
public sealed class Muon : GroupedOptimizer<ParameterGroup>
{
    /// <summary>Matrices and the rest, with these options.</summary>
    /// <exception cref="ArgumentException">One of the matrices is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Muon(IEnumerable<Tensor> matrices, IEnumerable<Tensor> rest, double learningRate = 0.02, double momentum = 0.95, bool nesterov = true,
        double weightDecay = 0, double restLearningRate = 3e-4, (double, double)? restBetas = null)
        : this([
            new MuonGroup(matrices) { LearningRate = learningRate, Momentum = momentum, Nesterov = nesterov, WeightDecay = weightDecay },
            new AdamGroup(rest) { LearningRate = restLearningRate, Betas = restBetas ?? (0.9, 0.95), WeightDecay = weightDecay },
        ]) { }

    /// <summary>Groups of either kind: <see cref="MuonGroup"/> and <see cref="AdamGroup"/>.</summary>
    /// <exception cref="ArgumentException">A group is of another kind.</exception>
    public Muon(IEnumerable<ParameterGroup> groups) : base(groups) { }

    /// <inheritdoc/>
    protected override void Accept(ParameterGroup group)
    {
        if (group is not (MuonGroup or AdamGroup))
            throw new ArgumentException($"Muon takes groups of type MuonGroup and AdamGroup; this is a {group.GetType().Name}.", nameof(group));
    }

    /// <inheritdoc/>
    protected override void Update(ParameterGroup group, ParameterState state, Tensor gradient)
    {
        if (group is MuonGroup matrices) Update(matrices, state, gradient);
        else AdamUpdate.Run((AdamGroup)group, state, gradient, decoupled: true);
    }

    static void Update(MuonGroup group, ParameterState state, Tensor gradient)
    {
        state.Steps++;
        var (p, m) = (state.Parameter, state.Moment(0));
        var g = gradient.Detach().To(state.WorkType).Contiguous();
        if (group.Maximize) g = -g;
        m.Copy_(m.Lerp(g, 1 - group.Momentum));
        var direction = Orthogonal(Matrix(group.Nesterov ? g.Lerp(m, group.Momentum) : m), group.Iterations);
        double scale = Math.Sqrt(Math.Max(1, (double)direction.Shape[0] / direction.Shape[1]));
        var kept = p.Detach().To(state.WorkType) * (1 - group.LearningRate * group.WeightDecay);
        p.Copy_(kept - direction.Reshape(p.Shape) * (group.LearningRate * scale));
    }

    static Tensor Matrix(Tensor x) => x.Reshape(x.Shape[0], x.Shape[0] == 0 ? x.Shape[1..].Elements : x.Elements / x.Shape[0]);

    /// <summary>Newton–Schulz in an odd polynomial of degree 5 that is steep at 0: Jordan's coefficients.</summary>
    static Tensor Orthogonal(Tensor x, int iterations)
    {
        if (x.Elements == 0) return x;
        const double A = 3.4445, B = -4.7750, C = 2.0315;
        bool tall = x.Shape[0] > x.Shape[1];
        if (tall) x = x.T;
        x /= x.Norm() + 1e-7;
        for (int i = 0; i < iterations; i++)
        {
            var gram = x.MatMul(x.T);
            x = x * A + (gram * B + gram.MatMul(gram) * C).MatMul(x);
        }
        return tall ? x.T : x;
    }
}
