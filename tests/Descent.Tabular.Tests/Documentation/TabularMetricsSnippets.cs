using Descent.Metrics;

namespace Descent.Tabular.Tests.Documentation;

/// <summary>The examples of the page on metrics of tables, as they stand there.</summary>
public sealed class TabularMetricsSnippets
{
    static bool Near(double a, double b) => Math.Abs(a - b) < 1e-2 * Math.Max(0.1, Math.Abs(b));

    [Fact]
    public void Figures_of_classes()
    {
        bool[] truth = [true, true, true, false, false, false, false, false, false, false];
        double[] p = [0.9, 0.7, 0.3, 0.6, 0.4, 0.2, 0.2, 0.1, 0.1, 0.05];
        long[] y = [.. truth.Select(t => t ? 1L : 0)], said = [.. p.Select(v => v > 0.5 ? 1L : 0)];

        double accuracy = ClassificationMetrics.Accuracy(y, said);      // 0.8: 0.7 for saying "no" always
        double precision = ClassificationMetrics.Precision(y, said);    // 2/3 of the alarms were right
        double recall = ClassificationMetrics.Recall(y, said);          // 2/3 of what there was to find was found
        double area = CurveMetrics.RocAuc(truth, p);                    // 19/21: a yes stands above a no
        double average = CurveMetrics.AveragePrecision(truth, p);       // 0.867: precision over all recalls
        double logLoss = ProbabilityMetrics.LogLoss(truth, p);          // the price of the probabilities themselves
        double brier = CalibrationMetrics.Brier(truth, p);
        Assert.Equal([0.8, 2 / 3.0, 2 / 3.0, 19 / 21.0, 0.8666], [accuracy, precision, recall, area, average], Near);
        Assert.True(logLoss > 0 && brier > 0);

        double Cost(double threshold) => p.Select((v, i) => truth[i] && v <= threshold ? 5.0 : !truth[i] && v > threshold ? 1 : 0).Sum();
        var (half, sixth) = (Cost(0.5), Cost(1.0 / 6));    // 6 and 4
        Assert.Equal([6, 4], [half, sixth], Near);
    }

    [Fact]
    public void Figures_of_numbers()
    {
        double[] price = [100, 200, 300, 400, 1000], guess = [110, 190, 310, 390, 600];
        double mae = RegressionMetrics.MeanAbsoluteError(price, guess);            // 88
        double rmse = RegressionMetrics.RootMeanSquaredError(price, guess);        // 179: one large error rules it
        double r2 = RegressionMetrics.R2(price, guess);                            // 0.68 of the variance
        double mape = RegressionMetrics.MeanAbsolutePercentageError(price, guess); // 0.12: relative
        double pinball = RegressionMetrics.MeanPinballLoss(price, guess, 0.9);     // the price of a 90% quantile
        Assert.Equal([88, 179.11, 0.6841], [mae, rmse, r2], Near);
        Assert.Equal(0.1217, mape, 1e-3);
        Assert.True(pinball > 0);
    }
}
