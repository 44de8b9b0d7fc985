namespace Descent.Tabular.Tests;

[Collection(nameof(Descent.Tensors.Numerics))]
public sealed class MlpTests
{
    static Frame Towns(int rows, out double[] y)
    {
        var random = new Random(8);
        string[] towns = ["a", "b", "c", "d", "e"];
        string?[] town = new string?[rows];
        double[] size = new double[rows];
        y = new double[rows];
        for (int i = 0; i < rows; i++)
        {
            int t = random.Next(6);
            town[i] = t == 5 ? null : towns[t];
            size[i] = random.Next(10) == 0 ? double.NaN : 1000 + 300 * random.NextDouble();
            y[i] = (t * 7 % 6) + (double.IsNaN(size[i]) ? -4 : (size[i] - 1000) / 100);
        }
        return new(Column.Of("size", size), Column.Categories("town", town));
    }

    [Fact]
    public void Levels_missing_values_and_numbers_far_from_zero_are_learned()
    {
        var frame = Towns(800, out double[] y);
        var x = Features.Of(frame);
        var learner = new MlpRegressor { Hidden = [32], LearningRate = 0.01, Epochs = 60, BatchRows = 32 };
        var model = learner.Fit(x, y);
        Assert.True(Descent.Metrics.RegressionMetrics.R2(y, model.Predict(frame)) > 0.97);
        Assert.Equal([6], model.Encoding.Levels.Where(l => l > 0));
        Assert.Equal(model.Predict(frame), learner.Fit(x, y).Predict(frame));
        // A level that was not there in training is a missing one.
        var strange = new Frame(Column.Of("size", [1100.0, 1100.0]), Column.Categories("town", ["elsewhere", null]));
        double[] same = model.Predict(strange);
        Assert.Equal(same[0], same[1]);
    }

    [Fact]
    public void The_best_pass_on_rows_held_out_is_kept()
    {
        var random = new Random(9);
        double[] rows = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        var x = Features.FromRows(rows, 4);
        var y = Labels.From([.. Enumerable.Range(0, 100).Select(_ => (long)random.Next(2))]);
        // Noise alone: what learns it by heart is worse than what has learned little.
        var learner = new MlpClassifier { LearningRate = 0.01, Epochs = 100, Patience = 5, ValidationShare = 0.3 };
        double[] stopped = learner.Fit(x, y).Probabilities(x), heart = (learner with { ValidationShare = 0 }).Fit(x, y).Probabilities(x);
        Assert.True(stopped.Max() < 0.95);
        Assert.True(heart.Max() > 0.99);
    }
}
