using Descent.NN;
using Descent.Tensors;
using Descent.Testing;

namespace Descent.Tabular.Tests.Documentation;

/// <summary>The examples of the page on adaBoost, as they stand there.</summary>
public sealed class AdaBoostSnippets
{
    [Fact]
    public void The_training_error_stays_below_its_bound()
    {
        var generator = new Generator(3);
        double[] rows = new double[300 * 2];
        generator.Uniform(rows, -1, 1);
        var x = Features.FromRows(rows, 2);
        // Inside a circle or not: no single stump can tell.
        int[] inside = [.. Enumerable.Range(0, 300).Select(i => rows[2 * i] * rows[2 * i] + rows[2 * i + 1] * rows[2 * i + 1] < 0.6 ? 1 : 0)];
        var y = new Labels(inside, ["outside", "inside"]);

        double[] w = [.. Enumerable.Repeat(1 / 300.0, 300)], f = new double[300];
        double bound = 1;
        for (int round = 0; round < 40; round++)
        {
            var stump = new DecisionTreeClassifier { MaxDepth = 1 }.Fit(x, y, w);
            int[] said = stump.Predict(x);
            double e = Enumerable.Range(0, 300).Where(i => said[i] != inside[i]).Sum(i => w[i]);
            double alpha = 0.5 * Math.Log((1 - e) / e);
            bound *= 2 * Math.Sqrt(e * (1 - e));
            for (int i = 0; i < 300; i++)
            {
                f[i] += alpha * (said[i] == 1 ? 1 : -1);
                w[i] *= Math.Exp(said[i] == inside[i] ? -alpha : alpha);
            }
            double z = w.Sum();
            for (int i = 0; i < 300; i++) w[i] /= z;
        }
        double wrong = Enumerable.Range(0, 300).Count(i => f[i] > 0 != (inside[i] == 1)) / 300.0;
        // wrong ≤ bound, and the model of the library is the same:
        var model = new AdaBoostClassifier { Rounds = 40 }.Fit(x, y);
        Assert.True(wrong <= bound && wrong < 0.1 && bound < 0.6, $"{wrong} {bound}");
        Assert.Equal(bound, model.TrainingErrorBound, 1e-6);
        Assert.Equal([.. f.Select(v => v > 0 ? 1 : 0)], model.Predict(x));

        // The picture of the page: each round's error below the product so far.
        double product = 1;
        double[] bounds = [.. model.Errors.Select(error => product *= 2 * Math.Sqrt(error * (1 - error)))];
        double[] errors = [.. model.PredictStaged(x).Select(stage => stage.Where((c, i) => c != inside[i]).Count() / 300.0)];
        for (int t = 0; t < bounds.Length; t++) Assert.True(errors[t] <= bounds[t] + 1e-9);
        Pictures.Same("adaboost-bound.svg", new LineChart("AdaBoost of stumps", "rounds", "share of training rows")
            .Add("bound", bounds.Select((b, t) => (t + 1.0, b)), dots: false).Add("wrong", errors.Select((e, t) => (t + 1.0, e)), dots: false).ToDocument());
    }
}
