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

    /// <summary>The scores of rows that lie one after another, (n × outputs), before they become predictions.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="margins">(n × outputs) scores.</param>
    public void Margins(ReadOnlySpan<double> rows, Span<float> margins)
    {
        int columns = Schema.Features.Length, outputs = Objective.Outputs;
        margins.Fill(Objective.Margin(BaseScore));
        // Tree by tree, so that a tree stays in the cache while the block of rows passes.
        for (int t = 0; t < Trees.Length; t++)
        {
            var tree = Trees[t];
            for (int i = 0, at = Groups[t]; at < margins.Length; i++, at += outputs)
                margins[at] += (float)tree.Values[tree.Leaf(rows.Slice(i * columns, columns))];
        }
    }

    /// <summary>Predictions of rows that lie one after another, (n × outputs): means, or probabilities.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="predictions">(n × outputs) predictions.</param>
    public void Predict(ReadOnlySpan<double> rows, Span<float> predictions)
    {
        Margins(rows, predictions);
        Objective.Transform(predictions);
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
