namespace Descent.Tabular.Tests;

public sealed class ImportanceTests
{
    [Fact]
    public void A_shuffled_feature_costs_what_the_model_makes_of_it()
    {
        var (frame, x, y) = Sample();
        var model = new Ridge { Alpha = 0 }.Fit(x, y);
        var found = new PermutationImportance { Repeats = 20, Seed = 4 }.Measure(model, x, Target.Of(y));
        Assert.Equal(["a", "b", "noise"], found.Features.Select(f => f.Feature));
        // A model that is exact loses 2 w² Var(x) / Var(y) of R² by a shuffle, on average.
        double variance = Variance(y);
        Assert.Equal(1, found.Score, 1e-9);
        Assert.Equal(2 * 9 * Variance(x.Column(0)) / variance, found.Features[0].Value, 0.1);
        Assert.Equal(2 * 1 * Variance(x.Column(1)) / variance, found.Features[1].Value, 0.1);
        Assert.Equal(0, found.Features[2].Value, 1e-9);
        Assert.True(found.Features[0].Spread > 0);
        Assert.True(found.Features.SequenceEqual(new PermutationImportance { Repeats = 20, Seed = 4 }.Measure(model, x, Target.Of(y)).Features));
        Assert.False(found.Features.SequenceEqual(new PermutationImportance { Repeats = 20, Seed = 5 }.Measure(model, x, Target.Of(y)).Features));

        var byScore = new PermutationImportance { Repeats = 1 }.Measure(model, x, Target.Of(y), (m, own, target) => -Metrics.RegressionMetrics.MeanSquaredError(target.Numbers, ((IRegressionModel)m).Predict(own)));
        Assert.True(byScore.Features[0].Value > byScore.Features[1].Value);

        var byMse = new PermutationImportance { Repeats = 1, Scorer = Scorers.Mse }.Measure(model, x, Target.Of(y));
        Assert.Equal(byScore.Features[0].Value, byMse.Features[0].Value, 1e-12);

        var pipeline = new Pipeline { Learner = new Ridge { Alpha = 0 } }.Fit(frame, "y");
        Assert.Equal(found.Features[0].Value, new PermutationImportance { Repeats = 20, Seed = 4 }.Measure(pipeline, frame).Features[0].Value, 1e-9);
    }

    [Fact]
    public void A_pipeline_that_tells_classes_apart_is_measured_by_its_accuracy()
    {
        var (frame, _, y) = Sample();
        var classes = Column.Categories("class", y.Select(v => v > 1 ? "yes" : "no"));
        frame = frame.Drop("y").With(classes);
        var pipeline = new Pipeline { Learner = new DecisionTreeClassifier() }.Fit(frame, "class");
        var found = new PermutationImportance().Measure(pipeline, frame);
        Assert.Equal(1, found.Score);
        Assert.True(found.Features[0].Value > found.Features[1].Value);
        // Other rows may name their classes in another order.
        var positive = frame.Where(r => frame["class"].Format(r.Index) == "yes");
        Assert.Equal(1, new PermutationImportance().Measure(pipeline, positive).Score);
    }

    [Fact]
    public void Partial_dependence_of_a_sum_is_its_term()
    {
        var (frame, x, y) = Sample();
        var model = new Ridge { Alpha = 0 }.Fit(x, y);
        var curve = new PartialDependence { Points = 7 }.Of(model, x, "a");
        Assert.Equal(7, curve.Axis.Numbers.Length);
        Assert.Equal((x.Column(0).ToArray().Min(), x.Column(0).ToArray().Max()), (curve.Axis.Numbers[0], curve.Axis.Numbers[^1]));
        for (int p = 0; p < 7; p++)
        {
            Assert.Equal(3 * curve.Axis.Numbers[p] - x.Column(1).ToArray().Average(), curve.Means[p], 1e-9);
            Assert.Equal(3 * curve.Axis.Numbers[p] - x.Column(1)[5], curve.Individual[5 * 7 + p], 1e-9);
        }
        var surface = new PartialDependence { Points = 4 }.Of(model, x, "a", "b");
        Assert.Equal(3 * surface.First.Numbers[2] - surface.Second.Numbers[1], surface.Means[2 * 4 + 1], 1e-9);

        var pipeline = new Pipeline { Learner = new Ridge { Alpha = 0 } }.Fit(frame, "y");
        Assert.Equal(curve.Means.Select(v => Math.Round(v, 9)), new PartialDependence { Points = 7 }.Of(pipeline, frame, "a").Means.Select(v => Math.Round(v, 9)));
        Assert.Contains("'z'", Assert.Throws<ArgumentException>(() => new PartialDependence().Of(model, x, "z")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partial_dependence_follows_categories_and_classes()
    {
        string[] colours = [.. Enumerable.Range(0, 60).Select(i => i % 6 < 3 ? "red" : i % 6 < 5 ? "green" : "blue")];
        var frame = new Frame(Column.Categories("colour", colours), Column.Of("n", [.. Enumerable.Range(0, 60).Select(i => (double)(i % 7))]), Column.Categories("class", colours.Select(c => c == "green" ? "yes" : "no")));
        var pipeline = new Pipeline { Learner = new DecisionTreeClassifier() }.Fit(frame, "class");
        var curve = new PartialDependence().Of(pipeline, frame, "colour");
        Assert.Equal(["red", "green", "blue"], curve.Axis.Labels.OrderByDescending(l => l, StringComparer.Ordinal));
        Assert.Equal(["no", "yes"], curve.Outputs.ToArray());
        int green = curve.Axis.Labels.IndexOf("green");
        for (int p = 0; p < 3; p++) Assert.Equal(p == green ? 1 : 0, curve.Means[3 + p], 1e-12);
        Assert.Equal(["green", "red"], new PartialDependence { Points = 2 }.Of(pipeline, frame, "colour").Axis.Labels.Order(StringComparer.Ordinal));
        var prepared = new PartialDependence().Of(pipeline.Model, pipeline.Prepare(frame), "colour");
        for (int p = 0; p < 3; p++) Assert.Equal(curve.Means[3 + p], prepared.Means[3 + prepared.Axis.Labels.IndexOf(curve.Axis.Labels[p])], 1e-12);
    }

    static double Variance(ReadOnlySpan<double> values)
    {
        double[] all = values.ToArray();
        double mean = all.Average();
        return all.Average(v => (v - mean) * (v - mean));
    }

    static (Frame Frame, Features X, double[] Y) Sample()
    {
        var random = new Random(8);
        double[] a = [.. Enumerable.Range(0, 200).Select(_ => random.NextDouble())], b = [.. Enumerable.Range(0, 200).Select(_ => random.NextDouble())], noise = [.. Enumerable.Range(0, 200).Select(_ => random.NextDouble())];
        double[] y = [.. a.Select((v, i) => 3 * v - b[i])];
        var frame = new Frame(Column.Of("a", a), Column.Of("b", b), Column.Of("noise", noise), Column.Of("y", y));
        return (frame, Features.Of(frame, "y"), y);
    }
}
