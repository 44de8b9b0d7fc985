using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What the importance of a feature in trees counts.</summary>
public enum TreeImportance
{
    /// <summary>The mean by which its splits improve the objective (of trees that are not boosted, lower the weighted impurity).</summary>
    Gain,

    /// <summary>The sum of the same.</summary>
    TotalGain,

    /// <summary>The mean weight (in second-order boosting hessian) of the training rows that its splits part.</summary>
    Cover,

    /// <summary>The sum of the same.</summary>
    TotalCover,

    /// <summary>How often it is split on.</summary>
    Count,

    /// <summary>By how much its splits lower the impurity (or improve the objective), as shares of 1 in each tree, averaged over the trees.</summary>
    Impurity,
}

/// <summary>What the trees of a model say of its features.</summary>
public static class TreeImportances
{
    extension(IModel model)
    {
        /// <summary>The importance of each feature in a model that is a sum of trees, in the order of the features; 0 of one that is never asked for.</summary>
        /// <exception cref="NotSupportedException">The model is no sum of trees. <see cref="PermutationImportance"/> takes any model.</exception>
        public ImmutableArray<FeatureImportance> Importances(TreeImportance kind)
        {
            ArgumentNullException.ThrowIfNull(model);
            if (TreeSum.Of(model) is not { } trees)
                throw new NotSupportedException($"Importances: a {model.GetType().Name} is no sum of trees. Measure it with {nameof(PermutationImportance)}, which takes any model.");
            double[] sums = kind == TreeImportance.Impurity ? Shares(trees) : Sums(trees, kind);
            return [.. sums.Select((sum, j) => new FeatureImportance(model.Schema.Features[j].Name, sum))];
        }
    }

    static double[] Sums(TreeSum trees, TreeImportance kind)
    {
        double[] sums = new double[trees.Schema.Features.Length];
        int[] counts = new int[sums.Length];
        foreach (var term in trees.Terms)
            foreach (int node in term.Tree.Reachable())
            {
                if (term.Tree.Left[node] < 0) continue;
                int feature = term.Feature(node);
                counts[feature]++;
                sums[feature] += kind switch
                {
                    TreeImportance.Count => 1,
                    TreeImportance.Cover or TreeImportance.TotalCover => term.Tree.Cover[node],
                    _ => Gain(term.Tree, node),
                };
            }
        if (kind is TreeImportance.Gain or TreeImportance.Cover)
            for (int j = 0; j < sums.Length; j++) sums[j] /= Math.Max(1, counts[j]);
        return sums;
    }

    static double[] Shares(TreeSum trees)
    {
        double[] means = new double[trees.Schema.Features.Length], own = new double[means.Length];
        int grown = 0;
        foreach (var term in trees.Terms)
        {
            Array.Clear(own);
            foreach (int node in term.Tree.Reachable())
                if (term.Tree.Left[node] >= 0) own[term.Feature(node)] += Gain(term.Tree, node);
            double sum = own.Sum();
            if (!(sum > 0)) continue;
            grown++;
            for (int j = 0; j < own.Length; j++) means[j] += own[j] / sum;
        }
        // Trees of a single leaf say nothing of features.
        return grown == 0 ? means : Array.ConvertAll(means, m => m / grown);
    }

    static double Gain(Tree tree, int node)
    {
        if (!tree.Gain.IsEmpty) return tree.Gain[node];
        if (tree.Impurity.IsEmpty) return 0;
        int left = tree.Left[node], right = tree.Right[node];
        return tree.Cover[node] * tree.Impurity[node] - tree.Cover[left] * tree.Impurity[left] - tree.Cover[right] * tree.Impurity[right];
    }
}
