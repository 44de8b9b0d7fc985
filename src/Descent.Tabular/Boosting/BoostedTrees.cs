using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A sum of trees of second-order boosting: the whole of what it learned, as XGBoost's booster.</summary>
public sealed record BoostedTrees : IModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>What was descended, which says how scores become predictions.</summary>
    public required BoostingObjective Objective { get; init; }

    /// <summary>The prediction that the scores start from.</summary>
    public required float BaseScore { get; init; }

    /// <summary>The trees; a leaf's value is what it adds to a score, and features are compared as float32.</summary>
    public required ImmutableArray<Tree> Trees { get; init; }

    /// <summary>The score that each tree adds to.</summary>
    public required ImmutableArray<int> Groups { get; init; }

    /// <summary>What each tree's values are multiplied by, where some were dropped in training; empty is 1 throughout.</summary>
    public ImmutableArray<float> TreeWeights { get; init; } = [];

    /// <summary>Where scores start apart, the one that each output starts from in place of the base score; else empty.</summary>
    public ImmutableArray<float> BaseMargins { get; init; } = [];

    /// <summary>The scores of rows that lie one after another, (n × outputs), before they become predictions.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="margins">(n × outputs) scores.</param>
    /// <exception cref="ArgumentException">They do not fit each other.</exception>
    public void Margins(ReadOnlySpan<double> rows, Span<float> margins) => BoostedTreesRows.Score(this, rows, margins, transforms: false);

    /// <inheritdoc cref="Margins(ReadOnlySpan{double}, Span{float})"/>
    public void Margins(ReadOnlySpan<float> rows, Span<float> margins) => BoostedTreesRows.Score(this, rows, margins, transforms: false);

    /// <summary>What scores are before there is a tree.</summary>
    internal void FillBase(Span<float> margins)
    {
        if (BaseMargins.IsEmpty) margins.Fill(Objective.Margin(BaseScore));
        else for (int at = 0; at < margins.Length; at++) margins[at] = BaseMargins[at % BaseMargins.Length];
    }

    /// <summary>Predictions of rows that lie one after another, (n × outputs): means, or probabilities.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="predictions">(n × outputs) predictions.</param>
    /// <exception cref="ArgumentException">They do not fit each other.</exception>
    public void Predict(ReadOnlySpan<double> rows, Span<float> predictions) => BoostedTreesRows.Score(this, rows, predictions, transforms: true);

    /// <inheritdoc cref="Predict(ReadOnlySpan{double}, Span{float})"/>
    public void Predict(ReadOnlySpan<float> rows, Span<float> predictions) => BoostedTreesRows.Score(this, rows, predictions, transforms: true);

    /// <summary>Predictions of rows that lie one after another, (n × outputs), as doubles.</summary>
    internal void Predict(ReadOnlySpan<double> rows, Span<double> predictions)
    {
        float[] own = new float[predictions.Length];
        Predict(rows, own);
        for (int i = 0; i < own.Length; i++) predictions[i] = own[i];
    }

    /// <summary>The node that each row comes to in each tree, (rows × trees).</summary>
    public int[,] Leaves(Features x)
    {
        ArgumentNullException.ThrowIfNull(x);
        int[,] leaves = new int[x.Rows, Trees.Length];
        double[] row = new double[x.Columns];
        for (int i = 0; i < x.Rows; i++)
        {
            x.CopyRows(i, row);
            for (int t = 0; t < Trees.Length; t++) leaves[i, t] = Trees[t].Leaf(row);
        }
        return leaves;
    }

    /// <summary>The mean gain of the splits on each feature, or with <paramref name="total"/> its sum; 0 where there is none.</summary>
    public double[] Gains(bool total = false)
    {
        double[] sums = new double[Schema.Features.Length];
        int[] counts = new int[sums.Length];
        foreach (var tree in Trees)
        {
            foreach (int node in tree.Reachable())
            {
                if (tree.Left[node] < 0) continue;
                sums[tree.Feature[node]] += tree.Gain[node];
                counts[tree.Feature[node]]++;
            }
        }
        return total ? sums : [.. sums.Select((s, j) => counts[j] == 0 ? 0 : s / counts[j])];
    }
}
