using Descent.Metrics;
using Descent.Tensors;

namespace Descent.Tabular.Tests.Documentation;

/// <summary>The examples of the page on gradient boosting, as they stand there.</summary>
public sealed class GradientBoostingSnippets
{
    [Fact]
    public void Twenty_lines_are_the_library_s_model()
    {
        var generator = new Generator(2);
        double[] rows = new double[400 * 2], noise = new double[400];
        generator.Uniform(rows, -2, 2);
        generator.Normal(noise, 0, 0.1);
        var x = Features.FromRows(rows, 2);
        double[] y = [.. Enumerable.Range(0, 400).Select(i => Math.Sin(2 * rows[2 * i]) + rows[2 * i] * rows[2 * i + 1] + noise[i])];

        double[] f = [.. Enumerable.Repeat(y.Average(), 400)];
        for (int round = 0; round < 50; round++)
        {
            double[] residuals = [.. y.Select((v, i) => v - f[i])];
            var tree = new DecisionTreeRegressor { MaxDepth = 3, Criterion = RegressionCriterion.Friedman }.Fit(x, residuals);
            double[] step = tree.Predict(x);
            for (int i = 0; i < 400; i++) f[i] += 0.1 * step[i];
        }
        // The same numbers:
        var model = new GradientBoostingRegressor { Rounds = 50, LearningRate = 0.1, MaxDepth = 3 }.Fit(x, y);
        double[] predicted = model.Predict(x);
        for (int i = 0; i < 400; i++) Assert.Equal(f[i], predicted[i], 1e-9);

        double[] fresh = new double[400 * 2];
        generator.Uniform(fresh, -2, 2);
        double[] truth = [.. Enumerable.Range(0, 400).Select(i => Math.Sin(2 * fresh[2 * i]) + fresh[2 * i] * fresh[2 * i + 1])];
        double[][] staged = model.PredictStaged(Features.FromRows(fresh, 2));
        double[] errors = [.. staged.Select(stage => RegressionMetrics.RootMeanSquaredError(truth, stage))];    // falls from stage to stage
        Assert.True(errors[^1] < errors[0] / 2, $"{errors[0]} {errors[^1]}");
    }
}
