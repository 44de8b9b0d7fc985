using Descent.Metrics;

namespace Descent.Tabular.Tests;

public sealed class CalibrationTests
{
    static readonly double[] s_scores = [0.1, 0.4, 0.35, 0.8, 0.65, 0.4, 0.9, 0.2, 0.55, 0.05];
    static readonly bool[] s_holds = [false, false, true, true, true, true, true, false, false, false];

    // scikit-learn 1.2.1, whose slope and offset have the other sign.
    [Fact]
    public void A_logistic_curve_is_that_of_the_reference()
    {
        var map = CalibrationMap.Sigmoid(s_scores, s_holds, Ones(10));
        Assert.Equal(4.17398121342158, map.Slope, 1e-4);
        Assert.Equal(-1.8160906976845275, map.Offset, 1e-4);
    }

    [Fact]
    public void Steps_are_those_of_the_reference()
    {
        var map = CalibrationMap.Isotonic(s_scores, s_holds, Ones(10));
        double[] at = [0, 0.3, 0.38, 0.5, 0.7, 2], expected = [0, 1.0 / 3, 0.5, 0.5, 1, 1];
        for (int i = 0; i < at.Length; i++) Assert.Equal(expected[i], map.Of(at[i]), 1e-12);
    }

    [Fact]
    public void A_temperature_undoes_scores_that_are_too_sure()
    {
        var random = new Random(1);
        double[] scores = new double[3 * 4000];
        int[] codes = new int[4000];
        for (int i = 0; i < codes.Length; i++)
        {
            double[] truth = [random.NextDouble() * 3, random.NextDouble() * 3, random.NextDouble() * 3];
            double[] p = [.. truth.Select(Math.Exp)];
            double draw = random.NextDouble() * p.Sum();
            codes[i] = draw < p[0] ? 0 : draw < p[0] + p[1] ? 1 : 2;
            for (int k = 0; k < 3; k++) scores[3 * i + k] = 4 * truth[k];
        }
        Assert.Equal(0.25, CalibrationMap.Temperature(scores, codes, Ones(4000), 3).Slope, 0.02);
    }

    static (Features X, Labels Two, Labels Three) Rows()
    {
        double[] rows = new double[120];
        long[] two = new long[60], three = new long[60];
        for (int i = 0; i < 60; i++)
        {
            double a = rows[2 * i] = Math.Round(Math.Sin(i * 1.7), 3), b = rows[2 * i + 1] = Math.Round(Math.Cos(i * 0.9), 3), noise = Math.Sin(i * 5.1);
            two[i] = a + 0.5 * b + 0.6 * noise > 0 ? 1 : 0;
            three[i] = a + 0.3 * noise > 0.5 ? 2 : b > 0 ? 1 : 0;
        }
        return (Features.FromRows(rows, 2), Labels.From(two), Labels.From(three));
    }

    // scikit-learn 1.2.1: CalibratedClassifierCV over LogisticRegression.
    [Theory]
    [InlineData(CalibrationMethod.Sigmoid, true, new[] { 0.6252463479866891, 0.9522391561143146, 0.34804214383396725, 0.0655189836840792 })]
    [InlineData(CalibrationMethod.Sigmoid, false, new[] { 0.7712010885389424, 0.9989185324180689, 0.19633166611798192, 0.002403875588419199 })]
    [InlineData(CalibrationMethod.Isotonic, true, new[] { 0.955332824945106, 1.0, 0.07232616412443647, 0.0 })]
    [InlineData(CalibrationMethod.Isotonic, false, new[] { 1.0, 1.0, 0.0, 0.0 })]
    public void Cross_fitted_probabilities_are_those_of_the_reference(CalibrationMethod method, bool isEnsemble, double[] expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var (x, y, _) = Rows();
        double[] p = new CalibratedClassifier { Base = new LogisticRegression { Tolerance = 1e-10 }, Method = method, IsEnsemble = isEnsemble }.Fit(x, y).Probabilities(x);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], p[2 * i + 1], 1e-4);
    }

    [Fact]
    public void Several_classes_are_each_calibrated_against_the_rest()
    {
        var (x, _, y) = Rows();
        double[] p = new CalibratedClassifier { Base = new LogisticRegression { Tolerance = 1e-10 }, Folds = 3 }.Fit(x, y).Probabilities(x);
        double[] expected = [0.03603145076953106, 0.7041959011035704, 0.2597726481268983, 0.010758553383218725, 0.11648965220651049, 0.8727517944102708];
        // The reference takes the margins of the softmax, we too: both are known only up to a constant of each row.
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], p[i], 2e-3);
    }

    [Theory]
    [InlineData(CalibrationMethod.Sigmoid)]
    [InlineData(CalibrationMethod.Isotonic)]
    [InlineData(CalibrationMethod.Temperature)]
    public void A_model_that_is_too_sure_becomes_honest_on_other_rows(CalibrationMethod method)
    {
        var (x, y) = Noisy(3000, 4);
        var model = new GaussianNaiveBayes().Fit(x.Take([.. Enumerable.Range(0, 1000)]), y.Take([.. Enumerable.Range(0, 1000)]));
        int[] middle = [.. Enumerable.Range(1000, 1000)], test = [.. Enumerable.Range(2000, 1000)];
        var calibrated = CalibratedClassifier.OfModel(model, x.Take(middle), y.Take(middle), method);
        double before = Error(model), after = Error(calibrated);
        Assert.True(after < 0.5 * before, $"{after} is not much below {before}");

        double Error(IProbabilisticModel m)
        {
            double[] p = m.Probabilities(x.Take(test));
            return CalibrationMetrics.Calibration(Array.ConvertAll(test, row => y.Codes[row] == 1), [.. Enumerable.Range(0, 1000).Select(i => p[2 * i + 1])]).ExpectedError;
        }
    }

    [Fact]
    public void A_threshold_is_where_the_figure_is_best()
    {
        var (x, y) = Noisy(1000, 2);
        var learner = new ThresholdClassifier { Base = new LogisticRegression(), Scorer = Scorer.Cost(new double[,] { { 0, 1 }, { 9, 0 } }) };
        var model = learner.Fit(x, y);
        // Missing the second class costs nine times as much, so it is said from a probability of about a tenth on.
        Assert.InRange(model.Threshold, 0.03, 0.2);
        var truth = Target.Of(y);
        Assert.True(learner.Scorer.Score(truth, Predictions.Of(model, x)) < 0.8 * learner.Scorer.Score(truth, Predictions.Of(model.Model, x)));
        Assert.Contains("does not look at predicted classes", Assert.Throws<ArgumentException>(() => new ThresholdClassifier { Base = new LogisticRegression(), Scorer = Scorers.LogLoss }).Message, StringComparison.Ordinal);
        Assert.Contains("two classes apart", Assert.Throws<ArgumentException>(() => learner.Fit(x, Labels.From([.. Enumerable.Range(0, 1000).Select(i => (long)(i % 3))]))).Message, StringComparison.Ordinal);
    }

    /// <summary>One feature, seen several times over, so that who takes them for independent is too sure.</summary>
    static (Features X, Labels Y) Noisy(int rows, int copies)
    {
        var random = new Random(8);
        double[] values = new double[rows * copies];
        long[] y = new long[rows];
        for (int i = 0; i < rows; i++)
        {
            double v = 2 * random.NextDouble() - 1;
            for (int k = 0; k < copies; k++) values[i * copies + k] = v + 0.01 * random.NextDouble();
            y[i] = random.NextDouble() < 1 / (1 + Math.Exp(-3 * v)) ? 1 : 0;
        }
        return (Features.FromRows(values, copies), Labels.From(y));
    }

    static double[] Ones(int count) => [.. Enumerable.Repeat(1.0, count)];
}
