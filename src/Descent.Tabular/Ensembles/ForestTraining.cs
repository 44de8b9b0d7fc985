using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Many trees, each grown from its own draw; which thread grows which changes nothing.</summary>
static class ForestTraining
{
    const int BlockRows = 256;

    internal static (ImmutableArray<Tree> Trees, bool[][]? LeftOut) Grow(int count, Bag bag, double[] weights, bool keepLeftOut, Func<double[], Generator, Tree> grow)
    {
        var trees = new Tree[count];
        bool[][]? leftOut = keepLeftOut ? new bool[count][] : null;
        WorkerPool.For(count, k =>
        {
            var generator = bag.Generator(k);
            int[] counts = bag.Counts(weights.Length, generator);
            trees[k] = grow(Bag.Weigh(weights, counts), generator);
            if (leftOut is not null) leftOut[k] = Array.ConvertAll(counts, c => c == 0);
        });
        return ([.. trees], leftOut);
    }

    /// <summary>For each row the mean of what the trees say that were grown without it; NaN where there is none.</summary>
    internal static double[] OutOfBag(ImmutableArray<Tree> trees, bool[][] leftOut, Features x)
    {
        int outputs = trees[0].Outputs;
        double[] means = new double[x.Rows * outputs];
        WorkerPool.For((x.Rows + BlockRows - 1) / BlockRows, block =>
        {
            double[] row = new double[x.Columns];
            for (int i = block * BlockRows; i < Math.Min(x.Rows, (block + 1) * BlockRows); i++)
            {
                x.CopyRows(i, row);
                var sums = means.AsSpan(i * outputs, outputs);
                int votes = 0;
                for (int k = 0; k < trees.Length; k++)
                {
                    if (!leftOut[k][i]) continue;
                    votes++;
                    if (outputs == 1) sums[0] += trees[k].Value(trees[k].Leaf(row))[0];
                    else TreeVotes.AddShares(trees[k], row, sums, 1);
                }
                foreach (ref double sum in sums) sum = votes == 0 ? double.NaN : sum / votes;
            }
        });
        return means;
    }

    internal static double[] Importances(ImmutableArray<Tree> trees, int features)
    {
        double[] means = new double[features];
        foreach (var tree in trees)
        {
            double[] own = tree.Importances(features);
            for (int j = 0; j < features; j++) means[j] += own[j] / trees.Length;
        }
        double total = means.Sum();
        return total > 0 ? Array.ConvertAll(means, m => m / total) : means;
    }
}
