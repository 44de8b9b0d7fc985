using System.Numerics;
using Descent.Tensors;

namespace Descent.Tabular.Tests;

/// <summary>A model whose exact Shapley values are checked against the sum over all sets of features.</summary>
public sealed record ShapCase(string Name, Func<Features, double[], Labels, IModel> Fit)
{
    public override string ToString() => Name;
}

[Collection(nameof(Numerics))]
public sealed class ShapTests
{
    const int Columns = 5;

    public static TheoryData<ShapCase> TreeModels =>
    [
        new("tree", (x, y, _) => new DecisionTreeRegressor { MaxDepth = 6 }.Fit(x, y)),
        new("stump", (x, y, _) => new DecisionTreeRegressor { MaxDepth = 1 }.Fit(x, y)),
        new("leaf", (x, y, _) => new DecisionTreeRegressor { MinSamplesSplit = 10_000 }.Fit(x, y)),
        new("whole tree", (x, y, _) => new DecisionTreeRegressor().Fit(x, y)),
        new("tree of classes", (x, _, c) => new DecisionTreeClassifier { MaxDepth = 5 }.Fit(x, c)),
        new("forest", (x, y, _) => new RandomForestRegressor { Trees = 5, MaxDepth = 6 }.Fit(x, y)),
        new("forest of classes", (x, _, c) => new RandomForestClassifier { Trees = 5, MaxDepth = 6 }.Fit(x, c)),
        new("extra trees", (x, _, c) => new ExtraTreesClassifier { Trees = 5, MaxDepth = 6 }.Fit(x, c)),
        new("bagging of parts", (x, y, _) => new BaggingRegressor { FeatureShare = 0.6, Members = 4, Base = new DecisionTreeRegressor { MaxDepth = 5 } }.Fit(x, y)),
        new("bagging of classes", (x, _, c) => new BaggingClassifier { FeatureShare = 0.6, Members = 4 }.Fit(x, c)),
        new("GBDT", (x, y, _) => new GradientBoostingRegressor { Rounds = 10 }.Fit(x, y)),
        new("GBDT of classes", (x, _, c) => new GradientBoostingClassifier { Rounds = 6 }.Fit(x, c)),
        new("AdaBoost", (x, _, c) => new AdaBoostClassifier { Rounds = 6, Base = new DecisionTreeClassifier { MaxDepth = 3 } }.Fit(x, c)),
        new("AdaBoost, real", (x, _, c) => new AdaBoostClassifier { Rounds = 6, Algorithm = AdaBoostAlgorithm.SammeR, Base = new DecisionTreeClassifier { MaxDepth = 3 } }.Fit(x, c)),
        new("voting of trees", (x, y, _) => new VotingRegressor { Learners = [new DecisionTreeRegressor { MaxDepth = 3 }, new GradientBoostingRegressor { Rounds = 5 }], Weights = [2, 1] }.Fit(x, y)),
        new("second order", (x, y, _) => new BoostingRegressor { Rounds = 6, MaxDepth = 4 }.Fit(Numbers(x), y)),
        new("second order of classes", (x, _, c) => new BoostingClassifier { Rounds = 4, MaxDepth = 4 }.Fit(Numbers(x), c)),
    ];

    [Theory, MemberData(nameof(TreeModels))]
    public void Values_are_the_mean_over_all_orders_by_the_weight_of_training_rows(ShapCase shap)
    {
        ArgumentNullException.ThrowIfNull(shap);
        var (model, x) = Fit(shap);
        var sum = TreeSum.Of(model)!;
        Check(new Shap().Explain(model, x), x, (row, known, output) => sum.Start[output] + sum.Terms.Sum(t => Walk(t, row, known, output, 0)));
    }

    [Theory, MemberData(nameof(TreeModels))]
    public void Values_are_the_mean_over_all_orders_where_background_rows_fill_in(ShapCase shap)
    {
        ArgumentNullException.ThrowIfNull(shap);
        var (model, x) = Fit(shap);
        var sum = TreeSum.Of(model)!;
        var background = x.Take([.. Enumerable.Range(30, 7)]);
        double[][] others = Rows(background);
        Check(new Shap { Background = background }.Explain(model, x.Take([.. Enumerable.Range(0, 10)])), x, (row, known, output) => sum.Start[output] + others.Average(other =>
        {
            double[] mixed = [.. row.Select((v, j) => (known >> j & 1) != 0 ? v : other[j])];
            return sum.Terms.Sum(t => Walk(t, mixed, -1, output, 0));
        }));
    }

    [Theory, MemberData(nameof(TreeModels))]
    public void Interactions_are_the_mean_change_of_a_change(ShapCase shap)
    {
        ArgumentNullException.ThrowIfNull(shap);
        var (model, x) = Fit(shap);
        x = x.Take([.. Enumerable.Range(0, 8)]);
        var sum = TreeSum.Of(model)!;
        var pairs = new Shap().Interactions(model, x);
        Assert.True(new Shap().Explain(model, x).Values.SequenceEqual(pairs.Sums.Values));
        double[][] rows = Rows(x);
        double[] factorials = [1, 1, 2, 6, 24, 120];
        for (int i = 0; i < rows.Length; i++)
            for (int k = 0; k < sum.Outputs.Length; k++)
            {
                double[] worth = [.. Enumerable.Range(0, 1 << Columns).Select(set => sum.Terms.Sum(t => Walk(t, rows[i], set, k, 0)))];
                var own = pairs.Row(i, k);
                for (int a = 0; a < Columns; a++)
                {
                    double total = 0;
                    for (int b = 0; b < Columns; b++)
                    {
                        total += own[a * Columns + b];
                        if (a == b) continue;
                        double expected = 0;
                        for (int set = 0; set < worth.Length; set++)
                        {
                            if ((set >> a & 1) != 0 || (set >> b & 1) != 0) continue;
                            int size = BitOperations.PopCount((uint)set);
                            double weight = factorials[size] * factorials[Columns - size - 2] / (2 * factorials[Columns - 1]);
                            expected += weight * (worth[set | 1 << a | 1 << b] - worth[set | 1 << a] - worth[set | 1 << b] + worth[set]);
                        }
                        Assert.Equal(expected, own[a * Columns + b], 1e-9);
                    }
                    Assert.Equal(pairs.Sums.Row(i, k)[a], total, 1e-9);
                }
            }
    }

    [Theory, MemberData(nameof(TreeModels))]
    public void Bases_and_values_add_up_to_what_is_predicted(ShapCase shap)
    {
        ArgumentNullException.ThrowIfNull(shap);
        var (model, x) = Fit(shap);
        var values = new Shap().Explain(model, x);
        double[] said = ModelOutputs.Of(model, x);
        for (int i = 0; i < x.Rows; i++)
            for (int k = 0; k < values.Outputs.Length && values.Scale != ShapScale.Score; k++)
                Assert.Equal(said[i * values.Outputs.Length + k], values.Sum(i, k), 1e-6);
    }

    [Fact]
    public void Deep_trees_of_many_features_add_up()
    {
        var random = new Random(5);
        double[] rows = [.. Enumerable.Range(0, 400 * 40).Select(_ => (double)(float)random.NextDouble())], y = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        var x = Features.FromRows(rows, 40);
        var model = new RandomForestRegressor { Trees = 3, MaxFeatures = MaxFeatures.Count(1) }.Fit(x, y);
        Assert.True(model.Trees[0].Depth > 10);
        var values = new Shap().Explain(model, x);
        double[] said = model.Predict(x);
        for (int i = 0; i < x.Rows; i++) Assert.Equal(said[i], values.Sum(i), 1e-10);
        double mean = new Shap { Background = x }.Explain(model, x.Take([0])).Base[0];
        Assert.Equal(said.Average(), mean, 1e-10);
    }

    [Fact]
    public void Values_are_the_same_for_any_number_of_threads()
    {
        var (x, y, _) = Sample();
        var model = new BoostingRegressor { Rounds = 20 }.Fit(Numbers(x), y);
        var other = new KNeighborsRegressor().Fit(Numbers(x), y);
        var one = OnThreads(1);
        var two = OnThreads(2);
        Assert.Equal(one.Trees, two.Trees);
        Assert.Equal(one.Sampled, two.Sampled);

        (IEnumerable<double> Trees, IEnumerable<double> Sampled) OnThreads(int threads)
        {
            int before = Numerics.Threads;
            Numerics.Threads = threads;
            try
            {
                return (new Shap().Explain(model, Numbers(x)).Values, new Shap { Orders = 1, Background = Numbers(x).Take([0, 1, 2]) }.Explain(other, Numbers(x)).Values);
            }
            finally
            {
                Numerics.Threads = before;
            }
        }
    }

    [Fact]
    public void Weighted_sums_give_the_weight_times_the_distance_from_the_mean()
    {
        var (x, y, c) = Sample();
        x = Numbers(x);
        var ridge = new Ridge().Fit(x, y);
        var values = new Shap { Background = x }.Explain(ridge, x);
        for (int j = 0; j < Columns; j++) Assert.Equal(ridge.Weights[j] * (x.Column(j)[3] - x.Column(j).ToArray().Average()), values.Row(3)[j], 1e-12);
        Assert.Equal(ridge.Predict(x)[3], values.Sum(3), 1e-12);

        var boosted = new LinearBoostingRegressor { Rounds = 5 }.Fit(x, y);
        var parts = new Shap { Background = x }.Explain(boosted, x);
        Assert.Equal(boosted.Predict(x)[7], parts.Sum(7), 1e-5);
        Assert.Equal(boosted.Predict(x).Average(), parts.Base[0], 1e-5);

        var logistic = new LogisticRegression().Fit(x, c);
        var scores = new Shap { Background = x }.Explain(logistic, x);
        Assert.Equal((ShapScale.Score, 3), (scores.Scale, scores.Outputs.Length));
        double[] expected = new double[3];
        logistic.Margins(Rows(x)[5], expected);
        for (int k = 0; k < 3; k++) Assert.Equal(expected[k], scores.Sum(5, k), 1e-12);
    }

    [Fact]
    public void Models_of_any_kind_are_explained_by_their_predictions_alone()
    {
        var (x, y, c) = Sample();
        x = Numbers(x);
        var rows = x.Take([1, 4, 8]);
        var background = x.Take([.. Enumerable.Range(50, 9)]);
        // Behind a log link the sum is no prediction; here the model is the plain sum, which all orders agree on.
        var ridge = new Ridge().Fit(x, y);
        var exact = new Shap { Background = background }.Explain(ridge, rows);
        double[] backgroundRows = [.. Rows(background).SelectMany(r => r)], explained = [.. Rows(rows).SelectMany(r => r)];
        foreach (int orders in (int[])[1, 4])
        {
            var sampled = new SampledShap(ridge, backgroundRows, orders, seed: 3).Explain(explained, default);
            for (int i = 0; i < exact.Values.Length; i++) Assert.Equal(exact.Values[i], sampled.Values[i], 1e-9);
            Assert.Equal(exact.Base[0], sampled.Base[0], 1e-9);
        }

        var neighbours = new KNeighborsClassifier().Fit(x, c);
        var all = new Shap { Background = background }.Explain(neighbours, rows);
        var some = new Shap { Background = background, Orders = 2 }.Explain(neighbours, rows);
        double[] p = neighbours.Probabilities(rows);
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 3; k++)
            {
                Assert.Equal(p[i * 3 + k], all.Sum(i, k), 1e-9);
                Assert.Equal(p[i * 3 + k], some.Sum(i, k), 1e-9);
                for (int j = 0; j < Columns; j++) Assert.Equal(all.Row(i, k)[j], some.Row(i, k)[j], 0.1);
            }
    }

    [Fact]
    public void What_cannot_be_explained_is_named()
    {
        var (x, y, _) = Sample();
        var model = new KNeighborsRegressor().Fit(Numbers(x), y);
        Assert.Contains("3 features", Assert.Throws<ArgumentException>(() => new Shap().Explain(model, Numbers(x).Select([0, 1, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("no sum of trees", Assert.Throws<NotSupportedException>(() => new Shap().Interactions(model, Numbers(x))).Message, StringComparison.Ordinal);
        Assert.Contains("no sum of trees", Assert.Throws<NotSupportedException>(() => model.Importances(TreeImportance.Gain)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Importances_count_what_their_names_say()
    {
        var (x, y, _) = Sample();
        var tree = new DecisionTreeRegressor { MaxDepth = 4 }.Fit(x, y);
        double[] gain = Values(TreeImportance.Gain), total = Values(TreeImportance.TotalGain), count = Values(TreeImportance.Count);
        Assert.Equal(tree.Tree.Reachable().Count(n => tree.Tree.Left[n] >= 0), count.Sum());
        for (int j = 0; j < Columns; j++)
        {
            Assert.Equal(total[j], gain[j] * count[j], 1e-9);
            Assert.Equal(Values(TreeImportance.TotalCover)[j], Values(TreeImportance.Cover)[j] * count[j], 1e-9);
            Assert.Equal(tree.Importances()[j], Values(TreeImportance.Impurity)[j], 1e-12);
            Assert.Equal(tree.Importances()[j], total[j] / total.Sum(), 1e-12);
        }
        Assert.Equal("colour", tree.Importances(TreeImportance.Gain)[1].Feature);

        double[] Values(TreeImportance kind) => [.. tree.Importances(kind).Select(i => i.Value)];
    }

    /// <summary>Compares values with the sum over all sets of known features, for a few rows.</summary>
    static void Check(ShapValues values, Features x, Func<double[], int, int, double> worth)
    {
        double[][] rows = Rows(x);
        double[] factorials = [1, 1, 2, 6, 24, 120];
        for (int i = 0; i < 6; i++)
            for (int k = 0; k < values.Outputs.Length; k++)
            {
                double[] all = [.. Enumerable.Range(0, 1 << Columns).Select(set => worth(rows[i], set, k))];
                Assert.Equal(all[0], values.Base[k], 1e-9);
                Assert.Equal(all[^1], values.Sum(i, k), 1e-9);
                for (int j = 0; j < Columns; j++)
                {
                    double expected = 0;
                    for (int set = 0; set < all.Length; set++)
                    {
                        if ((set >> j & 1) != 0) continue;
                        int size = BitOperations.PopCount((uint)set);
                        expected += factorials[size] * factorials[Columns - size - 1] / factorials[Columns] * (all[set | 1 << j] - all[set]);
                    }
                    Assert.Equal(expected, values.Row(i, k)[j], 1e-9);
                }
            }
    }

    /// <summary>What a tree says where only a set of features is known: down both sides by the weight of the training rows, where one is not.</summary>
    static double Walk(TreeTerm term, double[] row, int known, int output, int node)
    {
        var tree = term.Tree;
        if (output < term.First || output >= term.First + tree.Outputs) return 0;
        if (tree.Left[node] < 0) return term.NodeValues()[node * tree.Outputs + output - term.First];
        int left = tree.Left[node], right = tree.Right[node], feature = term.Feature(node);
        if ((known >> feature & 1) != 0) return Walk(term, row, known, output, tree.GoesLeft(node, row[feature]) ? left : right);
        return (tree.Cover[left] * Walk(term, row, known, output, left) + tree.Cover[right] * Walk(term, row, known, output, right)) / tree.Cover[node];
    }

    static double[][] Rows(Features x)
    {
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        return [.. rows.Chunk(x.Columns)];
    }

    static (IModel Model, Features X) Fit(ShapCase shap)
    {
        var (x, y, c) = Sample();
        var model = shap.Fit(x, y, c);
        return (model, (model.Schema.Features[1].IsCategory ? x : Numbers(x)).Take([.. Enumerable.Range(0, 40)]));
    }

    /// <summary>The same without categories.</summary>
    static Features Numbers(Features x) => Features.FromRows([.. Rows(x).SelectMany(r => r).Select(v => double.IsNaN(v) ? -1 : v)], x.Columns);

    static (Features X, double[] Y, Labels Classes) Sample()
    {
        var random = new Random(11);
        const int Count = 160;
        double[] a = new double[Count], b = new double[Count], d = new double[Count], e = new double[Count], y = new double[Count];
        string[] colours = new string[Count];
        for (int i = 0; i < Count; i++)
        {
            (a[i], b[i], d[i], e[i]) = ((float)random.NextDouble(), random.Next(8) == 0 ? double.NaN : (float)random.NextDouble(), random.Next(4), (float)random.NextDouble());
            colours[i] = "rgbk"[random.Next(4)].ToString();
            y[i] = 2 * a[i] * d[i] + (colours[i] is "r" or "k" ? 1 : 0) + (double.IsNaN(b[i]) ? 2 : b[i]) + 0.2 * random.NextDouble();
        }
        var x = Features.Of(new Frame(Column.Of("a", a), Column.Categories("colour", colours), Column.Of("b", b), Column.Of("d", d), Column.Of("e", e)));
        double[] sorted = [.. y.Order()];
        return (x, y, Labels.From([.. y.Select(v => v < sorted[50] ? 0L : v < sorted[110] ? 1 : 2)]));
    }
}
