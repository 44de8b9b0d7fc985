using System.Text;
using Descent.Testing;

namespace Descent.Tabular.Tests;

public sealed class XgboostModelTests
{
    static (Features X, double[] Y) Sample()
    {
        var random = new Random(3);
        double[] rows = new double[300 * 4], y = new double[300];
        for (int i = 0; i < y.Length; i++)
        {
            var row = rows.AsSpan(i * 4, 4);
            foreach (ref double v in row) v = random.Next(10) == 0 ? double.NaN : (float)random.NextDouble();
            y[i] = (double.IsNaN(row[0]) ? 1 : 2 * row[0]) + (row[1] > 0.5 ? 1 : 0) + 0.1 * random.NextDouble();
        }
        return (Features.FromRows(rows, 4), y);
    }

    static BoostedTrees Train(string objective)
    {
        var (x, y) = Sample();
        if (objective == "dart") return new BoostingClassifier { Rounds = 5, MaxDepth = 3, Dart = new() { RateDrop = 0.5 } }.Fit(x, Labels.From(Array.ConvertAll(y, v => (long)v))).Booster;
        if (objective == "hinge") return new BoostingClassifier { Rounds = 5, Loss = BoostingClassLoss.Hinge }.Fit(x, Labels.From(Array.ConvertAll(y, v => v > 1.5 ? 1L : 0))).Booster;
        var times = SurvivalTimes.RightCensored(y, [.. y.Select((_, i) => i % 3 > 0)]);
        if (objective == "Cox") return new BoostingSurvival { Rounds = 5, MaxDepth = 3 }.Fit(x, times).Booster;
        if (objective == "failure") return new BoostingSurvival { Rounds = 5, MaxDepth = 3, Objective = new AcceleratedFailureObjective { Distribution = SurvivalDistribution.Extreme, Scale = 0.7f } }.Fit(x, times).Booster;
        if (objective.StartsWith("rank", StringComparison.Ordinal))
        {
            var goal = objective switch { "rank NDCG" => RankingGoal.Ndcg, "rank MAP" => RankingGoal.MeanAveragePrecision, _ => RankingGoal.Pairwise };
            return new BoostingRanker { Rounds = 5, MaxDepth = 3, Objective = new() { Goal = goal, PairsPerItem = 3 } }.Fit(x, Array.ConvertAll(y, Math.Floor), [.. y.Select((_, i) => (long)(i / 20))]).Booster;
        }
        if (objective == "softmax") return new BoostingClassifier { Rounds = 5, MaxDepth = 3 }.Fit(x, Labels.From(Array.ConvertAll(y, v => (long)v))).Booster;
        if (objective == "logistic") return new BoostingClassifier { Rounds = 5, Gamma = 0.3f, BaseScore = 0.3f }.Fit(x, Labels.From(Array.ConvertAll(y, v => v > 1.5 ? 1L : 0))).Booster;
        SingleObjective single = objective switch
        {
            "squared" => new SquaredObjective(),
            "absolute" => new AbsoluteObjective(),
            "Poisson" => new PoissonObjective(),
            "gamma" => new GammaObjective(),
            "Tweedie" => new TweedieObjective { Power = 1.3f },
            _ => new PseudoHuberObjective(),
        };
        return new BoostingRegressor { Rounds = 5, MaxDepth = 4, Objective = single }.Fit(x, y).Booster;
    }

    static readonly string[] s_objectives =
    [
        "squared", "absolute", "logistic", "hinge", "softmax", "Poisson", "gamma", "Tweedie", "pseudo-Huber", "Cox", "failure", "rank NDCG", "rank MAP", "rank pairs", "dart",
    ];

    public static TheoryData<string> Objectives => [.. s_objectives];

    [Theory, MemberData(nameof(Objectives))]
    public void A_model_that_is_written_reads_the_same(string objective)
    {
        var trees = Train(objective);
        var stream = new MemoryStream();
        trees.SaveXgboost(stream);
        stream.Position = 0;
        var again = BoostedTrees.LoadXgboost(stream);
        Assert.Equal(trees.Objective, again.Objective);
        Assert.Equal(Predict(trees), Predict(again));
        var second = new MemoryStream();
        again.SaveXgboost(second);
        Assert.Equal(stream.ToArray(), second.ToArray());
    }

    [Theory, MemberData(nameof(Objectives))]
    public void Both_encodings_hold_the_same_model(string objective)
    {
        var trees = Train(objective);
        var (json, ubjson) = (new MemoryStream(), new MemoryStream());
        trees.SaveXgboost(json);
        trees.SaveXgboost(ubjson, asUbjson: true);
        ubjson.Position = 0;
        var again = BoostedTrees.LoadXgboost(ubjson);
        var second = new MemoryStream();
        again.SaveXgboost(second);
        Assert.Equal(json.ToArray(), second.ToArray());
    }

    [XgboostFact]
    public void XGBoost_predicts_the_same_from_models_written_here()
    {
        using var folder = new TemporaryFolder();
        var (x, _) = Sample();
        ModelRows.Write(folder["rows.csv"], x);
        string[] files = [.. s_objectives.SelectMany(name => (string[])[name + ".json", name + ".ubj"])];
        foreach (string file in files) Train(Path.GetFileNameWithoutExtension(file)).SaveXgboost(folder[file]);
        Interop.Script(XgboostFactAttribute.Python!, "xgboost_predict.py", [folder["rows.csv"], .. files.Select(f => folder[f])]);
        foreach (string file in files)
        {
            double[] theirs = ModelRows.Read(folder[file + ".csv"]);
            ModelRows.AssertNear(theirs, ModelRows.Predictions(Train(Path.GetFileNameWithoutExtension(file)), x), file);
            ModelRows.AssertNear(theirs, ModelRows.Predictions(BoostedTrees.LoadXgboost(folder["again-" + file]), x), "again " + file);
        }
    }

    [XgboostFact]
    public void Models_of_XGBoosts_predict_explain_and_return_the_same()
    {
        using var folder = new TemporaryFolder();
        Interop.Script(XgboostFactAttribute.Python!, "xgboost_models.py", folder["."]);
        var x = Features.FromRows(ModelRows.Read(folder["rows.csv"]), 5);
        var first = x.Take([.. Enumerable.Range(0, 10)]);
        string[] names = [.. Directory.GetFiles(folder["."], "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n != "linear").Order(StringComparer.Ordinal)];
        Assert.Equal(22, names.Length);
        foreach (string name in names)
        {
            var trees = BoostedTrees.LoadXgboost(folder[name + ".json"]);
            double[] margins = ModelRows.Margins(trees, x), predictions = ModelRows.Predictions(trees, x);
            ModelRows.AssertNear(ModelRows.Read(folder[name + ".margin.csv"]), margins, name);
            // This objective predicts the class alone there.
            if (name == "softmax") predictions = [.. predictions.Chunk(3).Select(p => (double)p.AsSpan().IndexOf(p.Max()))];
            ModelRows.AssertNear(ModelRows.Read(folder[name + ".csv"]), predictions, name);
            Assert.Equal(margins, ModelRows.Margins(BoostedTrees.LoadXgboost(folder[name + ".ubj"]), x));
            trees.SaveXgboost(folder[$"ours-{name}.json"]);
            trees.SaveXgboost(folder[$"ours-{name}.ubj"]);
            if (!File.Exists(folder[name + ".shap.csv"])) continue;
            ModelRows.AssertNear(ModelRows.Read(folder[name + ".shap.csv"]), ModelRows.WithBase(new Shap().Explain(trees, x)), name + ", values", 2e-5);
            ModelRows.AssertNear(ModelRows.Read(folder[name + ".pairs.csv"]), Pairs(new Shap().Interactions(trees, first)), name + ", pairs", 4e-5);
        }
        ModelRows.AssertNear(ModelRows.Read(folder["linear.csv"]), Array.ConvertAll(BoostedLinear.LoadXgboost(folder["linear.ubj"]).Predict(x), p => (double)p), "linear");
        Assert.Contains("gblinear", Assert.Throws<InvalidDataException>(() => BoostedTrees.LoadXgboost(folder["linear.ubj"])).Message, StringComparison.Ordinal);
        string[] files = [.. names.SelectMany(n => (string[])[$"ours-{n}.json", $"ours-{n}.ubj"])];
        Interop.Script(XgboostFactAttribute.Python!, "xgboost_predict.py", [folder["rows.csv"], .. files.Select(f => folder[f])]);
        foreach (string file in files) ModelRows.AssertNear(ModelRows.Read(folder[Path.GetFileNameWithoutExtension(file)[5..] + ".margin.csv"]), ModelRows.Read(folder[file + ".margin.csv"]), file);
    }

    /// <summary>Matrices with a row and a column for the base, as XGBoost gives them.</summary>
    static double[] Pairs(ShapInteractions pairs)
    {
        int n = pairs.Sums.Features.Length, outputs = pairs.Sums.Outputs.Length;
        return [.. Enumerable.Range(0, pairs.Sums.Rows * outputs).SelectMany(at => Enumerable.Range(0, (n + 1) * (n + 1)).Select(e =>
            e / (n + 1) < n && e % (n + 1) < n ? pairs.Row(at / outputs, at % outputs)[e / (n + 1) * n + e % (n + 1)] : e == n * (n + 2) ? pairs.Sums.Base[at % outputs] : 0))];
    }

    [Fact]
    public void Categories_go_where_XGBoost_sends_them()
    {
        // Category 1 of feature 0 goes right there; missing goes left.
        const string Json = """
            {"learner":{"feature_names":[],"feature_types":[],"gradient_booster":{"model":{"gbtree_model_param":{"num_trees":"1"},"tree_info":[0],"trees":[{
            "base_weights":[0,1,2],"categories":[1],"categories_nodes":[0],"categories_segments":[0],"categories_sizes":[1],"default_left":[1,0,0],"id":0,"left_children":[1,-1,-1],
            "loss_changes":[1,0,0],"parents":[2147483647,0,0],"right_children":[2,-1,-1],"split_conditions":[0,1,2],"split_indices":[0,0,0],"split_type":[1,0,0],"sum_hessian":[3,2,1]}]},"name":"gbtree"},
            "learner_model_param":{"base_score":"0","num_class":"0","num_feature":"1"},"objective":{"name":"reg:squarederror"}},"version":[1,7,4]}
            """;
        var trees = BoostedTrees.LoadXgboost(new MemoryStream(Encoding.UTF8.GetBytes(Json)));
        float[] y = new float[4];
        trees.Predict([0, 1, 2, double.NaN], y);
        Assert.Equal([1, 2, 1, 1], y);
        var stream = new MemoryStream();
        trees.SaveXgboost(stream);
        stream.Position = 0;
        float[] again = new float[4];
        BoostedTrees.LoadXgboost(stream).Predict([0, 1, 2, double.NaN], again);
        Assert.Equal(y, again);
    }

    [Fact]
    public void Damaged_models_are_refused_or_predict()
    {
        var stream = new MemoryStream();
        Train("logistic").SaveXgboost(stream);
        int refused = Fuzz.Verify(Mutator.Mutate(stream.ToArray(), 150, seed: 7), bytes => Predict(BoostedTrees.LoadXgboost(new MemoryStream(bytes))), factor: 200, constant: 4 << 20);
        Assert.InRange(refused, 50, 150);
        var ubjson = new MemoryStream();
        Train("softmax").SaveXgboost(ubjson, asUbjson: true);
        refused = Fuzz.Verify(Mutator.Mutate(ubjson.ToArray(), 600, seed: 9), bytes => Predict(BoostedTrees.LoadXgboost(new MemoryStream(bytes))), factor: 200, constant: 4 << 20);
        Assert.InRange(refused, 200, 600);
    }

    [Theory]
    [InlineData("\"gbtree\"", "\"gbforest\"", "the booster is 'gbforest'")]
    [InlineData("binary:logistic", "rank:best", "the objective is 'rank:best'")]
    [InlineData("\"left_children\":[1", "\"left_children\":[0", "has the child 0")]
    [InlineData("\"num_feature\":\"4\"", "\"num_feature\":\"1\"", "asks for feature")]
    public void What_is_not_read_is_named(string text, string by, string message)
    {
        var stream = new MemoryStream();
        Train("logistic").SaveXgboost(stream);
        string json = Encoding.UTF8.GetString(stream.ToArray()).Replace(text, by, StringComparison.Ordinal);
        // The names would be too many for fewer features.
        json = System.Text.RegularExpressions.Regex.Replace(json, "\"feature_names\":\\[[^\\]]*\\]", "\"feature_names\":[]");
        var error = Assert.Throws<InvalidDataException>(() => BoostedTrees.LoadXgboost(new MemoryStream(Encoding.UTF8.GetBytes(json))));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Predictions_follow_a_feature_that_binds_them(int direction)
    {
        var random = new Random(2);
        double[] rows = new double[400 * 2], y = new double[400];
        for (int i = 0; i < y.Length; i++)
        {
            (rows[2 * i], rows[2 * i + 1]) = (random.NextDouble(), random.NextDouble());
            y[i] = Math.Sin(7 * rows[2 * i]) + rows[2 * i + 1] + 0.2 * random.NextDouble();
        }
        var model = new BoostingRegressor { Rounds = 30, Monotone = [direction, 0] }.Fit(Features.FromRows(rows, 2), y);
        foreach (double other in (double[])[0.1, 0.5, 0.9])
        {
            double[] line = [.. Enumerable.Range(0, 100).Select(i => model.PredictRow(i / 100.0, other))];
            for (int i = 1; i < line.Length; i++) Assert.True(direction * (line[i] - line[i - 1]) >= 0);
        }
    }

    static float[] Predict(BoostedTrees trees)
    {
        var (x, _) = Sample();
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        if (trees.Schema.Features.Length != x.Columns) rows = [.. rows.Take(trees.Schema.Features.Length * 20)];
        float[] y = new float[trees.Schema.Features.Length == 0 ? 0 : rows.Length / trees.Schema.Features.Length * trees.Objective.Outputs];
        trees.Predict(rows, y);
        return y;
    }
}
