namespace Descent.Tabular;

/// <summary>New values for the leaves of trees whose splits stay: one tree after another is fitted to other rows, and meets its old values part of the way.</summary>
static class BoostingRefit
{
    /// <param name="options">Penalties, and the learning rate.</param>
    /// <param name="model">The trees.</param>
    /// <param name="set">The rows.</param>
    /// <param name="targets">What is to be predicted of them.</param>
    /// <param name="decay">The share that stays of the old values.</param>
    internal static BoostedTrees Run(BoostingOptions options, BoostedTrees model, BoostingSet set, BoostingTargets targets, double decay)
    {
        if (model.Trees.Any(t => !t.LinearLeaves.IsEmpty)) throw new ArgumentException("Linear leaves are not fitted anew. Train again, or continue from the model.", nameof(model));
        var objective = model.Objective;
        int outputs = objective.Outputs;
        var gain = new SplitGain(options with { MinChildWeight = 0, Monotone = [] }, options.MaxDeltaStep);
        var rows = new BoostingRows(set, targets, model.Cut(0), isRevised: !model.TreeWeights.IsEmpty);
        float[] gradients = new float[rows.Margins.Length], hessians = new float[rows.Margins.Length];
        var trees = model.Trees.ToBuilder();
        for (int round = 0; round < model.Rounds; round++)
        {
            objective.Gradients(rows.Margins, targets, round, gradients, hessians);
            float[] margins = [.. rows.Margins];
            for (int t = round * outputs; t < (round + 1) * outputs; t++)
            {
                int k = model.Groups[t];
                int[] leaves = TreeRows.Leaves(trees[t], rows.Data);
                double[] old = [.. trees[t].Values];
                var fresh = objective.LeafQuantile(k) is { } share
                    ? LeafRenewal.Quantiles(trees[t], leaves, margins, k, outputs, targets, share, options.LearningRate)
                    : Newton(trees[t], leaves, gradients, hessians, k, outputs, gain, options.LearningRate);
                trees[t] = trees[t] with { Values = [.. old.Select((value, node) => trees[t].Left[node] < 0 ? (double)(float)(decay * value + (1 - decay) * fresh.Values[node]) : value)] };
                rows.Add(rows.Values(trees[t], leaves), k, model.TreeWeights.IsEmpty ? 1 : model.TreeWeights[t]);
            }
        }
        return model with { Trees = trees.ToImmutable() };
    }

    static Tree Newton(Tree tree, int[] leaves, float[] gradients, float[] hessians, int output, int outputs, SplitGain gain, float learningRate)
    {
        var sums = new GradientSum[tree.Nodes];
        for (int i = 0; i < leaves.Length; i++) sums[leaves[i]] += new GradientSum(gradients[i * outputs + output], hessians[i * outputs + output]);
        return tree with { Values = [.. sums.Select(sum => (double)gain.Weight(sum, WeightBounds.None) * learningRate)] };
    }
}
