using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>
/// A sum of trees as one operator. It compares with thresholds alone, so each set of levels that a node asks for becomes a feature more:
/// 1 where the level is in the set.
/// </summary>
sealed class OnnxTrees(OnnxBuilder graph, TreeSum trees)
{
    readonly List<long> _treeIds = [], _nodeIds = [], _features = [], _trueNodes = [], _falseNodes = [], _missingTrue = [];
    readonly List<float> _values = [], _weights = [];
    readonly List<string> _modes = [];
    readonly List<long> _targetTrees = [], _targetNodes = [], _targets = [];
    readonly OrderedDictionary<string, (int Feature, ImmutableArray<int> Set, bool MissingIn)> _sets = [];

    /// <returns>The name of the sums, (N × outputs).</returns>
    internal string Add()
    {
        for (int t = 0; t < trees.Terms.Length; t++) Add(trees.Terms[t], t);
        // The operator wants a tree.
        if (trees.Terms.IsEmpty) AddLeaf(0, 0);
        string input = _sets.Count == 0 ? OnnxBuilder.Input : graph.Add("Concat", [OnnxBuilder.Input, .. _sets.Values.Select(Indicator)], ("axis", 1L));
        return graph.AddMachineLearning("TreeEnsembleRegressor", [input],
            ("n_targets", (long)trees.Outputs.Length), ("aggregate_function", "SUM"), ("post_transform", "NONE"), ("base_values", OnnxBuilder.Floats(trees.Start)),
            ("nodes_treeids", _treeIds.ToArray()), ("nodes_nodeids", _nodeIds.ToArray()), ("nodes_featureids", _features.ToArray()), ("nodes_modes", _modes.ToArray()),
            ("nodes_values", _values.ToArray()), ("nodes_truenodeids", _trueNodes.ToArray()), ("nodes_falsenodeids", _falseNodes.ToArray()),
            ("nodes_missing_value_tracks_true", _missingTrue.ToArray()), ("target_treeids", _targetTrees.ToArray()), ("target_nodeids", _targetNodes.ToArray()),
            ("target_ids", _targets.ToArray()), ("target_weights", _weights.ToArray()));
    }

    void Add(in TreeTerm term, int number)
    {
        var tree = term.Tree;
        double[] values = term.NodeValues();
        foreach (int node in tree.Reachable())
        {
            if (tree.Left[node] < 0)
            {
                AddLeaf(number, node);
                for (int k = 0; k < tree.Outputs; k++) AddTarget(number, node, term.First + k, values[node * tree.Outputs + k]);
                continue;
            }
            bool isSet = tree.IsCategorical(node);
            // An indicator of 0 is at most ½, and goes the way of what is not in the set.
            AddNode(number, node, isSet ? Place(term.Feature(node), tree.LeftLevels[node], tree.MissingLeft[node]) : term.Feature(node), isSet ? 0.5f : BoostingSplit.Floor(tree.Threshold[node]), "BRANCH_LEQ",
                isSet ? tree.Right[node] : tree.Left[node], isSet ? tree.Left[node] : tree.Right[node], !isSet && tree.MissingLeft[node]);
        }
    }

    void AddLeaf(int tree, int node)
    {
        AddNode(tree, node, 0, 0, "LEAF", 0, 0, false);
        if (trees.Terms.IsEmpty) AddTarget(tree, node, 0, 0);
    }

    void AddNode(int tree, int node, int feature, float value, string mode, int whenTrue, int whenFalse, bool missingTrue)
    {
        _treeIds.Add(tree);
        _nodeIds.Add(node);
        _features.Add(feature);
        _values.Add(value);
        _modes.Add(mode);
        _trueNodes.Add(whenTrue);
        _falseNodes.Add(whenFalse);
        _missingTrue.Add(missingTrue ? 1 : 0);
    }

    void AddTarget(int tree, int node, int target, double weight)
    {
        _targetTrees.Add(tree);
        _targetNodes.Add(node);
        _targets.Add(target);
        _weights.Add((float)weight);
    }

    /// <summary>The column of a set's indicator.</summary>
    int Place(int feature, ImmutableArray<int> set, bool missingIn)
    {
        string key = $"{feature} {missingIn} {string.Join(' ', set)}";
        _sets.TryAdd(key, (feature, set, missingIn));
        return trees.Schema.Features.Length + _sets.IndexOf(key);
    }

    string Indicator((int Feature, ImmutableArray<int> Set, bool MissingIn) of)
    {
        string column = graph.Add("Gather", [OnnxBuilder.Input, graph.Constant($"feature{of.Feature}", Tensor.From<long>([of.Feature], [1]))], ("axis", 1L));
        // Every level is named, so that what is not is a missing value.
        int levels = Math.Max(trees.Schema.Features[of.Feature].Levels.Length, of.Set[^1] + 1);
        return graph.AddMachineLearning("LabelEncoder", [column], ("keys_floats", Enumerable.Range(0, levels).Select(l => (float)l).ToArray()),
            ("values_floats", Enumerable.Range(0, levels).Select(l => of.Set.AsSpan().BinarySearch(l) >= 0 ? 1f : 0).ToArray()), ("default_float", of.MissingIn ? 1f : 0));
    }
}
