using Descent.Testing;

namespace Descent.Tabular.Tests;

public sealed class XgboostLinearTests
{
    static readonly BoostingSample s_sample = new();

    static BoostedLinear Train(string objective) => objective switch
    {
        "logistic" => new LinearBoostingClassifier { Rounds = 5, Lambda = 0.01f }.Fit(s_sample.X, s_sample.Two).Booster,
        "softmax" => new LinearBoostingClassifier { Rounds = 5 }.Fit(s_sample.X, s_sample.Three).Booster,
        "Poisson" => new LinearBoostingRegressor { Rounds = 5, Objective = new PoissonObjective() }.Fit(s_sample.X, s_sample.Counts).Booster,
        _ => new LinearBoostingRegressor { Rounds = 5, Alpha = 0.1f }.Fit(s_sample.X, s_sample.Y).Booster,
    };

    public static TheoryData<string> Objectives => ["squared", "logistic", "softmax", "Poisson"];

    [Theory, MemberData(nameof(Objectives))]
    public void A_linear_model_that_is_written_reads_the_same_in_both_encodings(string objective)
    {
        var linear = Train(objective);
        byte[] json = Bytes(linear, asUbjson: false);
        foreach (bool asUbjson in (bool[])[false, true])
        {
            var again = BoostedLinear.LoadXgboost(new MemoryStream(Bytes(linear, asUbjson)));
            Assert.Equal(linear.Predict(s_sample.X), again.Predict(s_sample.X));
            Assert.Equal(json, Bytes(again, asUbjson: false));
        }
    }

    [XgboostFact]
    public void XGBoost_predicts_the_same_from_linear_models_written_here()
    {
        using var folder = new TemporaryFolder();
        double[] rows = new double[s_sample.X.Rows * s_sample.X.Columns];
        s_sample.X.CopyRows(0, rows);
        for (int i = 0; i < rows.Length; i += 11) rows[i] = double.NaN;
        var x = Features.FromRows(rows, s_sample.X.Columns);
        ModelRows.Write(folder["rows.csv"], x);
        string[] files = ["squared.json", "logistic.ubj", "softmax.json", "Poisson.ubj"];
        foreach (string file in files) Train(Path.GetFileNameWithoutExtension(file)).SaveXgboost(folder[file]);
        Interop.Script(XgboostFactAttribute.Python!, "xgboost_predict.py", [folder["rows.csv"], .. files.Select(f => folder[f])]);
        foreach (string file in files)
        {
            double[] theirs = ModelRows.Read(folder[file + ".csv"]);
            ModelRows.AssertNear(theirs, Array.ConvertAll(Train(Path.GetFileNameWithoutExtension(file)).Predict(x), p => (double)p), file);
            ModelRows.AssertNear(theirs, Array.ConvertAll(BoostedLinear.LoadXgboost(folder["again-" + file]).Predict(x), p => (double)p), "again " + file);
        }
    }

    [Fact]
    public void Damaged_linear_models_are_refused_or_predict()
    {
        int refused = Fuzz.Verify(Mutator.Mutate(Bytes(Train("softmax"), asUbjson: false), 150, seed: 3), bytes =>
        {
            var model = BoostedLinear.LoadXgboost(new MemoryStream(bytes));
            if (model.Schema.Features.Length == s_sample.X.Columns) model.Predict(s_sample.X);
        }, factor: 200, constant: 4 << 20);
        Assert.InRange(refused, 50, 150);
    }

    [Fact]
    public void Trees_and_lines_are_not_taken_for_each_other()
    {
        var stream = new MemoryStream();
        new BoostingRegressor { Rounds = 1 }.Fit(s_sample.X, s_sample.Y).Booster.SaveXgboost(stream);
        Assert.Contains("Read it as BoostedTrees", Assert.Throws<InvalidDataException>(() => BoostedLinear.LoadXgboost(new MemoryStream(stream.ToArray()))).Message, StringComparison.Ordinal);
        Assert.Contains("Read it as BoostedLinear", Assert.Throws<InvalidDataException>(() => BoostedTrees.LoadXgboost(new MemoryStream(Bytes(Train("squared"), false)))).Message, StringComparison.Ordinal);
    }

    static byte[] Bytes(BoostedLinear model, bool asUbjson)
    {
        var stream = new MemoryStream();
        model.SaveXgboost(stream, asUbjson);
        return stream.ToArray();
    }
}
