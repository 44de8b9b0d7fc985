using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>How second-order boosting grows a tree; names and defaults are XGBoost's, where it has them, and else LightGBM's.</summary>
public abstract record BoostedTreeOptions
{
    /// <summary>Up to here trees are grown exactly unless that is impossible: as fast, and every value is tried.</summary>
    const int ExactRows = 4096;

    private protected BoostedTreeOptions() { }

    /// <summary>Shrinks what each tree adds (eta).</summary>
    public float LearningRate { get; init => field = Check.Above(0, value); } = 0.3f;

    /// <summary>How splits are found.</summary>
    public TreeMethod Method { get; init; }

    /// <summary>Which leaf is split next.</summary>
    public TreeGrowth Growth { get; init; }

    /// <summary>The greatest number of questions before a leaf; 0 is no bound.</summary>
    public int MaxDepth { get; init => field = Check.AtLeast(0, value); } = 6;

    /// <summary>The greatest number of leaves; 0 is no bound.</summary>
    public int MaxLeaves { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The greatest number of bins that the values of a feature fall into, missing ones not counted.</summary>
    public int MaxBins { get; init => field = Check.Within(2, 255, value); } = 255;

    /// <summary>The L2 penalty λ of leaf values.</summary>
    public float Lambda { get; init => field = Check.AtLeast(0, value); } = 1;

    /// <summary>The L1 penalty α of leaf values.</summary>
    public float Alpha { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The price γ of a leaf: splits that gain less are pruned afterwards, from the bottom up.</summary>
    public float Gamma { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The least sum of hessians of a leaf.</summary>
    public float MinChildWeight { get; init => field = Check.AtLeast(0, value); } = 1;

    /// <summary>The least number of drawn rows in a leaf; more than 1 needs histograms.</summary>
    public int MinRowsInLeaf { get; init => field = Check.AtLeast(1, value); } = 1;

    /// <summary>The greatest value of a leaf before shrinking; 0 is no bound.</summary>
    public float MaxDeltaStep { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The share of rows that each tree draws.</summary>
    public double Subsample { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>
    /// The share of rows, those of the greatest gradients, that each tree takes for certain; 0 draws all alike. Of the others
    /// <see cref="GossOtherShare"/> of all rows is drawn, and weighs the more for it.
    /// </summary>
    /// <remarks>Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", 2017, algorithm 2.</remarks>
    public double GossTopShare { get; init => field = Check.Within(0, 1, value); }

    /// <summary>The share of rows that is drawn from those without great gradients, where <see cref="GossTopShare"/> is above 0.</summary>
    public double GossOtherShare { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 0.1;

    /// <summary>The share of features that each tree draws.</summary>
    public double ColumnsByTree { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The share of these that each level of a tree draws.</summary>
    public double ColumnsByLevel { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The share of these that each node draws.</summary>
    public double ColumnsByNode { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>By feature 1 where predictions must not fall as it grows, −1 where they must not rise, 0 else; empty is none.</summary>
    public ImmutableArray<int> Monotone { get; init; } = [];

    /// <summary>
    /// Sets of features that may meet on the way to a leaf; empty lets all meet. A feature in no set meets none but itself.
    /// </summary>
    public ImmutableArray<ImmutableArray<int>> Interactions { get; init; } = [];

    /// <summary>A category of at most so many levels splits off one level at a time; with more they are sorted by gradient first.</summary>
    public int MaxOneHotLevels { get; init => field = Check.AtLeast(0, value); } = 4;

    /// <summary>The greatest number of levels that a split on a category sends to the smaller side.</summary>
    public int MaxCategoryLevels { get; init => field = Check.AtLeast(1, value); } = 32;

    /// <summary>Added to a level's hessian where levels are sorted, against the noise of rare ones.</summary>
    public float CategorySmoothing { get; init => field = Check.AtLeast(0, value); } = 10;

    /// <summary>Added to λ in the gain of splits on sorted levels.</summary>
    public float CategoryLambda { get; init => field = Check.AtLeast(0, value); } = 10;

    /// <summary>
    /// Whether gradients are rounded at random to seven bits and hessians to eight while splits are sought, which takes less memory
    /// and time; leaves then take their values from all bits.
    /// </summary>
    /// <remarks>Shi et al., "Quantized Training of Gradient Boosting Decision Trees", 2022, arXiv:2207.09682.</remarks>
    public bool QuantizedGradients { get; init; }

    /// <summary>A grower for these rows.</summary>
    /// <param name="learner">Who asks, for errors.</param>
    /// <param name="x">The features.</param>
    /// <param name="maxDeltaStep">The greatest value of a leaf that holds in place of <see cref="MaxDeltaStep"/>.</param>
    /// <exception cref="ArgumentException">What is asked for does not fit the features, or each other.</exception>
    private protected ITreeGrower Grower(string learner, Features x, float maxDeltaStep)
    {
        if (!Monotone.IsEmpty && Monotone.Length != x.Columns) throw new ArgumentException($"{learner}: Monotone is of {Monotone.Length} features, and there are {x.Columns}.", nameof(x));
        foreach (int feature in Interactions.SelectMany(set => set))
            if ((uint)feature >= (uint)x.Columns)
                throw new ArgumentException($"{learner}: Interactions name feature {feature}; there are {x.Columns}, counted from 0.", nameof(x));
        for (int j = 0; j < Monotone.Length; j++)
            if (Monotone[j] != 0 && x.Schema.Features[j].IsCategory) throw new ArgumentException($"{learner}: Monotone binds feature '{x.Schema.Features[j].Name}', a category, which has no order. Give it 0.", nameof(x));
        string? obstacle = Obstacle(x);
        if (Method == TreeMethod.Exact && obstacle is not null)
            throw new ArgumentException($"{learner}: exact split finding does not take {obstacle}. Choose {nameof(TreeMethod)}.{nameof(TreeMethod.Histogram)}.", nameof(x));
        if (Method == TreeMethod.Histogram || obstacle is not null || (Method == TreeMethod.Auto && x.Rows > ExactRows))
            return new HistogramGrower(new BinnedFeatures(x, MaxBins), this, maxDeltaStep);
        return new ExactGrower(new TreeData(x), this, maxDeltaStep);
    }

    /// <summary>What only histograms can do, of what is asked for.</summary>
    string? Obstacle(Features x) =>
        x.Schema.Features.FirstOrDefault(f => f.IsCategory) is { } category ? $"feature '{category.Name}', which is a category"
        : Growth == TreeGrowth.LeafWise ? "leaf-wise growth"
        : MaxLeaves > 0 ? nameof(MaxLeaves)
        : MinRowsInLeaf > 1 ? nameof(MinRowsInLeaf)
        : QuantizedGradients ? nameof(QuantizedGradients)
        : null;
}
