using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Descent.Tabular;

/// <summary>Reads the JSON of an XGBoost model, trusting nothing in it.</summary>
sealed class XgboostReader(string file)
{
    /// <summary>The trees or the linear function of a model.</summary>
    internal IModel Read(JsonElement root)
    {
        var learner = root.GetProperty("learner");
        var parameters = learner.GetProperty("learner_model_param");
        int features = Whole(parameters.GetProperty("num_feature")), classes = Whole(parameters.GetProperty("num_class"));
        float baseScore = Real(parameters.GetProperty("base_score"));
        if (features < 0) throw Damage($"there are {features} features");
        var booster = learner.GetProperty("gradient_booster");
        string kind = booster.GetProperty("name").GetString()!;
        if (kind is not ("gbtree" or "dart" or "gblinear")) throw Damage($"the booster is '{kind}'; expected gbtree, dart or gblinear");

        var objective = Objective(learner.GetProperty("objective"), classes);
        _ = objective.Margin(baseScore);
        if (kind == "gblinear") return Linear(booster.GetProperty("model"), Schema(learner, features), objective, baseScore);
        var model = (kind == "dart" ? booster.GetProperty("gbtree") : booster).GetProperty("model");
        int[] groups = Wholes(model.GetProperty("tree_info"));
        var trees = model.GetProperty("trees").EnumerateArray().Select((tree, i) => Tree(tree, i, features)).ToImmutableArray();
        if (groups.Length != trees.Length) throw Damage($"{groups.Length} groups for {trees.Length} trees");
        float[] weights = kind == "dart" ? Reals(booster.GetProperty("weight_drop")) : [];
        if (kind == "dart" && (weights.Length != trees.Length || !Array.TrueForAll(weights, float.IsFinite))) throw Damage($"{weights.Length} weights for {trees.Length} trees, or one that is not finite");
        foreach (int group in groups)
            if ((uint)group >= (uint)objective.Outputs) throw Damage($"a tree adds to score {group} of {objective.Outputs}");
        return new BoostedTrees() { Schema = Schema(learner, features), Objective = objective, BaseScore = baseScore, Trees = trees, Groups = [.. groups], TreeWeights = [.. weights] };
    }

    BoostedLinear Linear(JsonElement model, FeatureSchema schema, BoostingObjective objective, float baseScore)
    {
        float[] weights = Reals(model.GetProperty("weights"));
        if (weights.Length != (schema.Features.Length + 1L) * objective.Outputs || !Array.TrueForAll(weights, float.IsFinite))
            throw Damage($"{weights.Length} weights for {schema.Features.Length} features and {objective.Outputs} scores, or one that is not finite");
        return new() { Schema = schema, Objective = objective, BaseScore = baseScore, Weights = [.. weights] };
    }

    BoostingObjective Objective(JsonElement objective, int classes)
    {
        string? name = objective.GetProperty("name").GetString();
        return XgboostObjectives.Read(objective, name, classes) ?? throw Damage($"the objective is '{name}', which is not read");
    }

    FeatureSchema Schema(JsonElement learner, int features)
    {
        string[] names = learner.TryGetProperty("feature_names", out var list) ? [.. list.EnumerateArray().Select(n => n.GetString()!)] : [];
        if (names.Length == 0) return FeatureSchema.Numbers(features);
        return names.Length == features ? new() { Features = [.. names.Select(n => new Feature(n, []))] } : throw Damage($"{names.Length} names for {features} features");
    }

    Tree Tree(JsonElement json, int number, int features)
    {
        int[] left = Wholes(json.GetProperty("left_children")), right = Wholes(json.GetProperty("right_children")), feature = Wholes(json.GetProperty("split_indices"));
        float[] condition = Reals(json.GetProperty("split_conditions")), weight = Reals(json.GetProperty("base_weights"));
        float[] gain = Reals(json.GetProperty("loss_changes")), cover = Reals(json.GetProperty("sum_hessian"));
        bool[] missingLeft = [.. json.GetProperty("default_left").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.True || (v.ValueKind == JsonValueKind.Number && v.GetInt32() != 0))];
        int n = left.Length;
        if (n == 0 || new[] { right.Length, feature.Length, condition.Length, weight.Length, gain.Length, cover.Length, missingLeft.Length }.Any(length => length != n))
            throw Damage($"tree {number}: its lists differ in length");
        var categories = Categories(json, number, n);
        Check(number, left, right, feature, [.. condition.Select((c, i) => categories.ContainsKey(i) ? 0 : c)], features);
        bool[] isLeaf = [.. left.Select(l => l < 0)];
        foreach (int node in categories.Keys)
        {
            if (isLeaf[node]) throw Damage($"tree {number}: leaf {node} has categories");
            // There the categories listed go right; here what is listed goes left.
            (left[node], right[node], missingLeft[node]) = (right[node], left[node], !missingLeft[node]);
        }
        return new()
        {
            Outputs = 1,
            Left = [.. left],
            Right = [.. right],
            Feature = [.. feature.Select((f, i) => isLeaf[i] ? -2 : f)],
            Threshold = [.. condition.Select((c, i) => isLeaf[i] ? -2 : categories.ContainsKey(i) ? 0 : BoostingSplit.ToThreshold(c))],
            MissingLeft = [.. missingLeft.Select((m, i) => m && !isLeaf[i])],
            LeftLevels = categories.Count == 0 ? [] : [.. Enumerable.Range(0, n).Select(i => categories.GetValueOrDefault(i, []))],
            Values = [.. condition.Select((c, i) => (double)(isLeaf[i] ? c : weight[i]))],
            Cover = [.. cover.Select(c => (double)c)],
            Gain = [.. gain.Select((g, i) => isLeaf[i] ? 0.0 : g)],
        };
    }

    /// <summary>The categories that go right, by node.</summary>
    Dictionary<int, ImmutableArray<int>> Categories(JsonElement json, int number, int nodes)
    {
        var sets = new Dictionary<int, ImmutableArray<int>>();
        if (!json.TryGetProperty("categories_nodes", out var list)) return sets;
        int[] owners = Wholes(list), starts = Wholes(json.GetProperty("categories_segments")), sizes = Wholes(json.GetProperty("categories_sizes")), all = Wholes(json.GetProperty("categories"));
        if (owners.Length != starts.Length || owners.Length != sizes.Length) throw Damage($"tree {number}: its lists of categories differ in length");
        for (int i = 0; i < owners.Length; i++)
        {
            if ((uint)owners[i] >= (uint)nodes || starts[i] < 0 || sizes[i] < 1 || (long)starts[i] + sizes[i] > all.Length)
                throw Damage($"tree {number}: the categories of node {owners[i]} lie outside their list");
            int[] set = all[starts[i]..(starts[i] + sizes[i])];
            Array.Sort(set);
            if (!sets.TryAdd(owners[i], [.. set])) throw Damage($"tree {number}: node {owners[i]} has categories twice");
        }
        return sets;
    }

    void Check(int number, int[] left, int[] right, int[] feature, float[] condition, int features)
    {
        bool[] isChild = new bool[left.Length];
        for (int node = 0; node < left.Length; node++)
        {
            if (!float.IsFinite(condition[node])) throw Damage($"tree {number}: node {node} splits at {condition[node]}");
            if (left[node] < 0 && right[node] < 0) continue;
            if ((uint)feature[node] >= (uint)features) throw Damage($"tree {number}: node {node} asks for feature {feature[node]} of {features}");
            foreach (int child in new[] { left[node], right[node] })
            {
                if (child <= 0 || child >= left.Length) throw Damage($"tree {number}: node {node} has the child {child} of {left.Length}");
                if (isChild[child]) throw Damage($"tree {number}: node {child} has two parents");
                isChild[child] = true;
            }
        }
    }

    static int Whole(JsonElement value) => value.ValueKind == JsonValueKind.String ? int.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt32();

    internal static float Real(JsonElement value) => value.ValueKind == JsonValueKind.String ? float.Parse(value.GetString()!.Trim('[', ']'), CultureInfo.InvariantCulture) : value.GetSingle();

    static int[] Wholes(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetInt32())];

    /// <summary>Numbers, of which an empty text is NaN.</summary>
    static float[] Reals(JsonElement list) => [.. list.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String && v.ValueEquals("") ? float.NaN : v.GetSingle())];

    InvalidDataException Damage(string what) => new($"{file}: {what}. Expected a model as XGBoost saves it.");
}
