using Descent.Tabular;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Trees and their ensembles as scikit-learn grows them.</summary>
static class TreeCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["DecisionTreeClassifier"] = c =>
        {
            var options = new DecisionTreeClassifier { Criterion = Enum.Parse<ClassificationCriterion>(c.Text("criterion"), ignoreCase: true), MaxDepth = c.MaybeInt("max_depth"), MaxLeafNodes = c.MaybeInt("max_leaf_nodes"), MinSamplesSplit = c.Int("min_samples_split"), MinSamplesLeaf = c.Int("min_samples_leaf"), MinImpurityDecrease = c.Double("min_impurity_decrease") };
            var y = c.Classes;
            var model = options.Fit(c.Rows("X"), y, c.Weights);
            var outputs = Shape(model.Tree, model.Importances());
            outputs["proba_train"] = c.Matrix(model.Probabilities(c.Rows("X")), y.Classes.Length);
            outputs["proba_test"] = c.Matrix(model.Probabilities(c.Rows("X_test")), y.Classes.Length);
            outputs["predict_test"] = Names(model, c.Rows("X_test"));
            return outputs;
        },
        ["DecisionTreeRegressor"] = c =>
        {
            var options = new DecisionTreeRegressor { Criterion = Criterion(c), MaxDepth = c.MaybeInt("max_depth"), MaxLeafNodes = c.MaybeInt("max_leaf_nodes"), MinSamplesSplit = c.Int("min_samples_split"), MinSamplesLeaf = c.Int("min_samples_leaf"), MinImpurityDecrease = c.Double("min_impurity_decrease") };
            var model = options.Fit(c.Rows("X"), c.Reals("y"), c.Weights);
            var outputs = Shape(model.Tree, model.Importances());
            outputs["predict_train"] = MetricInputs.Numbers(model.Predict(c.Rows("X")));
            outputs["predict_test"] = MetricInputs.Numbers(model.Predict(c.Rows("X_test")));
            return outputs;
        },
        ["AdaBoostClassifier"] = c =>
        {
            var options = new AdaBoostClassifier { Base = new DecisionTreeClassifier { MaxDepth = c.Int("max_depth") }, Rounds = c.Int("n_estimators"), LearningRate = c.Double("learning_rate"), Algorithm = c.Text("algorithm") == "SAMME" ? AdaBoostAlgorithm.Samme : AdaBoostAlgorithm.SammeR };
            var y = c.Classes;
            var (x, test) = (c.Rows("X"), c.Rows("X_test"));
            var model = options.Fit(x, y, c.Weights);
            double[] scores = new double[test.Rows * y.Classes.Length];
            model.Scores(c.Reals("X_test"), scores);
            var stumps = model.Members.Select(m => ((ClassificationTreeModel)m).Tree).ToArray();
            return new()
            {
                ["staged_predict_test"] = Tensor.Stack([.. model.PredictStaged(test).Select(stage => Tensor.From<long>([.. stage.Select(k => Number(y.Classes[k]))]))]),
                ["decision_function_test"] = y.Classes.Length == 2 ? MetricInputs.Numbers([.. Enumerable.Range(0, test.Rows).Select(i => scores[2 * i + 1] - scores[2 * i])]) : c.Matrix(scores, y.Classes.Length),
                ["predict_train"] = Names(model, x),
                ["estimator_weights"] = MetricInputs.Numbers([.. model.Weights]),
                ["estimator_errors"] = MetricInputs.Numbers([.. model.Errors]),
                ["stump_feature"] = Tensor.From<long>([.. stumps.Select(t => (long)t.Feature[0])]),
                ["stump_threshold"] = MetricInputs.Numbers([.. stumps.Select(t => t.Threshold[0])]),
            };
        },
        ["GradientBoostingRegressor"] = c =>
        {
            var options = new GradientBoostingRegressor
            {
                Rounds = c.Int("n_estimators"), LearningRate = c.Double("learning_rate"), MaxDepth = c.MaybeInt("max_depth"), MinSamplesLeaf = c.Int("min_samples_leaf"), Criterion = Criterion(c), Subsample = c.Double("subsample"),
                Loss = c.Text("loss") switch { "squared_error" => GradientBoostingLoss.Squared, "absolute_error" => GradientBoostingLoss.Absolute, "huber" => GradientBoostingLoss.Huber, _ => GradientBoostingLoss.Quantile },
            };
            var model = options.Fit(c.Rows("X"), c.Reals("y"), c.Weights);
            return new()
            {
                ["staged_predict_test"] = Tensor.Stack([.. model.PredictStaged(c.Rows("X_test")).Select(MetricInputs.Numbers)]),
                ["predict_train"] = MetricInputs.Numbers(model.Predict(c.Rows("X"))),
                ["train_score"] = MetricInputs.Numbers([.. model.TrainingLoss]),
            };
        },
        ["GradientBoostingClassifier"] = c =>
        {
            var options = new GradientBoostingClassifier
            {
                Rounds = c.Int("n_estimators"), LearningRate = c.Double("learning_rate"), MaxDepth = c.MaybeInt("max_depth"), MinSamplesLeaf = c.Int("min_samples_leaf"), Criterion = Criterion(c), Subsample = c.Double("subsample"),
                Loss = c.Text("loss") == "exponential" ? GradientBoostingClassLoss.Exponential : GradientBoostingClassLoss.LogLoss,
            };
            var (y, test) = (c.Classes, c.Rows("X_test"));
            var model = options.Fit(c.Rows("X"), y, c.Weights);
            double[] scores = new double[test.Rows * model.Initial.Length];
            model.Scores(c.Reals("X_test"), scores);
            return new()
            {
                ["proba_test"] = c.Matrix(model.Probabilities(test), y.Classes.Length),
                ["proba_train"] = c.Matrix(model.Probabilities(c.Rows("X")), y.Classes.Length),
                ["decision_function_test"] = model.Initial.Length == 1 ? MetricInputs.Numbers(scores) : c.Matrix(scores, y.Classes.Length),
                ["train_score"] = MetricInputs.Numbers([.. model.TrainingLoss]),
            };
        },
    };

    static GoldenOutputs Shape(Tree tree, double[] importances) => new()
    {
        ["feature_importances"] = MetricInputs.Numbers(importances),
        ["tree.children_left"] = Tensor.From<long>([.. tree.Left.Select(v => (long)v)]),
        ["tree.children_right"] = Tensor.From<long>([.. tree.Right.Select(v => (long)v)]),
        ["tree.feature"] = Tensor.From<long>([.. tree.Feature.Select(v => (long)v)]),
        ["tree.threshold"] = MetricInputs.Numbers([.. tree.Threshold]),
        ["tree.impurity"] = MetricInputs.Numbers([.. tree.Impurity]),
        ["tree.n_node_samples"] = Tensor.From<long>([.. tree.Rows.Select(v => (long)v)]),
        ["tree.value"] = MetricInputs.Numbers([.. tree.Values]).Reshape(tree.Nodes, tree.Outputs),
    };

    internal static RegressionCriterion Criterion(GoldenCall c) => c.Text("criterion") switch
    {
        "squared_error" => RegressionCriterion.Squared,
        "friedman_mse" => RegressionCriterion.Friedman,
        "absolute_error" => RegressionCriterion.Absolute,
        "poisson" => RegressionCriterion.Poisson,
        var name => throw new NotSupportedException($"{c.Case}: criterion '{name}'."),
    };

    internal static Tensor Names(IClassificationModel model, Features x) => Tensor.From<long>([.. model.Predict(x).Select(k => Number(model.Classes[k]))]);

    static long Number(string name) => long.Parse(name, System.Globalization.CultureInfo.InvariantCulture);

    extension(GoldenCall c)
    {
        internal Features Rows(string name) => Features.FromRows(c.Reals(name), c.Columns(name));

        internal Labels Classes => Labels.From(c.Longs("y"));

        internal Tensor Matrix(double[] values, int columns) => MetricInputs.Numbers(values).Reshape(values.Length / columns, columns);
    }
}
