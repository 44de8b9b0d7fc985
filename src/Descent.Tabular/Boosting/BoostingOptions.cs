using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How second-order boosting trains.</summary>
/// <remarks>Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016.</remarks>
public abstract record BoostingOptions : BoostedTreeOptions
{
    /// <summary>What it takes without preparation.</summary>
    public LearnerInput Takes => LearnerInput.Missing | LearnerInput.AnyScale;

    private protected BoostingOptions() { }

    /// <summary>The number of rounds, each a tree for every score.</summary>
    public int Rounds { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>The prediction to start from; null is the mean of the targets.</summary>
    public float? BaseScore { get; init; }

    /// <summary>Decides what is drawn at random.</summary>
    public ulong Seed { get; init; }

    private protected BoostedTrees Boost(string learner, Features x, BoostingObjective objective, double[] targets, double[] weights)
    {
        for (int i = 0; i < targets.Length; i++)
            if (objective.Refuse(targets[i]) is { } reason) throw new ArgumentException($"{learner}: target {i} is {targets[i]}; {reason}.", nameof(targets));

        if (objective is PoissonObjective poisson && MaxDeltaStep > 0) objective = poisson with { MaxDeltaStep = MaxDeltaStep };
        float start = BaseScore ?? (float)objective.Start(StageLoss.WeightedMean(targets, weights));
        int outputs = objective.Outputs;
        float[] y = Array.ConvertAll(targets, t => (float)t), w = Array.ConvertAll(weights, v => (float)v);
        float[] margins = new float[x.Rows * outputs], gradients = new float[margins.Length], hessians = new float[margins.Length];
        Array.Fill(margins, objective.Margin(start));
        var grower = Grower(learner, x, objective is PoissonObjective p ? p.MaxDeltaStep : MaxDeltaStep);
        var trees = ImmutableArray.CreateBuilder<Tree>(Rounds * outputs);
        float[] g = new float[x.Rows], h = new float[x.Rows];
        int[] leaves = new int[x.Rows];
        for (int round = 0; round < Rounds; round++)
        {
            objective.Gradients(margins, y, w, gradients, hessians);
            for (int k = 0; k < outputs; k++)
            {
                for (int i = 0; i < g.Length; i++) (g[i], h[i]) = (gradients[i * outputs + k], hessians[i * outputs + k]);
                var tree = grower.Grow(g, h, new Generator(Seed, (ulong)trees.Count + 1), leaves);
                for (int i = 0; i < g.Length; i++) margins[i * outputs + k] += (float)tree.Values[leaves[i]];
                trees.Add(tree);
            }
        }
        return new() { Schema = x.Schema, Objective = objective, BaseScore = start, Trees = trees.MoveToImmutable(), Groups = [.. Enumerable.Range(0, Rounds * outputs).Select(t => t % outputs)] };
    }
}
