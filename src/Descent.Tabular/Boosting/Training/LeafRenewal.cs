using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>New values for the leaves of a tree whose splits stay.</summary>
static class LeafRenewal
{
    /// <summary>Leaves that hold a quantile of what is left of their rows, shrunk by the learning rate.</summary>
    internal static Tree Quantiles(Tree tree, int[] leaves, float[] margins, int output, int outputs, BoostingTargets targets, double share, float learningRate)
    {
        double[] values = [.. tree.Values];
        var groups = RowsByLeaf(tree, leaves, targets);
        WorkerPool.For(groups.Length, node =>
        {
            if (groups[node] is not { } rows) return;
            double[] rest = Array.ConvertAll(rows, i => (double)(targets.Values[i] - margins[i * outputs + output]));
            values[node] = (float)BoostingTargets.Quantile(rest, Array.ConvertAll(rows, i => targets.Weights[i]), targets.IsWeighted, share) * learningRate;
        });
        return tree with { Values = [.. values] };
    }

    /// <summary>The rows of weight that came to each node, null of nodes to which none did.</summary>
    internal static int[]?[] RowsByLeaf(Tree tree, int[] leaves, BoostingTargets targets)
    {
        int[] counts = new int[tree.Nodes];
        for (int i = 0; i < leaves.Length; i++)
            if (targets.Weights[i] > 0) counts[leaves[i]]++;
        int[]?[] rows = [.. counts.Select(count => count == 0 ? null : new int[count])];
        Array.Clear(counts);
        for (int i = 0; i < leaves.Length; i++)
            if (targets.Weights[i] > 0) rows[leaves[i]]![counts[leaves[i]]++] = i;
        return rows;
    }
}
