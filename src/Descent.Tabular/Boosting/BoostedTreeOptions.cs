using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>How second-order boosting grows a tree; names and defaults are XGBoost's.</summary>
public abstract record BoostedTreeOptions
{
    private protected BoostedTreeOptions() { }

    /// <summary>Shrinks what each tree adds (eta).</summary>
    public float LearningRate { get; init => field = Check.Above(0, value); } = 0.3f;

    /// <summary>The greatest number of questions before a leaf; 0 is no bound.</summary>
    public int MaxDepth { get; init => field = Check.AtLeast(0, value); } = 6;

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

    /// <summary>The share of rows that each tree draws.</summary>
    public double Subsample { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The share of features that each tree draws.</summary>
    public double ColumnsByTree { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The share of these that each level of a tree draws.</summary>
    public double ColumnsByLevel { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>The share of these that each node draws.</summary>
    public double ColumnsByNode { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>By feature 1 where predictions must not fall as it grows, −1 where they must not rise, 0 else; empty is none.</summary>
    public ImmutableArray<int> Monotone { get; init; } = [];

    /// <summary>A grower for these rows.</summary>
    /// <param name="learner">Who asks, for errors.</param>
    /// <param name="x">The features.</param>
    /// <param name="maxDeltaStep">The greatest value of a leaf that holds in place of <see cref="MaxDeltaStep"/>.</param>
    /// <exception cref="ArgumentException">What is asked for does not fit the features, or each other.</exception>
    private protected ITreeGrower Grower(string learner, Features x, float maxDeltaStep)
    {
        if (!Monotone.IsEmpty && Monotone.Length != x.Columns) throw new ArgumentException($"{learner}: Monotone is of {Monotone.Length} features, and there are {x.Columns}.", nameof(x));
        if (x.Schema.Features.FirstOrDefault(f => f.IsCategory) is { } category)
            throw new ArgumentException($"{learner}: feature '{category.Name}' is a category, which exact split finding does not take. Turn its levels into numbers (one-hot) first.", nameof(x));
        return new ExactGrower(new TreeData(x), this, maxDeltaStep);
    }
}
