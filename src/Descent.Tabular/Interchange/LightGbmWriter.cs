using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>Writes boosted trees as LightGBM 4 saves them.</summary>
static class LightGbmWriter
{
    const int MostLevels = 1 << 20;

    const int Categorical = 1, DefaultLeft = 2, MissingIsNaN = 2 << 2;

    internal static string Write(BoostedTrees model)
    {
        int outputs = model.Objective.Outputs;
        string objective = LightGbmObjectives.Write(model.Objective);
        var features = model.Schema.Features;
        int[] levels = LevelCounts(model);
        // A tree of each output in turn, with an empty one where an output has fewer.
        int[][] groups = [.. Enumerable.Range(0, outputs).Select(k => Enumerable.Range(0, model.Trees.Length).Where(t => model.Groups[t] == k).ToArray())];
        int rounds = Math.Max(1, groups.Max(g => g.Length));
        var trees = new List<string>();
        float[] start = new float[outputs];
        model.FillBase(start);
        for (int round = 0; round < rounds; round++)
            for (int k = 0; k < outputs; k++)
                // What scores start from goes into the first trees.
                trees.Add(round < groups[k].Length
                    ? Tree(model.Trees[groups[k][round]], trees.Count, model.TreeWeights.IsEmpty ? 1 : model.TreeWeights[groups[k][round]], round == 0 ? start[k] : 0, levels)
                    : Tree(null, trees.Count, 1, round == 0 ? start[k] : 0, levels));

        var text = new StringBuilder();
        text.Append("tree\nversion=v4\n");
        text.Append(CultureInfo.InvariantCulture, $"num_class={outputs}\nnum_tree_per_iteration={outputs}\nlabel_index=0\nmax_feature_idx={features.Length - 1}\nobjective={objective}\n");
        text.Append("feature_names=").AppendJoin(' ', features.Select(f => new string([.. f.Name.Select(c => char.IsWhiteSpace(c) ? '_' : c)]))).Append('\n');
        text.Append("feature_infos=").AppendJoin(' ', levels.Select(count => count == 0 ? "none" : string.Join(':', Enumerable.Range(0, count)))).Append('\n');
        text.Append("tree_sizes=").AppendJoin(' ', trees.Select(Encoding.UTF8.GetByteCount)).Append("\n\n");
        text.AppendJoin("", trees).Append("end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n");
        return text.ToString();
    }

    /// <summary>By feature the number of levels that its splits can ask for, 0 of numbers.</summary>
    static int[] LevelCounts(BoostedTrees model)
    {
        int[] counts = [.. model.Schema.Features.Select(f => f.Levels.Length)];
        foreach (var tree in model.Trees)
            foreach (int node in tree.Reachable().Where(tree.IsCategorical))
                counts[tree.Feature[node]] = Math.Max(counts[tree.Feature[node]], tree.LeftLevels[node][^1] + 1);
        int most = counts.Max();
        return most <= MostLevels ? counts : throw new InvalidOperationException($"A category has {most} levels; LightGBM's sets are written for up to {MostLevels}.");
    }

    static string Tree(Tree? tree, int number, double factor, double start, int[] levels)
    {
        int[] order = tree is null ? [] : [.. tree.Reachable()];
        int[] inner = [.. order.Where(node => tree!.Left[node] >= 0)], leaves = [.. order.Where(node => tree!.Left[node] < 0)], places = new int[tree?.Nodes ?? 0];
        for (int i = 0; i < inner.Length; i++) places[inner[i]] = i;
        for (int i = 0; i < leaves.Length; i++) places[leaves[i]] = ~i;
        var (boundaries, words) = (new List<int> { 0 }, new List<uint>());
        // A missing category goes right there; where it goes left here, the sides are changed and the other levels listed.
        bool[] isTurned = new bool[tree?.Nodes ?? 0];
        var sets = new Dictionary<int, int>();
        foreach (int node in inner.Where(tree is null ? _ => false : tree.IsCategorical))
        {
            isTurned[node] = tree!.MissingLeft[node];
            sets.Add(node, sets.Count);
            IEnumerable<int> set = isTurned[node] ? Enumerable.Range(0, levels[tree.Feature[node]]).Except(tree.LeftLevels[node]) : tree.LeftLevels[node];
            uint[] bits = new uint[levels[tree.Feature[node]] / 32 + 1];
            foreach (int level in set) bits[level / 32] |= 1u << level % 32;
            words.AddRange(bits);
            boundaries.Add(words.Count);
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Tree={number}\nnum_leaves={Math.Max(1, leaves.Length)}\nnum_cat={sets.Count}\n");
        Line("split_feature", inner.Select(node => tree!.Feature[node]));
        Line("split_gain", inner.Select(node => tree!.Gain.IsEmpty ? 0 : tree.Gain[node]));
        Line("threshold", inner.Select(node => sets.TryGetValue(node, out int set) ? set : tree!.Threshold[node]));
        Line("decision_type", inner.Select(node => sets.ContainsKey(node) ? Categorical | MissingIsNaN : (tree!.MissingLeft[node] ? DefaultLeft : 0) | MissingIsNaN));
        Line("left_child", inner.Select(node => places[isTurned[node] ? tree!.Right[node] : tree!.Left[node]]));
        Line("right_child", inner.Select(node => places[isTurned[node] ? tree!.Left[node] : tree!.Right[node]]));
        Line("leaf_value", tree is null ? [start] : leaves.Select(node => start + factor * tree.Values[node]));
        Line("leaf_weight", leaves.Select(node => tree!.Cover[node]));
        Line("leaf_count", leaves.Select(Count));
        Line("internal_value", inner.Select(node => start + factor * tree!.Values[node]));
        Line("internal_weight", inner.Select(node => tree!.Cover[node]));
        Line("internal_count", inner.Select(Count));
        if (sets.Count > 0)
        {
            Line("cat_boundaries", boundaries);
            Line("cat_threshold", words);
        }
        bool isLinear = tree is not null && !tree.LinearLeaves.IsEmpty;
        text.Append(CultureInfo.InvariantCulture, $"is_linear={(isLinear ? 1 : 0)}\n");
        if (isLinear)
        {
            var lines = leaves.Select(node => tree!.LinearLeaves[node] ?? new(tree.Values[node], [], [])).ToArray();
            Line("leaf_const", lines.Select(line => start + factor * line.Constant));
            Line("num_features", lines.Select(line => line.Features.Length));
            Line("leaf_features", lines.SelectMany(line => line.Features));
            Line("leaf_coeff", lines.SelectMany(line => line.Coefficients).Select(c => factor * c));
        }
        return text.Append("shrinkage=1\n\n\n").ToString();

        int Count(int node) => tree!.Rows.IsEmpty ? (int)Math.Clamp(Math.Round(tree.Cover[node]), 0, int.MaxValue) : tree.Rows[node];

        void Line<T>(string key, IEnumerable<T> values) where T : IFormattable =>
            text.Append(key).Append('=').AppendJoin(' ', values.Select(v => v.ToString(null, CultureInfo.InvariantCulture))).Append('\n');
    }
}
