using System.Globalization;
using Descent.Metrics;

namespace Descent.NN;

/// <summary>How good the probabilities of a classifier are, beyond the class that it names.</summary>
static class CurveSections
{
    /// <summary>Points of a curve that are drawn at most.</summary>
    const int MostPoints = 200;

    extension(HtmlReport report)
    {
        /// <summary>Receiver operating characteristic, precision and recall of every class against the rest together, and calibration.</summary>
        /// <param name="truth">The classes.</param>
        /// <param name="probabilities">Of each item, those of all classes.</param>
        internal void AddProbabilities(ReadOnlySpan<long> truth, ReadOnlySpan<double> probabilities, int classes)
        {
            // Every class of every item is a decision of its own: the micro average.
            var isClass = new bool[probabilities.Length];
            for (int i = 0; i < truth.Length; i++) isClass[i * classes + (int)truth[i]] = true;
            var roc = CurveMetrics.Roc(isClass, probabilities);
            var precision = CurveMetrics.PrecisionRecall(isClass, probabilities);
            var calibration = CalibrationMetrics.Calibration(truth, probabilities, classes);
            double area = CurveMetrics.RocAuc(isClass, probabilities), average = CurveMetrics.AveragePrecision(isClass, probabilities);
            report.AddCharts(string.Create(CultureInfo.InvariantCulture, $"Probabilities: ROC area {area:F5}, average precision {average:F5}, calibration error {calibration.ExpectedError:P2}"),
                new LineChart("ROC curve", "false positive rate", "true positive rate")
                    .Add("all classes", Thin(roc.FalsePositiveRate, roc.TruePositiveRate), dots: false).Add("chance", [(0, 0), (1, 1)], dots: false),
                new LineChart("Precision and recall", "recall", "precision").Add("all classes", Thin(precision.Recall, precision.Precision), dots: false),
                new LineChart("Calibration", "confidence", "share right")
                    .Add("held-out", calibration.Bins.Where(b => b.Count > 0).Select(b => (b.Confidence, b.Frequency))).Add("perfect", [(0, 0), (1, 1)], dots: false));
        }
    }

    static IEnumerable<(double, double)> Thin(double[] x, double[] y)
    {
        int every = Math.Max(1, x.Length / MostPoints);
        for (int i = 0; i < x.Length; i += every) yield return (x[i], y[i]);
        if ((x.Length - 1) % every != 0) yield return (x[^1], y[^1]);
    }
}
