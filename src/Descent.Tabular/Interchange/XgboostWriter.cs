using System.Globalization;

namespace Descent.Tabular;

/// <summary>Writes boosters as XGBoost 1.7 saves them.</summary>
static class XgboostWriter
{
    /// <summary>The parent of a root.</summary>
    const int NoParent = int.MaxValue;

    internal static void Write(BoostedTrees model, IXgboostOutput output)
    {
        if (!model.BaseMargins.IsEmpty || model.Trees.Any(t => !t.LinearLeaves.IsEmpty))
            throw new InvalidOperationException("XGBoost has no linear leaves, and no scores that start apart: this model cannot be written for it.");
        Write(output, model.Schema, model.Objective, model.BaseScore, () => WriteBooster(output, model));
    }

    internal static void Write(BoostedLinear model, IXgboostOutput output)
    {
        if (!model.BaseMargins.IsEmpty) throw new InvalidOperationException("XGBoost has no scores that start apart: this model cannot be written for it.");
        Write(output, model.Schema, model.Objective, model.BaseScore, () =>
        {
            output.StartObject("gradient_booster");
            output.StartObject("model");
            output.Number("boosted_rounds", 1);
            output.StartArray("weights", model.Weights.Length);
            foreach (float weight in model.Weights) output.Real(weight);
            output.EndArray();
            output.EndObject();
            output.Text("name", "gblinear");
            output.EndObject();
        });
    }

    static void Write(IXgboostOutput output, FeatureSchema schema, BoostingObjective descended, float baseScore, Action writeBooster)
    {
        var (objective, block, parameters) = XgboostObjectives.Parts(descended);
        output.StartObject();
        output.StartObject("learner");
        output.StartObject("attributes");
        output.EndObject();
        int features = schema.Features.Length;
        output.StartArray("feature_names", features);
        foreach (var feature in schema.Features) output.Text(feature.Name);
        output.EndArray();
        // XGBoost wants a type for each name, or none.
        output.StartArray("feature_types", features);
        foreach (var feature in schema.Features) output.Text(feature.IsCategory ? "c" : "float");
        output.EndArray();
        writeBooster();
        output.StartObject("learner_model_param");
        output.Text("base_score", Text(baseScore));
        output.Text("boost_from_average", "0");
        output.Text("num_class", descended is SoftmaxObjective softmax ? Text(softmax.Classes) : "0");
        output.Text("num_feature", Text(features));
        output.Text("num_target", "1");
        output.EndObject();
        output.StartObject("objective");
        output.Text("name", objective);
        if (block is not null)
        {
            output.StartObject(block);
            foreach (var (parameter, value) in parameters) output.Text(parameter, value);
            output.EndObject();
        }
        output.EndObject();
        output.EndObject();
        output.StartArray("version", 3);
        foreach (int part in (ReadOnlySpan<int>)[1, 7, 4]) output.Number(part);
        output.EndArray();
        output.EndObject();
    }

    static void WriteBooster(IXgboostOutput output, BoostedTrees model)
    {
        output.StartObject("gradient_booster");
        if (model.TreeWeights.IsEmpty) WriteTrees(output, model);
        else
        {
            output.StartObject("gbtree");
            WriteTrees(output, model);
            output.EndObject();
            output.Text("name", "dart");
            // Unlike the numbers of trees, these are read from plain arrays.
            output.StartArray("weight_drop", model.TreeWeights.Length);
            foreach (float weight in model.TreeWeights) output.Real(weight);
            output.EndArray();
        }
        output.EndObject();
    }

    static void WriteTrees(IXgboostOutput output, BoostedTrees model)
    {
        output.StartObject("model");
        output.StartObject("gbtree_model_param");
        output.Text("num_parallel_tree", "1");
        output.Text("num_trees", Text(model.Trees.Length));
        output.Text("size_leaf_vector", "0");
        output.EndObject();
        output.StartArray("tree_info", model.Groups.Length);
        foreach (int group in model.Groups) output.Number(group);
        output.EndArray();
        output.StartArray("trees", model.Trees.Length);
        for (int i = 0; i < model.Trees.Length; i++) WriteTree(output, model.Trees[i], i, model.Schema.Features.Length);
        output.EndArray();
        output.EndObject();
        output.Text("name", "gbtree");
    }

    static void WriteTree(IXgboostOutput output, Tree tree, int number, int features)
    {
        // Only what can be reached, level by level.
        var order = new List<int> { 0 };
        for (int i = 0; i < order.Count; i++)
            if (tree.Left[order[i]] >= 0) order.AddRange([tree.Left[order[i]], tree.Right[order[i]]]);
        int[] places = new int[tree.Nodes], parents = new int[tree.Nodes];
        for (int i = 0; i < order.Count; i++) places[order[i]] = i;
        parents[0] = NoParent;
        foreach (int node in order.Where(node => tree.Left[node] >= 0)) parents[tree.Left[node]] = parents[tree.Right[node]] = places[node];
        int[] categorical = [.. order.Where(tree.IsCategorical)], sizes = [.. categorical.Select(node => tree.LeftLevels[node].Length)], starts = new int[sizes.Length];
        for (int i = 1; i < starts.Length; i++) starts[i] = starts[i - 1] + sizes[i - 1];

        output.StartObject();
        output.Floats("base_weights", Each(node => (float)tree.Values[node]));
        output.Integers("categories", [.. categorical.SelectMany(node => tree.LeftLevels[node])]);
        output.Integers("categories_nodes", [.. categorical.Select(node => places[node])]);
        output.Longs("categories_segments", starts);
        output.Longs("categories_sizes", sizes);
        // There the categories listed go right; here what is listed goes left.
        output.Bytes("default_left", Each(node => (byte)(tree.MissingLeft[node] != tree.IsCategorical(node) ? 1 : 0)));
        output.Number("id", number);
        output.Integers("left_children", Each(node => Child(node, isLeft: true)));
        output.Floats("loss_changes", Each(node => tree.Gain.IsEmpty ? 0 : (float)tree.Gain[node]));
        output.Integers("parents", Each(node => parents[node]));
        output.Integers("right_children", Each(node => Child(node, isLeft: false)));
        output.Floats("split_conditions", Each(node => tree.Left[node] < 0 ? (float)tree.Values[node] : tree.IsCategorical(node) ? 0 : BoostingSplit.ToCondition(tree.Threshold[node])));
        output.Integers("split_indices", Each(node => Math.Max(0, tree.Feature[node])));
        output.Bytes("split_type", Each(node => (byte)(tree.IsCategorical(node) ? 1 : 0)));
        output.Floats("sum_hessian", Each(node => (float)tree.Cover[node]));
        output.StartObject("tree_param");
        output.Text("num_deleted", "0");
        output.Text("num_feature", Text(features));
        output.Text("num_nodes", Text(order.Count));
        output.Text("size_leaf_vector", "0");
        output.EndObject();
        output.EndObject();

        T[] Each<T>(Func<int, T> of) => [.. order.Select(of)];

        int Child(int node, bool isLeft) => tree.Left[node] < 0 ? -1 : places[isLeft != tree.IsCategorical(node) ? tree.Left[node] : tree.Right[node]];
    }

    internal static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
