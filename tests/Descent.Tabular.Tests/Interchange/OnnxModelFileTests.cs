using Descent.Tensors;
using Descent.Testing;

namespace Descent.Tabular.Tests;

public sealed class OnnxModelFileTests
{
    static readonly (string Name, Func<Features, double[], Labels, Labels, IModel> Fit)[] s_models =
    [
        ("tree", (x, y, _, _) => new DecisionTreeRegressor { MaxDepth = 6 }.Fit(x, y)),
        ("leaf", (x, y, _, _) => new DecisionTreeRegressor { MinSamplesSplit = 9999 }.Fit(x, y)),
        ("tree of classes", (x, _, c, _) => new DecisionTreeClassifier { MaxDepth = 5 }.Fit(x, c)),
        ("forest", (x, y, _, _) => new RandomForestRegressor { Trees = 10 }.Fit(x, y)),
        ("forest of classes", (x, _, c, _) => new RandomForestClassifier { Trees = 10 }.Fit(x, c)),
        ("bagging of parts", (x, _, _, b) => new BaggingClassifier { FeatureShare = 0.6 }.Fit(x, b)),
        ("GBDT", (x, y, _, _) => new GradientBoostingRegressor { Rounds = 20 }.Fit(x, y)),
        ("GBDT of classes", (x, _, c, _) => new GradientBoostingClassifier { Rounds = 10 }.Fit(x, c)),
        ("GBDT of two classes", (x, _, _, b) => new GradientBoostingClassifier { Rounds = 10 }.Fit(x, b)),
        ("GBDT, exponential", (x, _, _, b) => new GradientBoostingClassifier { Rounds = 10, Loss = GradientBoostingClassLoss.Exponential }.Fit(x, b)),
        ("AdaBoost", (x, _, c, _) => new AdaBoostClassifier { Rounds = 10, Base = new DecisionTreeClassifier { MaxDepth = 3 } }.Fit(x, c)),
        ("AdaBoost of two classes", (x, _, _, b) => new AdaBoostClassifier { Rounds = 10, Algorithm = AdaBoostAlgorithm.SammeR }.Fit(x, b)),
        ("second order", (x, y, _, _) => new BoostingRegressor { Rounds = 10 }.Fit(Numbers(x), y)),
        ("second order, Poisson", (x, y, _, _) => new BoostingRegressor { Rounds = 10, Objective = new PoissonObjective() }.Fit(Numbers(x), y)),
        ("second order of classes", (x, _, c, _) => new BoostingClassifier { Rounds = 5 }.Fit(Numbers(x), c)),
        ("second order of two classes", (x, _, _, b) => new BoostingClassifier { Rounds = 5 }.Fit(Numbers(x), b)),
        ("second order, one against all", (x, _, c, _) => new BoostingClassifier { Rounds = 5, Loss = BoostingClassLoss.OneVersusAll }.Fit(Numbers(x), c)),
        ("ridge", (x, y, _, _) => new Ridge().Fit(Whole(x), y)),
        ("generalised linear", (x, y, _, _) => new GeneralizedLinearRegressor().Fit(Whole(x), y)),
        ("logistic", (x, _, c, _) => new LogisticRegression().Fit(Whole(x), c)),
        ("logistic, two classes", (x, _, _, b) => new LogisticRegression().Fit(Whole(x), b)),
    ];

    [OnnxRuntimeFact]
    public void ONNX_Runtime_predicts_the_same()
    {
        var (x, y, classes, two) = Sample();
        using var batch = new OnnxRuntime.Batch();
        foreach (var (name, fit) in s_models)
        {
            var model = fit(x, y, classes, two);
            var own = model.Schema.Features[1].IsCategory ? x : model is LinearRegressionModel or LinearClassificationModel ? Whole(x) : Numbers(x);
            model.SaveOnnx(batch.ModelPath);
            double[] rows = new double[own.Rows * own.Columns];
            own.CopyRows(0, rows);
            var input = Tensor.From<float>(Array.ConvertAll(rows, v => (float)v), [own.Rows, own.Columns]);
            double[] said = ModelOutputs.Of(model, own);
            var values = Tensor.From<float>(Array.ConvertAll(said, v => (float)v), [own.Rows, said.Length / own.Rows]);
            IReadOnlyList<(string, Tensor)> outputs = model is IClassificationModel classifier
                ? [("probabilities", values), ("label", Tensor.From<long>(Array.ConvertAll(classifier.Predict(own), c => (long)c), [own.Rows]))]
                : [("prediction", values)];
            batch.Add(name, ([("features", input)], outputs));
        }
        batch.AssertSame(5e-6);
    }

    [Fact]
    public void Graphs_name_their_operators_and_are_the_same_bytes_each_time()
    {
        using var folder = new TemporaryFolder();
        var (x, y, _, _) = Sample();
        new DecisionTreeRegressor { MaxDepth = 3 }.Fit(x, y).SaveOnnx(folder["tree.onnx"]);
        byte[] bytes = File.ReadAllBytes(folder["tree.onnx"]);
        foreach (string text in (string[])["TreeEnsembleRegressor", "ai.onnx.ml", "LabelEncoder", "BRANCH_LEQ", "[\"a\",\"colour\",\"b\"]"])
            Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0, text);
        new DecisionTreeRegressor { MaxDepth = 3 }.Fit(x, y).SaveOnnx(folder["again.onnx"]);
        Assert.Equal(bytes, File.ReadAllBytes(folder["again.onnx"]));
    }

    [Fact]
    public void What_is_no_sum_is_refused()
    {
        using var folder = new TemporaryFolder();
        var (x, y, _, _) = Sample();
        Assert.Contains("no sum", Assert.Throws<NotSupportedException>(() => new KNeighborsRegressor().Fit(Whole(x), y).SaveOnnx(folder["x.onnx"])).Message, StringComparison.Ordinal);
    }

    /// <summary>Without categories.</summary>
    static Features Numbers(Features x)
    {
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        return Features.FromRows(rows, x.Columns);
    }

    /// <summary>Without gaps too.</summary>
    static Features Whole(Features x)
    {
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        return Features.FromRows(Array.ConvertAll(rows, v => double.IsNaN(v) ? 0.5 : v), x.Columns);
    }

    static (Features X, double[] Y, Labels Classes, Labels Two) Sample()
    {
        var random = new Random(21);
        const int Count = 200;
        double[] a = [.. Enumerable.Range(0, Count).Select(_ => (double)(float)random.NextDouble())];
        double[] b = [.. Enumerable.Range(0, Count).Select(_ => random.Next(7) == 0 ? double.NaN : (float)random.NextDouble())];
        string?[] colours = [.. Enumerable.Range(0, Count).Select(_ => random.Next(9) == 0 ? null : "rgbkw"[random.Next(5)].ToString())];
        double[] y = [.. a.Select((v, i) => 2 * v + (colours[i] is "r" or "k" ? 1 : 0) + (double.IsNaN(b[i]) ? 0.7 : b[i] * v) + 0.1 * random.NextDouble())];
        double[] sorted = [.. y.Order()];
        var x = Features.Of(new Frame(Column.Of("a", a), Column.Categories("colour", colours), Column.Of("b", b)));
        return (x, y, Labels.From([.. y.Select(v => v < sorted[60] ? 0L : v < sorted[130] ? 1 : 2)]), Labels.From([.. y.Select(v => v < sorted[90] ? 0L : 1)]));
    }
}
