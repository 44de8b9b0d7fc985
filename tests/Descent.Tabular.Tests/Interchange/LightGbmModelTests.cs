using System.Text;
using Descent.Testing;

namespace Descent.Tabular.Tests;

public sealed class LightGbmModelTests
{
    const string Header = "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=regression\nfeature_names=a b\nfeature_infos=[0:9] 1:2:33\n";

    /// <summary>a ≤ 0.5, where missing goes by the decision; left of it categories 1 and 33 of b.</summary>
    static string Tree(int decision, double threshold = 0.5) => FormattableString.Invariant($"""
        Tree=0
        num_leaves=3
        num_cat=1
        split_feature=0 1
        split_gain=2 1
        threshold={threshold} 0
        decision_type={decision} 1
        left_child=1 -1
        right_child=-3 -2
        leaf_value=10 20 30
        leaf_count=1 2 3
        internal_value=0 0
        internal_count=6 3
        cat_boundaries=0 2
        cat_threshold=2 2
        is_linear=0
        shrinkage=1


        end of trees

        pandas_categorical:[["x", "y"]]

        """).ReplaceLineEndings("\n");

    static BoostedTrees Read(string text) => BoostedTrees.LoadLightGbm(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    static float[] Predict(BoostedTrees trees, params double[] rows)
    {
        float[] y = new float[rows.Length / 2];
        trees.Predict(rows, y);
        return y;
    }

    [Theory]
    [InlineData(0, 10, 10)]   // No value is missing: it counts as 0.
    [InlineData(2, 10, 10)]
    [InlineData(8, 30, 10)]   // NaN is, and goes right.
    [InlineData(10, 10, 10)]  // NaN is, and goes left.
    [InlineData(4, 30, 30)]   // Zero is, and goes right.
    [InlineData(6, 10, 10)]
    public void Missing_values_go_by_the_decision(int decision, float ofMissing, float ofZero)
    {
        var trees = Read(Header + Tree(decision));
        Assert.Equal([ofMissing, ofZero, ofZero, 10, 30, 10], Predict(trees, double.NaN, 1, 0, 1, -1e-36, 1, 0.25, 1, 1, 1, -3, 1));
        var stream = new MemoryStream();
        trees.SaveLightGbm(stream);
        Assert.Equal(Predict(trees, double.NaN, 1, 0, 1, 0.25, 33, -1, 2), Predict(Read(Encoding.UTF8.GetString(stream.ToArray())), double.NaN, 1, 0, 1, 0.25, 33, -1, 2));
    }

    [Theory]
    [InlineData(6, 10, -0.5)]   // Zero is missing and goes left, though it lies right of the threshold.
    [InlineData(4, 30, -0.5)]
    public void Zeros_go_against_their_neighbours(int decision, float ofZero, double threshold)
    {
        var trees = Read(Header + Tree(decision, threshold));
        Assert.Equal([ofZero, ofZero, 10, 30, 30], Predict(trees, 0, 1, double.NaN, 1, -1, 1, -0.25, 1, 0.25, 1));
    }

    [Fact]
    public void Categories_in_a_set_go_left_and_missing_ones_right()
    {
        var trees = Read(Header + Tree(10));
        Assert.Equal([20, 10, 20, 10, 20, 20], Predict(trees, 0, 0, 0, 1, 0, 2, 0, 33, 0, double.NaN, 0, 65));
        Assert.Equal(["x", "y"], trees.Schema.Features[1].Levels.AsEnumerable());
        Assert.Equal("a", trees.Schema.Features[0].Name);
        Assert.Equal([6, 3, 1, 2, 3], trees.Trees[0].Rows.AsEnumerable());
    }

    [Fact]
    public void Scores_are_scaled_and_averaged_as_the_header_says()
    {
        Assert.Equal([5.0], ModelRows.Margins(Read(Header.Replace("objective=regression", "objective=binary sigmoid:0.5", StringComparison.Ordinal) + Tree(10)), Features.FromRows([0, 1], 2)));
        string two = Tree(10)[..Tree(10).IndexOf("end of trees", StringComparison.Ordinal)] + Tree(10).Replace("Tree=0", "Tree=1", StringComparison.Ordinal);
        Assert.Equal([20f], Predict(Read(Header + two), 0, 1));
        Assert.Equal([10f], Predict(Read(Header + "average_output\n" + two), 0, 1));
    }

    [Theory]
    [InlineData("left_child=1 -1", "left_child=0 -1", "node 0 has the child 0")]
    [InlineData("left_child=1 -1", "left_child=1 -3", "has the child -3")]
    [InlineData("right_child=-3 -2", "right_child=-9 -2", "node 0 has the child -9")]
    [InlineData("split_feature=0 1", "split_feature=0 2", "feature 2 of 2")]
    [InlineData("num_leaves=3", "num_leaves=2000000000", "'leaf_value' has 3 numbers")]
    [InlineData("cat_boundaries=0 2", "cat_boundaries=0 3", "outside their list")]
    [InlineData("threshold=0.5 0", "threshold=0.5 1", "the set 1 of 1")]
    [InlineData("objective=regression", "objective=regression sqrt", "the objective is 'regression sqrt'")]
    [InlineData("max_feature_idx=1", "max_feature_idx=2147483647", "2 names for")]
    [InlineData("end of trees", "", "no end")]
    [InlineData("leaf_value=10", "leaf_value=x", "no model as LightGBM saves it")]
    public void What_is_wrong_is_named(string text, string by, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read((Header + Tree(10)).Replace(text, by, StringComparison.Ordinal)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_models_are_refused_or_predict()
    {
        byte[] text = Encoding.UTF8.GetBytes(Header + Tree(6, -0.5));
        int refused = Fuzz.Verify(Mutator.Mutate(text, 3000, seed: 5), bytes =>
        {
            var trees = BoostedTrees.LoadLightGbm(new MemoryStream(bytes));
            double[] rows = new double[trees.Schema.Features.Length];
            trees.Margins(rows, new float[trees.Objective.Outputs]);
        }, factor: 400, constant: 4 << 20);
        Assert.InRange(refused, 1000, 3000);
    }

    [LightGbmFact]
    public void Models_of_LightGBMs_predict_explain_and_return_the_same()
    {
        using var folder = new TemporaryFolder();
        Interop.Script(LightGbmFactAttribute.Python!, "lightgbm_models.py", folder["."]);
        var x = Features.FromRows(ModelRows.Read(folder["rows.csv"]), 5);
        string[] names = [.. Directory.GetFiles(folder["."], "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];
        Assert.Equal(22, names.Length);
        foreach (string name in names)
        {
            var trees = BoostedTrees.LoadLightGbm(folder[name + ".txt"]);
            double scale = Scale(name);
            ModelRows.AssertNear(ModelRows.Read(folder[name + ".margin.csv"]), [.. ModelRows.Margins(trees, x).Select(m => m / scale)], name);
            double[] theirs = ModelRows.Read(folder[name + ".csv"]);
            // Theirs do not sum to 1.
            if (name == "ova") theirs = [.. theirs.Chunk(3).SelectMany(p => p.Select(v => v / p.Sum()))];
            ModelRows.AssertNear(theirs, ModelRows.Predictions(trees, x), name);
            trees.SaveLightGbm(folder[$"ours-{name}.txt"]);
            if (File.Exists(folder[name + ".shap.csv"]))
                ModelRows.AssertNear([.. ModelRows.Read(folder[name + ".shap.csv"]).Select(v => v * scale)], ModelRows.WithBase(new Shap().Explain(trees, x)), name + ", values", 2e-5);
        }
        Interop.Script(LightGbmFactAttribute.Python!, "lightgbm_predict.py", [folder["rows.csv"], .. names.Select(n => folder[$"ours-{n}.txt"])]);
        foreach (string name in names)
        {
            double scale = Scale(name);
            ModelRows.AssertNear(ModelRows.Read(folder[name + ".margin.csv"]), [.. ModelRows.Read(folder[$"ours-{name}.txt.margin.csv"]).Select(m => m / scale)], "ours, " + name);
        }
    }

    /// <summary>Our scores by theirs: they multiply them last, and average those of forests only in predictions.</summary>
    static double Scale(string name) => name switch { "sigmoid" => 1.7, "forest" => 1.0 / 6, _ => 1 };

    [LightGbmFact]
    public void LightGBM_predicts_the_same_from_models_trained_here()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        double[] rows = [.. Enumerable.Range(0, 200 * 4).Select(_ => random.Next(9) == 0 ? double.NaN : (float)random.NextDouble())];
        var x = Features.FromRows(rows, 4);
        double[] y = [.. Enumerable.Range(0, 200).Select(i => double.IsNaN(x.Column(0)[i]) ? 2 : x.Column(0)[i] + random.NextDouble())];
        ModelRows.Write(folder["rows.csv"], x);
        var three = Labels.From([.. y.Select(v => (long)v)]);
        Dictionary<string, BoostedTrees> models = new()
        {
            ["squared"] = new BoostingRegressor { Rounds = 5 }.Fit(x, y).Booster,
            ["poisson"] = new BoostingRegressor { Rounds = 5, Objective = new PoissonObjective() }.Fit(x, y).Booster,
            ["binary"] = new BoostingClassifier { Rounds = 5 }.Fit(x, Labels.From([.. y.Select(v => v > 1 ? 1L : 0)])).Booster,
            ["softmax"] = new BoostingClassifier { Rounds = 3 }.Fit(x, three).Booster,
        };
        foreach (var (name, model) in models) model.SaveLightGbm(folder[name + ".txt"]);
        Interop.Script(LightGbmFactAttribute.Python!, "lightgbm_predict.py", [folder["rows.csv"], .. models.Keys.Select(n => folder[n + ".txt"])]);
        foreach (var (name, model) in models)
        {
            ModelRows.AssertNear(ModelRows.Read(folder[name + ".txt.margin.csv"]), ModelRows.Margins(model, x), name);
            ModelRows.AssertNear(ModelRows.Read(folder[name + ".txt.csv"]), ModelRows.Predictions(model, x), name);
            ModelRows.AssertNear(ModelRows.Margins(model, x), ModelRows.Margins(BoostedTrees.LoadLightGbm(folder[$"again-{name}.txt"]), x), "again, " + name);
        }
    }
}
