using Descent.Tabular;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Second-order boosting: XGBoost's models read, and those of its exact method trained again.</summary>
static class XgboostCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["xgboost"] = c =>
        {
            var loaded = Outputs(c, BoostedTrees.LoadXgboost(Path.Combine(c.Case.Area.Folder, c.Text("model"))));
            bool agrees = c.Case.Outputs.All(o => TensorComparer.Difference(loaded[o.Key], c.Case.Tensor(o.Value), c.Case.RelativeTolerance, c.Case.AbsoluteTolerance) is null);
            return agrees && c.Text("tree_method") == "exact" ? Outputs(c, Train(c)) : loaded;
        },
    };

    static GoldenOutputs Outputs(GoldenCall c, BoostedTrees trees)
    {
        var outputs = new GoldenOutputs();
        foreach (var (name, input) in new[] { ("train", "X"), ("test", "X_test") })
        {
            var x = c.Rows(input);
            int width = trees.Objective.Outputs;
            float[] values = new float[x.Rows * width];
            trees.Margins(c.Reals(input), values);
            outputs[$"margin_{name}"] = Shaped(values);
            trees.Predict(c.Reals(input), values);
            outputs[$"predict_{name}"] = Shaped(values);

            Tensor Shaped(float[] all) => width == 1 ? Tensor.From<float>(all) : Tensor.From<float>(all, [x.Rows, width]);
        }
        var leaves = trees.Leaves(c.Rows("X_test"));
        outputs["leaf_test"] = Tensor.From<long>([.. leaves.Cast<int>().Select(l => (long)l)], [leaves.GetLength(0), leaves.GetLength(1)]);
        return outputs;
    }

    static BoostedTrees Train(GoldenCall c)
    {
        double[] weights = c.Find("weight") is null ? [] : c.Reals("weight");
        if (c.Int("num_class") > 2)
            return Options(new BoostingClassifier(), c).Fit(c.Rows("X"), Labels.From(c.Longs("y")), weights).Booster;
        SingleObjective objective = c.Text("objective") switch
        {
            "binary:logistic" or "reg:logistic" => new LogisticObjective { ScalePositiveWeight = (float)c.Double("scale_pos_weight") },
            "count:poisson" => new PoissonObjective(),
            "reg:gamma" => new GammaObjective(),
            "reg:tweedie" => new TweedieObjective(),
            "reg:pseudohubererror" => new PseudoHuberObjective(),
            "reg:squarederror" => new SquaredObjective(),
            var name => throw new NotSupportedException($"{c.Case}: objective '{name}'."),
        };
        return Options(new BoostingRegressor { Objective = objective }, c).Fit(c.Rows("X"), c.Reals("y"), weights).Booster;
    }

    static T Options<T>(T start, GoldenCall c) where T : BoostingOptions => start with
    {
        Rounds = c.Int("num_boost_round"),
        LearningRate = (float)c.Double("eta"),
        MaxDepth = c.Int("max_depth"),
        Lambda = (float)c.Double("lambda"),
        Alpha = (float)c.Double("alpha"),
        Gamma = (float)c.Double("gamma"),
        MinChildWeight = (float)c.Double("min_child_weight"),
        MaxDeltaStep = (float)c.Double("max_delta_step"),
        BaseScore = (float)c.Double("base_score"),
        Method = TreeMethod.Exact,
    };
}
