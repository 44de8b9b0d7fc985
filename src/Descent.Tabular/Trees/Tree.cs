using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>
/// A binary decision tree as flat arrays, one entry a node, the root first. A row goes left where its feature, as a float32, is at most
/// the threshold; a missing value goes by a flag; a category goes left if its level is in a list.
/// </summary>
public sealed record Tree
{
    /// <summary>Numbers per node: classes, or 1.</summary>
    public required int Outputs { get; init; }

    /// <summary>The left child of each node, −1 of a leaf.</summary>
    public required ImmutableArray<int> Left { get; init; }

    /// <summary>The right child of each node, −1 of a leaf.</summary>
    public required ImmutableArray<int> Right { get; init; }

    /// <summary>The feature each node asks, −2 of a leaf.</summary>
    public required ImmutableArray<int> Feature { get; init; }

    /// <summary>The greatest value that goes left; −2 of a leaf.</summary>
    public required ImmutableArray<double> Threshold { get; init; }

    /// <summary>Whether a missing value goes left.</summary>
    public required ImmutableArray<bool> MissingLeft { get; init; }

    /// <summary>The levels that go left, rising, of each node that asks for a category; empty where there is none.</summary>
    public ImmutableArray<ImmutableArray<int>> LeftLevels { get; init; } = [];

    /// <summary>What each node says, (nodes × outputs): a number, or the weights of the classes in training.</summary>
    public required ImmutableArray<double> Values { get; init; }

    /// <summary>The weight of the training rows that came to each node; the sum of hessians in second-order boosting.</summary>
    public required ImmutableArray<double> Cover { get; init; }

    /// <summary>How many training rows came to each node; empty where that is not kept.</summary>
    public ImmutableArray<int> Rows { get; init; } = [];

    /// <summary>The impurity of each node; empty where that is not kept.</summary>
    public ImmutableArray<double> Impurity { get; init; } = [];

    /// <summary>By how much each split improves the objective, 0 of a leaf; empty where it follows from the impurities.</summary>
    public ImmutableArray<double> Gain { get; init; } = [];

    /// <summary>Of leaves that say a linear function what it is, null of other nodes; empty where there is none.</summary>
    public ImmutableArray<LinearLeaf?> LinearLeaves { get; init; } = [];

    /// <summary>The number of nodes.</summary>
    public int Nodes => Left.Length;

    /// <summary>The number of leaves that can be reached.</summary>
    public int Leaves => Reachable().Count(node => Left[node] < 0);

    /// <summary>The greatest number of questions before a leaf.</summary>
    public int Depth
    {
        get
        {
            int[] depth = new int[Nodes];
            int deepest = 0;
            foreach (int node in Reachable())
            {
                deepest = Math.Max(deepest, depth[node]);
                if (Left[node] >= 0) depth[Left[node]] = depth[Right[node]] = depth[node] + 1;
            }
            return deepest;
        }
    }

    /// <summary>The leaf that a row of features comes to.</summary>
    public int Leaf(ReadOnlySpan<double> row)
    {
        int node = 0;
        while (Left[node] >= 0) node = GoesLeft(node, row[Feature[node]]) ? Left[node] : Right[node];
        return node;
    }

    /// <summary>What a node says.</summary>
    public ReadOnlySpan<double> Value(int node) => Values.AsSpan(node * Outputs, Outputs);

    /// <summary>What a tree of one output says to a row, as a float32.</summary>
    internal float Output(ReadOnlySpan<double> row)
    {
        int leaf = Leaf(row);
        return (float)(!LinearLeaves.IsEmpty && LinearLeaves[leaf] is { } line ? line.At(row, Values[leaf]) : Values[leaf]);
    }

    internal bool GoesLeft(int node, double value)
    {
        float x = (float)value;
        if (float.IsNaN(x)) return MissingLeft[node];
        return IsCategorical(node) ? LeftLevels[node].AsSpan().BinarySearch((int)x) >= 0 : x <= Threshold[node];
    }

    internal bool IsCategorical(int node) => !LeftLevels.IsEmpty && !LeftLevels[node].IsDefaultOrEmpty;

    /// <summary>The nodes a row can come to, parents before children, left before right.</summary>
    internal IEnumerable<int> Reachable()
    {
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out int node))
        {
            yield return node;
            if (Left[node] < 0) continue;
            waiting.Push(Right[node]);
            waiting.Push(Left[node]);
        }
    }

    /// <summary>By how much the splits on each feature lower the impurity, weighted and as shares of 1; all 0 of a single leaf.</summary>
    internal double[] Importances(int features)
    {
        double[] sums = new double[features];
        foreach (int node in Reachable())
        {
            if (Left[node] < 0) continue;
            int left = Left[node], right = Right[node];
            sums[Feature[node]] += Cover[node] * Impurity[node] - Cover[left] * Impurity[left] - Cover[right] * Impurity[right];
        }
        double total = sums.Sum();
        return total > 0 ? Array.ConvertAll(sums, s => s / total) : sums;
    }
}
