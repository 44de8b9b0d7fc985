using System.Runtime.CompilerServices;

namespace Descent.Tabular;

/// <summary>The questions of a tree without categories, each in one place of memory, asked of several rows in turn so that none waits for the memory of another.</summary>
sealed class PackedTree
{
    const int RowsInFlight = 8;
    const int LeftFlag = int.MinValue;

    readonly Node[] _nodes;

    // A tree is packed when it is first asked, and for as long as it lives.
    static readonly ConditionalWeakTable<Tree, PackedTree> s_packed = [];

    PackedTree(Tree tree)
    {
        _nodes = new Node[tree.Nodes];
        for (int node = 0; node < _nodes.Length; node++)
            _nodes[node] = tree.Left[node] < 0
                ? new(0, 0, -1, -1)
                : new(AtMost(tree.Threshold[node]), tree.Feature[node] | (tree.MissingLeft[node] ? LeftFlag : 0), tree.Left[node], tree.Right[node]);
    }

    readonly record struct Node(float Threshold, int Feature, int Left, int Right);

    /// <summary>The leaf that each row comes to.</summary>
    internal static void Leaves(Tree tree, ReadOnlySpan<double> rows, int columns, Span<int> leaves)
    {
        int first = 0;
        if (tree.LeftLevels.IsEmpty)
        {
            var packed = s_packed.GetValue(tree, static t => new(t));
            for (; first <= leaves.Length - RowsInFlight; first += RowsInFlight)
                packed.Walk(rows.Slice(first * columns, RowsInFlight * columns), columns, leaves.Slice(first, RowsInFlight));
        }
        for (; first < leaves.Length; first++) leaves[first] = tree.Leaf(rows.Slice(first * columns, columns));
    }

    void Walk(ReadOnlySpan<double> rows, int columns, Span<int> leaves)
    {
        leaves.Clear();
        bool isOnTheWay = true;
        while (isOnTheWay)
        {
            isOnTheWay = false;
            for (int i = 0; i < leaves.Length; i++)
            {
                ref readonly var node = ref _nodes[leaves[i]];
                if (node.Left < 0) continue;
                float value = (float)rows[i * columns + (node.Feature & ~LeftFlag)];
                // NaN is neither at most the threshold nor above it.
                bool goesLeft = node.Feature < 0 ? !(value > node.Threshold) : value <= node.Threshold;
                leaves[i] = goesLeft ? node.Left : node.Right;
                isOnTheWay = true;
            }
        }
    }

    /// <summary>The greatest float that is no greater: a float is at most the one where it is at most the other.</summary>
    static float AtMost(double threshold)
    {
        float rounded = (float)threshold;
        return rounded > threshold ? MathF.BitDecrement(rounded) : rounded;
    }
}
