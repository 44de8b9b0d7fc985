using System.Globalization;
using System.Text.Json;

namespace Descent.Tabular;

/// <summary>Writes boosted trees as XGBoost 1.7 saves them.</summary>
static class XgboostWriter
{
    /// <summary>The parent of a root.</summary>
    const int NoParent = int.MaxValue;

    internal static void Write(BoostedTrees model, Stream stream)
    {
        if (!model.BaseMargins.IsEmpty || model.Trees.Any(t => !t.LinearLeaves.IsEmpty))
            throw new InvalidOperationException("XGBoost has no linear leaves, and no scores that start apart: this model cannot be written for it.");
        _ = XgboostObjectives.Parts(model.Objective);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteStartObject("learner");
        json.WriteStartObject("attributes");
        json.WriteEndObject();
        json.WriteStartArray("feature_names");
        foreach (var feature in model.Schema.Features) json.WriteStringValue(feature.Name);
        json.WriteEndArray();
        json.WriteStartArray("feature_types");
        // XGBoost wants a type for each name, or none.
        foreach (var _ in model.Schema.Features) json.WriteStringValue("float");
        json.WriteEndArray();
        WriteBooster(json, model);
        json.WriteStartObject("learner_model_param");
        json.WriteString("base_score", Text(model.BaseScore));
        json.WriteString("boost_from_average", "0");
        json.WriteString("num_class", model.Objective is SoftmaxObjective softmax ? Text(softmax.Classes) : "0");
        json.WriteString("num_feature", Text(model.Schema.Features.Length));
        json.WriteString("num_target", "1");
        json.WriteEndObject();
        WriteObjective(json, model.Objective);
        json.WriteEndObject();
        json.WriteStartArray("version");
        foreach (int part in (ReadOnlySpan<int>)[1, 7, 4]) json.WriteNumberValue(part);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteBooster(Utf8JsonWriter json, BoostedTrees model)
    {
        json.WriteStartObject("gradient_booster");
        if (model.TreeWeights.IsEmpty)
        {
            WriteTrees(json, model);
        }
        else
        {
            json.WriteStartObject("gbtree");
            WriteTrees(json, model);
            json.WriteEndObject();
            json.WriteString("name", "dart");
            Write(json, "weight_drop", model.TreeWeights.Length, i => Real(json, model.TreeWeights[i]));
        }
        json.WriteEndObject();
    }

    static void WriteTrees(Utf8JsonWriter json, BoostedTrees model)
    {
        json.WriteStartObject("model");
        json.WriteStartObject("gbtree_model_param");
        json.WriteString("num_parallel_tree", "1");
        json.WriteString("num_trees", Text(model.Trees.Length));
        json.WriteString("size_leaf_vector", "0");
        json.WriteEndObject();
        Write(json, "tree_info", model.Groups.Length, i => json.WriteNumberValue(model.Groups[i]));
        json.WriteStartArray("trees");
        for (int i = 0; i < model.Trees.Length; i++) WriteTree(json, model.Trees[i], i, model.Schema.Features.Length);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("name", "gbtree");
    }

    static void WriteTree(Utf8JsonWriter json, Tree tree, int number, int features)
    {
        // Only what can be reached, level by level.
        var order = new List<int> { 0 };
        for (int i = 0; i < order.Count; i++)
            if (tree.Left[order[i]] >= 0) order.AddRange([tree.Left[order[i]], tree.Right[order[i]]]);
        int[] places = new int[tree.Nodes], parents = new int[tree.Nodes];
        for (int i = 0; i < order.Count; i++) places[order[i]] = i;
        parents[0] = NoParent;
        foreach (int node in order.Where(node => tree.Left[node] >= 0)) parents[tree.Left[node]] = parents[tree.Right[node]] = places[node];
        int n = order.Count;
        int[] categorical = [.. order.Where(tree.IsCategorical)];

        json.WriteStartObject();
        Write(json, "base_weights", n, i => Real(json, (float)tree.Values[order[i]]));
        Write(json, "categories", categorical.Sum(node => tree.LeftLevels[node].Length), Flat);
        Write(json, "categories_nodes", categorical.Length, i => json.WriteNumberValue(places[categorical[i]]));
        Write(json, "categories_segments", categorical.Length, i => json.WriteNumberValue(categorical.Take(i).Sum(node => tree.LeftLevels[node].Length)));
        Write(json, "categories_sizes", categorical.Length, i => json.WriteNumberValue(tree.LeftLevels[categorical[i]].Length));
        // There the categories listed go right; here what is listed goes left.
        Write(json, "default_left", n, i => json.WriteNumberValue(tree.MissingLeft[order[i]] != tree.IsCategorical(order[i]) ? 1 : 0));
        json.WriteNumber("id", number);
        Write(json, "left_children", n, i => json.WriteNumberValue(Child(order[i], isLeft: true)));
        Write(json, "loss_changes", n, i => Real(json, (float)tree.Gain[order[i]]));
        Write(json, "parents", n, i => json.WriteNumberValue(parents[order[i]]));
        Write(json, "right_children", n, i => json.WriteNumberValue(Child(order[i], isLeft: false)));
        Write(json, "split_conditions", n, i => Real(json, tree.Left[order[i]] < 0 ? (float)tree.Values[order[i]] : tree.IsCategorical(order[i]) ? 0 : BoostingSplit.ToCondition(tree.Threshold[order[i]])));
        Write(json, "split_indices", n, i => json.WriteNumberValue(Math.Max(0, tree.Feature[order[i]])));
        Write(json, "split_type", n, i => json.WriteNumberValue(tree.IsCategorical(order[i]) ? 1 : 0));
        Write(json, "sum_hessian", n, i => Real(json, (float)tree.Cover[order[i]]));
        json.WriteStartObject("tree_param");
        json.WriteString("num_deleted", "0");
        json.WriteString("num_feature", Text(features));
        json.WriteString("num_nodes", Text(n));
        json.WriteString("size_leaf_vector", "0");
        json.WriteEndObject();
        json.WriteEndObject();

        int Child(int node, bool isLeft) => tree.Left[node] < 0 ? -1 : places[isLeft != tree.IsCategorical(node) ? tree.Left[node] : tree.Right[node]];

        void Flat(int i)
        {
            foreach (int node in categorical)
            {
                if (i < tree.LeftLevels[node].Length)
                {
                    json.WriteNumberValue(tree.LeftLevels[node][i]);
                    return;
                }
                i -= tree.LeftLevels[node].Length;
            }
        }
    }

    static void WriteObjective(Utf8JsonWriter json, BoostingObjective objective)
    {
        var (name, block, parameters) = XgboostObjectives.Parts(objective);
        json.WriteStartObject("objective");
        json.WriteString("name", name);
        if (block is not null)
        {
            json.WriteStartObject(block);
            foreach (var (parameter, value) in parameters) json.WriteString(parameter, value);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, int count, Action<int> write)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < count; i++) write(i);
        json.WriteEndArray();
    }

    /// <summary>XGBoost takes a number without a point for an integer, and refuses it where it wants a real one.</summary>
    static void Real(Utf8JsonWriter json, float value)
    {
        string text = Text(value);
        json.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text, skipInputValidation: true);
    }

    internal static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
