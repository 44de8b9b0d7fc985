using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Where the rows of a table come to in a tree.</summary>
static class TreeRows
{
    const int BlockRows = 4096;

    internal static int[] Leaves(Tree tree, TreeData data)
    {
        int[] leaves = new int[data.Rows];
        Leaves(tree, data, leaves);
        return leaves;
    }

    internal static void Leaves(Tree tree, TreeData data, int[] leaves) =>
        WorkerPool.For((data.Rows + BlockRows - 1) / BlockRows, block =>
        {
            for (int i = block * BlockRows; i < Math.Min(data.Rows, (block + 1) * BlockRows); i++)
            {
                int node = 0;
                while (tree.Left[node] >= 0) node = tree.GoesLeft(node, data.Columns[tree.Feature[node]][i]) ? tree.Left[node] : tree.Right[node];
                leaves[i] = node;
            }
        });
}
