using System.Globalization;
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

    [XgboostFact]
    public void XGBoost_predicts_the_same_from_models_written_here()
    {
        using var folder = new TemporaryFolder();
        var (x, _) = Sample();
        File.WriteAllLines(folder["rows.csv"], Enumerable.Range(0, x.Rows).Select(i => string.Join(',', Enumerable.Range(0, x.Columns).Select(j => double.IsNaN(x.Column(j)[i]) ? "nan" : x.Column(j)[i].ToString("R", CultureInfo.InvariantCulture)))));
        foreach (string objective in s_objectives)
        {
            var trees = Train(objective);
            trees.SaveXgboost(folder["model.json"]);
            Interop.Script(XgboostFactAttribute.Python!, "xgboost_predict.py", folder["model.json"], folder["rows.csv"], folder["answer.csv"], folder["again.json"]);
            float[] theirs = [.. File.ReadLines(folder["answer.csv"]).SelectMany(l => l.Split(',')).Select(v => float.Parse(v, CultureInfo.InvariantCulture))];
            foreach (float[] ours in (float[][])[Predict(trees), Predict(BoostedTrees.LoadXgboost(folder["again.json"]))])
            {
                Assert.Equal(theirs.Length, ours.Length);
                for (int i = 0; i < ours.Length; i++) Assert.Equal(theirs[i], ours[i], 2e-6 * Math.Max(1, Math.Abs(theirs[i])));
            }
        }
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
