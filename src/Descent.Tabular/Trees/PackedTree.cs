using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tabular;

/// <summary>The questions of a tree without categories, each in one place of memory, asked of several rows in turn so that none waits for the memory of another.</summary>
sealed class PackedTree
{
    const int RowsInFlight = 8, MostColumns = 256;

    readonly Node[] _nodes;

    // A tree is packed when it is first asked, and for as long as it lives.
    static readonly ConditionalWeakTable<Tree, PackedTree> s_packed = [];

    PackedTree(Tree tree)
    {
        var nodes = new List<Node>(tree.Nodes) { default };
        var waiting = new Queue<(int Node, int Place)>([(0, 0)]);
        while (waiting.TryDequeue(out var next))
        {
            var (node, place) = next;
            if (tree.Left[node] < 0)
            {
                // A leaf leads to itself, whatever the row.
                nodes[place] = new(float.PositiveInfinity, 0, place, node);
                continue;
            }
            nodes[place] = new(AtMost(tree.Threshold[node]), tree.Feature[node], nodes.Count, node);
            waiting.Enqueue((tree.Left[node], nodes.Count));
            waiting.Enqueue((tree.Right[node], nodes.Count + 1));
            nodes.Add(default);
            nodes.Add(default);
        }
        _nodes = [.. nodes];
    }

    /// <param name="Threshold">The greatest value that goes left.</param>
    /// <param name="Feature">The feature.</param>
    /// <param name="Left">The place of the left child, behind which the right one lies.</param>
    /// <param name="Number">The node's number in the tree.</param>
    readonly record struct Node(float Threshold, int Feature, int Left, int Number);

    /// <summary>The leaf that each row comes to.</summary>
    internal static void Leaves(Tree tree, ReadOnlySpan<double> rows, int columns, Span<int> leaves)
    {
        int first = 0;
        if (tree.LeftLevels.IsEmpty && columns <= MostColumns)
        {
            var packed = s_packed.GetValue(tree, static t => new(t));
            Span<float> values = stackalloc float[RowsInFlight * columns];
            for (; first <= leaves.Length - RowsInFlight; first += RowsInFlight)
            {
                TensorPrimitives.ConvertTruncating(rows.Slice(first * columns, RowsInFlight * columns), values);
                var own = leaves.Slice(first, RowsInFlight);
                if (!float.IsNaN(TensorPrimitives.Max<float>(values))) packed.Walk(values, columns, own);
                else
                    for (int i = 0; i < RowsInFlight; i++) own[i] = tree.Leaf(rows.Slice((first + i) * columns, columns));
            }
        }
        for (; first < leaves.Length; first++) leaves[first] = tree.Leaf(rows.Slice(first * columns, columns));
    }

    /// <summary>Walks until no row comes farther; without branches, since where a row goes cannot be foretold.</summary>
    void Walk(ReadOnlySpan<float> rows, int columns, Span<int> places)
    {
        var nodes = _nodes;
        places.Clear();
        int moved = 1;
        while (moved != 0)
        {
            moved = 0;
            for (int i = 0, start = 0; i < places.Length; i++, start += columns)
            {
                var node = nodes[places[i]];
                int next = node.Left + (rows[start + node.Feature] > node.Threshold ? 1 : 0);
                moved |= next ^ places[i];
                places[i] = next;
            }
        }
        foreach (ref int place in places) place = nodes[place].Number;
    }

    /// <summary>The greatest float that is no greater: a float is at most the one where it is at most the other.</summary>
    static float AtMost(double threshold)
    {
        float rounded = (float)threshold;
        return rounded > threshold ? MathF.BitDecrement(rounded) : rounded;
    }
}
