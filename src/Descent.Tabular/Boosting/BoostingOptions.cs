using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How second-order boosting trains; names and defaults are XGBoost's.</summary>
/// <remarks>Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016.</remarks>
public abstract record BoostingOptions
{
    private protected BoostingOptions() { }

    /// <summary>The number of rounds, each a tree for every score.</summary>
    public int Rounds { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>Shrinks what each tree adds (eta).</summary>
    public float LearningRate { get; init => field = Check.Above(0, value); } = 0.3f;

    /// <summary>The greatest number of questions before a leaf.</summary>
    public int MaxDepth { get; init => field = Check.AtLeast(1, value); } = 6;

    /// <summary>The L2 penalty λ of leaf values.</summary>
    public float Lambda { get; init => field = Check.AtLeast(0, value); } = 1;

    /// <summary>The L1 penalty α of leaf values.</summary>
    public float Alpha { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The price γ of a leaf: splits that gain less are pruned afterwards, from the bottom up.</summary>
    public float Gamma { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The least sum of hessians of a leaf.</summary>
    public float MinChildWeight { get; init => field = Check.AtLeast(0, value); } = 1;

    /// <summary>The greatest value of a leaf before shrinking; 0 is no bound.</summary>
    public float MaxDeltaStep { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The share of rows that each round draws.</summary>
    public double Subsample { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The share of features that each tree draws.</summary>
    public double ColumnsByTree { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The share of these that each level of a tree draws.</summary>
    public double ColumnsByLevel { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The share of these that each node draws.</summary>
    public double ColumnsByNode { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The prediction to start from; null is the mean of the targets.</summary>
    public float? BaseScore { get; init; }

    /// <summary>By feature 1 where predictions must not fall as it grows, −1 where they must not rise, 0 else; empty is none.</summary>
    public ImmutableArray<int> Monotone { get; init; } = [];

    /// <summary>Decides what is drawn at random.</summary>
    public ulong Seed { get; init; }

    private protected BoostedTrees Boost(string learner, Features x, BoostingObjective objective, double[] targets, double[] weights)
    {
        if (!Monotone.IsEmpty && Monotone.Length != x.Columns) throw new ArgumentException($"{learner}: Monotone is of {Monotone.Length} features, and there are {x.Columns}.", nameof(x));
        foreach (var feature in x.Schema.Features)
            if (feature.IsCategory)
                throw new ArgumentException($"{learner}: feature '{feature.Name}' is a category, which exact split finding does not take. Turn its levels into numbers (one-hot) first.", nameof(x));
        for (int i = 0; i < targets.Length; i++)
            if (objective.Refuse(targets[i]) is { } reason) throw new ArgumentException($"{learner}: target {i} is {targets[i]}; {reason}.", nameof(targets));

        if (objective is PoissonObjective poisson && MaxDeltaStep > 0) objective = poisson with { MaxDeltaStep = MaxDeltaStep };
        float start = BaseScore ?? (float)objective.Start(StageLoss.WeightedMean(targets, weights));
        int outputs = objective.Outputs;
        float[] y = Array.ConvertAll(targets, t => (float)t), w = Array.ConvertAll(weights, v => (float)v);
        float[] margins = new float[x.Rows * outputs], gradients = new float[margins.Length], hessians = new float[margins.Length];
        Array.Fill(margins, objective.Margin(start));
        var data = new TreeData(x);
        var grower = new ExactGrower(data, this, objective is PoissonObjective p ? p.MaxDeltaStep : MaxDeltaStep);
        var trees = ImmutableArray.CreateBuilder<Tree>(Rounds * outputs);
        float[] g = new float[x.Rows], h = new float[x.Rows];
        for (int round = 0; round < Rounds; round++)
        {
            objective.Gradients(margins, y, w, gradients, hessians);
            for (int k = 0; k < outputs; k++)
            {
                for (int i = 0; i < g.Length; i++) (g[i], h[i]) = (gradients[i * outputs + k], hessians[i * outputs + k]);
                var tree = grower.Grow(g, h, new Generator(Seed, (ulong)trees.Count + 1));
                int[] leaves = TreeRows.Leaves(tree, data);
                for (int i = 0; i < g.Length; i++) margins[i * outputs + k] += (float)tree.Values[leaves[i]];
                trees.Add(tree);
            }
        }
        return new() { Schema = x.Schema, Objective = objective, BaseScore = start, Trees = trees.MoveToImmutable(), Groups = [.. Enumerable.Range(0, Rounds * outputs).Select(t => t % outputs)] };
    }
}
