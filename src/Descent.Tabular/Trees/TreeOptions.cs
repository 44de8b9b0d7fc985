namespace Descent.Tabular;

/// <summary>How far a tree grows.</summary>
public abstract record TreeOptions
{
    /// <summary>What it takes without preparation.</summary>
    public LearnerInput Takes => LearnerInput.All;

    /// <summary>The greatest number of questions before a leaf; null is no bound.</summary>
    public int? MaxDepth { get; init => field = value is { } v ? Check.AtLeast(1, v) : null; }

    /// <summary>The fewest rows of a node that is split.</summary>
    public int MinSamplesSplit { get; init => field = Check.AtLeast(2, value); } = 2;

    /// <summary>The fewest rows of a leaf.</summary>
    public int MinSamplesLeaf { get; init => field = Check.AtLeast(1, value); } = 1;

    /// <summary>The least share of all weight that a leaf has.</summary>
    public double MinWeightFractionLeaf { get; init => field = Check.Within(0, 0.5, value); }

    /// <summary>How many features a node looks at; where fewer than all, drawn by <see cref="Seed"/>.</summary>
    public MaxFeatures MaxFeatures { get; init; } = MaxFeatures.All;

    /// <summary>The greatest number of leaves, those of the best splits first; null is no bound, and the tree grows depth first.</summary>
    public int? MaxLeafNodes { get; init => field = value is { } v ? Check.AtLeast(2, v) : null; }

    /// <summary>By how much a split must lower the impurity, weighted by the node's share of the rows.</summary>
    public double MinImpurityDecrease { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Minimal cost-complexity pruning: a branch stays if each leaf of it lowers the impurity by this much; 0 prunes nothing.</summary>
    public double CcpAlpha { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Decides what is drawn at random.</summary>
    public ulong Seed { get; init; }
}
