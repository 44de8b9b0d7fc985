using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Descent.Tabular;

/// <summary>A node while its tree grows.</summary>
struct BoostingNode
{
    internal int Parent, Left, Right, Feature, Rows;
    internal int[]? Levels;
    internal float Value, Weight, Gain, SplitGain;
    internal bool MissingLeft;
    internal GradientSum Sum;
    internal WeightBounds Bounds;

    internal void SplitOn(int feature, float value, bool missingLeft, float gain) =>
        (Feature, Value, MissingLeft, SplitGain) = (feature, value, missingLeft, gain);
}

/// <summary>The nodes of a tree that grows from gradients, in the order they were made.</summary>
sealed class BoostingNodes
{
    readonly List<BoostingNode> _nodes = [];

    internal int Count => _nodes.Count;

    internal ref BoostingNode this[int node] => ref CollectionsMarshal.AsSpan(_nodes)[node];

    internal int Add(int parent, WeightBounds bounds)
    {
        _nodes.Add(new() { Parent = parent, Left = -1, Right = -1, Bounds = bounds });
        return _nodes.Count - 1;
    }

    /// <summary>Takes back splits whose children are leaves and that gain less than a price, from the bottom up. Their places stay empty.</summary>
    internal void Prune(float price)
    {
        if (price <= 0) return;
        // Children come after their parents.
        for (int node = Count - 1; node >= 0; node--)
        {
            ref var own = ref this[node];
            if (own.Left >= 0 && this[own.Left].Left < 0 && this[own.Right].Left < 0 && own.SplitGain < price) own.Left = own.Right = -1;
        }
    }

    /// <summary>The leaf that a node is part of after pruning: itself, or what took back the splits that led to it.</summary>
    internal int LeafAbove(int node)
    {
        int leaf = node;
        for (int above = this[node].Parent; above >= 0; above = this[above].Parent)
            if (this[above].Left < 0) leaf = above;
        return leaf;
    }

    /// <param name="learningRate">Shrinks the values of leaves.</param>
    internal Tree ToTree(float learningRate) => new()
    {
        Outputs = 1,
        Left = [.. _nodes.Select(n => n.Left)],
        Right = [.. _nodes.Select(n => n.Right)],
        Feature = [.. _nodes.Select(n => n.Left < 0 ? -2 : n.Feature)],
        Threshold = [.. _nodes.Select(n => n.Left < 0 ? -2.0 : n.Levels is not null ? 0 : BoostingSplit.ToThreshold(n.Value))],
        MissingLeft = [.. _nodes.Select(n => n.Left >= 0 && n.MissingLeft)],
        LeftLevels = _nodes.Exists(n => n.Left >= 0 && n.Levels is not null) ? [.. _nodes.Select(n => n.Left >= 0 && n.Levels is not null ? ImmutableArray.Create(n.Levels) : [])] : [],
        Values = [.. _nodes.Select(n => (double)(n.Left < 0 ? n.Weight * learningRate : n.Weight))],
        Cover = [.. _nodes.Select(n => (double)(float)n.Sum.Hessian)],
        Rows = this[0].Rows > 0 ? [.. _nodes.Select(n => n.Rows)] : [],
        Gain = [.. _nodes.Select(n => n.Left < 0 ? 0.0 : n.SplitGain)],
    };
}

/// <summary>XGBoost sends x &lt; c to the left; here it is x ≤ t, with the float t before c.</summary>
static class BoostingSplit
{
    internal static double ToThreshold(float condition) => MathF.BitDecrement(condition);

    internal static float ToCondition(double threshold) => MathF.BitIncrement(Floor(threshold));

    /// <summary>The greatest float that is no greater: what floats are compared with alike.</summary>
    internal static float Floor(double threshold) => (float)threshold is var nearest && nearest > threshold ? MathF.BitDecrement(nearest) : nearest;
}
