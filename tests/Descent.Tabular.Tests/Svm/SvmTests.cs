namespace Descent.Tabular.Tests;

public sealed class SvmTests
{
    [Fact]
    public void A_small_cache_and_shrinking_change_nothing_in_the_end()
    {
        var random = new Random(6);
        double[] rows = [.. Enumerable.Range(0, 1500 * 2).Select(_ => 2 * random.NextDouble() - 1)];
        var y = Labels.From([.. Enumerable.Range(0, 1500).Select(i => rows[2 * i] * rows[2 * i + 1] + 0.1 * random.NextDouble() > 0.05 ? 1L : 0)]);
        var x = Features.FromRows(rows, 2);
        var learner = new SvmClassifier { C = 3, Gamma = 2, Tolerance = 1e-6 };
        var model = learner.Fit(x, y);
        var small = (learner with { CacheMegabytes = 1 }).Fit(x, y);
        Assert.Equal(model.Coefficients.ToArray(), small.Coefficients.ToArray());
        Assert.True(model.Predict(x).Where((c, i) => c == y.Codes[i]).Count() > 1350);
        // The conditions of the optimum, by the scores themselves.
        double[] margins = model.Margins(x);
        for (int i = 0; i < 1500; i++)
        {
            double side = (y.Codes[i] == 1 ? 1 : -1) * margins[i];
            int at = Enumerable.Range(0, model.Vectors.Length / 2).FirstOrDefault(v => model.Vectors[2 * v] == rows[2 * i], -1);
            double alpha = at < 0 ? 0 : Math.Abs(model.Coefficients[at]);
            if (alpha == 0) Assert.True(side >= 1 - 1e-4);
            else if (alpha == 3) Assert.True(side <= 1 + 1e-4);
            else Assert.Equal(1, side, 1e-4);
        }
    }

    [Fact]
    public void Probabilities_follow_the_scores()
    {
        var (x, _, _) = ReferenceTests.Sample();
        var model = new SvmClassifier { Probability = true }.Fit(x, ReferenceTests.Targets(isBinary: true));
        double[] margins = model.Margins(x), p = model.Probabilities(x);
        int[] order = [.. Enumerable.Range(0, x.Rows).OrderBy(i => margins[i])];
        for (int k = 1; k < order.Length; k++) Assert.True(p[2 * order[k] + 1] >= p[2 * order[k - 1] + 1]);
        Assert.InRange(p[2 * order[0] + 1], 0.001, 0.2);
        Assert.InRange(p[2 * order[^1] + 1], 0.8, 0.999);
    }
}
