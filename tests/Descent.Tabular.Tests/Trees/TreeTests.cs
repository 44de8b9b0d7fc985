using System.Xml.Linq;

namespace Descent.Tabular.Tests;

public sealed class TreeTests
{
    static readonly Frame s_flowers = new(
        Column.Categories("color", ["red", "red", "blue", "blue", "white", "white", null, null]),
        Column.Of("size", [1.0, 2, 3, double.NaN, 5, 6, 7, 8]),
        Column.Categories("kind", ["a", "a", "b", "b", "a", "a", "b", "b"]));

    [Fact]
    public void Levels_are_split_by_sets_and_missing_is_a_level()
    {
        var model = new DecisionTreeClassifier { MaxDepth = 1 }.Fit(s_flowers, "kind");
        Assert.Equal(["a", "a", "b", "b", "a", "a", "b", "b"], model.Predict(s_flowers));
        Assert.Contains(TreeLines(model), l => l is "color in {blue} or missing" or "color not in {red, white} or missing");
    }

    [Fact]
    public void The_best_set_of_levels_is_found()
    {
        var random = new Random(4);
        string[] levels = ["a", "b", "c", "d", "e", "f"];
        for (int trial = 0; trial < 10; trial++)
        {
            int[] codes = [.. Enumerable.Range(0, 60).Select(_ => random.Next(levels.Length))];
            double[] y = [.. codes.Select(c => Math.Sin(c * 13 + trial) + random.NextDouble())];
            var x = Features.Of(new Frame(new CategoryColumn("c", codes, [.. levels])));
            var tree = new DecisionTreeRegressor { MaxDepth = 1 }.Fit(x, y).Tree;
            double found = tree.Cover[1] * tree.Impurity[1] + tree.Cover[2] * tree.Impurity[2];
            double best = Enumerable.Range(1, (1 << levels.Length) - 2).Min(set => Spread(y.Where((_, i) => (set >> codes[i] & 1) != 0)) + Spread(y.Where((_, i) => (set >> codes[i] & 1) == 0)));
            Assert.Equal(best, found, 1e-9);
        }

        static double Spread(IEnumerable<double> values) => values.ToArray() is { Length: > 0 } all ? all.Sum(v => (v - all.Average()) * (v - all.Average())) : 0;
    }

    [Fact]
    public void Missing_values_go_to_the_better_side()
    {
        double[] x = [1, 2, 3, 4, 5, 6, double.NaN, double.NaN], y = [0, 0, 0, 9, 9, 9, 9, 9];
        var model = new DecisionTreeRegressor { MaxDepth = 1 }.Fit(Features.FromRows(x, 1), y);
        Assert.Equal((3.5, false), (model.Tree.Threshold[0], model.Tree.MissingLeft[0]));
        double[] mirrored = [.. y.Select(v => 9 - v)];
        mirrored[3] = mirrored[4] = mirrored[5] = 9;
        mirrored[0] = mirrored[1] = mirrored[2] = 0;
        Assert.True(new DecisionTreeRegressor { MaxDepth = 1 }.Fit(Features.FromRows(x, 1), mirrored).Tree.MissingLeft[0]);
        var alone = new DecisionTreeRegressor { MaxDepth = 1 }.Fit(Features.FromRows(x, 1), [1, 1, 1, 1, 1, 1, 5, 5]);
        Assert.Equal([1, 5], alone.Predict(Features.FromRows([100, double.NaN], 1)));
        Assert.Contains("f0 missing", alone.Tree.ToText(alone.Schema), StringComparison.Ordinal);
    }

    [Fact]
    public void Trees_are_drawn_and_printed_with_every_leaf()
    {
        var frame = s_flowers.With(Column.Of("size", [1.0, 2, 3, 4, 5, 6, 7, 8])).Drop("color");
        var model = new DecisionTreeClassifier().Fit(frame, "kind");
        string[] lines = TreeLines(model);
        Assert.Equal("size ≤ 2.5", lines[0]);
        Assert.Equal(model.Tree.Leaves, lines.Count(l => l.Contains("100 %", StringComparison.Ordinal) || l.Contains("100%", StringComparison.Ordinal)));
        var svg = XDocument.Parse(model.Tree.ToSvg(model.Schema, model.Classes));
        Assert.Equal(model.Tree.Nodes, svg.Descendants().Count(e => e.Name.LocalName == "rect"));
        Assert.Equal(model.Tree.Nodes - 1, svg.Descendants().Count(e => e.Name.LocalName == "line"));
    }

    [Fact]
    public void A_model_finds_its_columns_and_levels_again()
    {
        var model = new DecisionTreeClassifier().Fit(s_flowers, "kind");
        var other = new Frame(Column.Categories("extra", ["x", "x", "x"]), Column.Of("size", [1.5, 3, 7]), Column.Categories("color", ["white", "blue", "green"]));
        // Green was never seen: it goes with what is missing.
        Assert.Equal(["a", "b", "b"], model.Predict(other));
        Assert.Contains("needs the column 'color'", Assert.Throws<ArgumentException>(() => model.Predict(other.Drop("color"))).Message, StringComparison.Ordinal);
        Assert.Contains("needs numbers in column 'size'", Assert.Throws<ArgumentException>(() => model.Predict(other.With(Column.Categories("size", ["s", "m", "l"])))).Message, StringComparison.Ordinal);
        Assert.Contains("Text, which a learner cannot take", Assert.Throws<ArgumentException>(() => new DecisionTreeClassifier().Fit(s_flowers.With(Column.Of("note", ["n", "n", "n", "n", "n", "n", "n", "n"])), "kind")).Message, StringComparison.Ordinal);
        Assert.Contains("is missing in row 6", Assert.Throws<ArgumentException>(() => new DecisionTreeClassifier().Fit(s_flowers, "color")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_training_error_of_AdaBoost_stays_below_its_bound()
    {
        var random = new Random(8);
        double[] rows = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        var x = Features.FromRows(rows, 2);
        var y = Labels.From([.. Enumerable.Range(0, 200).Select(i => rows[2 * i] + rows[2 * i + 1] > 1 ? 1L : 0)]);
        var model = new AdaBoostClassifier { Rounds = 30 }.Fit(x, y);
        double error = model.Predict(x).Where((c, i) => c != y.Codes[i]).Count() / 200.0;
        Assert.InRange(model.TrainingErrorBound, error, 0.5);
    }

    [Fact]
    public void Out_of_bag_scores_are_those_of_unseen_rows()
    {
        var random = new Random(8);
        double[] rows = [.. Enumerable.Range(0, 1200).Select(_ => random.NextDouble())];
        var x = Features.FromRows(rows, 3);
        double[] y = [.. Enumerable.Range(0, 400).Select(i => rows[3 * i] + 0.5 * random.NextDouble())];
        var labels = Labels.From(Array.ConvertAll(y, v => v > 0.7 ? 1L : 0));
        Assert.InRange(new RandomForestRegressor { Trees = 30, OutOfBag = true }.Fit(x, y).OutOfBagR2!.Value, 0.6, 0.9);
        Assert.InRange(new RandomForestClassifier { Trees = 30, OutOfBag = true }.Fit(x, labels).OutOfBagAccuracy!.Value, 0.75, 0.95);
        Assert.InRange(new BaggingRegressor { Members = 20, OutOfBag = true }.Fit(x, y).OutOfBagR2!.Value, 0.6, 0.9);
        Assert.InRange(new BaggingClassifier { Members = 20, OutOfBag = true }.Fit(x, labels).OutOfBagAccuracy!.Value, 0.75, 0.95);
        Assert.Throws<ArgumentException>(() => new ExtraTreesRegressor { OutOfBag = true }.Fit(x, y));
    }

    static string[] TreeLines(ClassificationTreeModel model) => model.Tree.ToText(model.Schema, model.Classes).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
