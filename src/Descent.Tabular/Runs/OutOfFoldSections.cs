using System.Globalization;
using Descent.Metrics;
using Descent.NN;

namespace Descent.Tabular;

/// <summary>What a report shows of predictions beside what is true.</summary>
static class OutOfFoldSections
{
    const int MostPoints = 200, MostDots = 600, MostClasses = 6, MostConfused = 30;

    extension(HtmlReport report)
    {
        /// <summary>Predictions of rows that the models had not seen.</summary>
        internal void AddOutOfFold(CrossValidationResult result, string target) => report.AddPredictions(result.Truth, result.OutOfFold, target, "Rows that the models had not seen");

        internal void AddPredictions(Target truth, Predictions said, string target, string heading)
        {
            if (truth.Kind == TargetKind.Number) report.AddNumbers(truth.Numbers, said.Numbers, target, heading);
            else
            {
                var labels = truth.Labels;
                if (said.HasProbabilities) report.AddCurves(labels, said.Probabilities, heading);
                if (labels.Classes.Length > MostConfused) return;
                var confusion = new ConfusionMatrix(labels.Classes.Length);
                confusion.Update(Longs(labels.Codes), Longs(said.Codes));
                report.AddConfusion(confusion, labels.Classes);
            }
        }

        void AddNumbers(ReadOnlySpan<double> truth, ReadOnlySpan<double> said, string target, string heading)
        {
            int every = Math.Max(1, (truth.Length + MostDots - 1) / MostDots);
            var points = new List<(double Said, double True)>();
            for (int i = 0; i < truth.Length; i += every) points.Add((said[i], truth[i]));
            double low = Math.Min(points.Min(p => p.Said), points.Min(p => p.True)), high = Math.Max(points.Max(p => p.Said), points.Max(p => p.True));
            double[] residuals = new double[truth.Length];
            for (int i = 0; i < residuals.Length; i++) residuals[i] = truth[i] - said[i];
            report.AddCharts(heading, every > 1 ? $"One in {every} rows is drawn." : null,
                new LineChart("Predicted and true", $"predicted {target}", $"true {target}").AddCloud("rows", points.Select(p => (p.Said, p.True))).Add("perfect", [(low, low), (high, high)], dots: false),
                new LineChart("Residuals", $"predicted {target}", "true − predicted").AddCloud("rows", points.Select(p => (p.Said, p.True - p.Said))).Add("none", [(points.Min(p => p.Said), 0), (points.Max(p => p.Said), 0)], dots: false),
                new LineChart("How large errors are", "share of rows", "absolute error at most").Add("rows", Quantiles(residuals), dots: false));
        }

        void AddCurves(Labels labels, ReadOnlySpan<double> probabilities, string heading)
        {
            int classes = labels.Classes.Length;
            var roc = new LineChart("ROC curve", "false positive rate", "true positive rate");
            var precision = new LineChart("Precision and recall", "recall", "precision");
            var calibration = new LineChart("Calibration", "predicted probability", "share that came true");
            // Of two classes the second tells all; of many the most frequent are drawn.
            int[] shown = classes == 2 ? [1] : [.. labels.Codes.ToArray().GroupBy(c => c).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Take(MostClasses).Select(g => g.Key).Order()];
            string below = "";
            foreach (int k in shown)
            {
                bool[] isClass = [.. labels.Codes.ToArray().Select(c => c == k)];
                double[] p = new double[labels.Count];
                // Shares that are added up may pass 1 by a rounding.
                for (int i = 0; i < p.Length; i++) p[i] = Math.Clamp(probabilities[i * classes + k], 0, 1);
                if (!isClass.Contains(true) || !isClass.Contains(false)) continue;
                string name = labels.Classes[k] is { Length: <= 12 } whole ? whole : string.Concat(labels.Classes[k].AsSpan(0, 11), "…");
                var (curve, recalls) = (CurveMetrics.Roc(isClass, p), CurveMetrics.PrecisionRecall(isClass, p));
                roc.Add(name, Thin(curve.FalsePositiveRate, curve.TruePositiveRate), dots: false);
                precision.Add(name, Thin(recalls.Recall, recalls.Precision), dots: false);
                calibration.Add(name, CalibrationMetrics.Calibration(isClass, p, 10).Bins.Where(b => b.Count > 0).Select(b => (b.Confidence, b.Frequency)));
                below += string.Create(CultureInfo.InvariantCulture, $"{(below.Length > 0 ? "; " : "")}{labels.Classes[k]}: ROC area {CurveMetrics.RocAuc(isClass, p):F4}, average precision {CurveMetrics.AveragePrecision(isClass, p):F4}");
            }
            roc.Add("chance", [(0, 0), (1, 1)], dots: false);
            calibration.Add("perfect", [(0, 0), (1, 1)], dots: false);
            report.AddCharts(heading, below, roc, precision, calibration);
        }
    }

    static long[] Longs(ReadOnlySpan<int> codes) => Array.ConvertAll(codes.ToArray(), c => (long)c);

    static IEnumerable<(double, double)> Quantiles(double[] residuals)
    {
        double[] sizes = [.. residuals.Select(Math.Abs).Order()];
        for (int i = 0; i <= MostPoints / 2; i++)
        {
            double share = i / (MostPoints / 2.0);
            yield return (share, sizes[(int)(share * (sizes.Length - 1))]);
        }
    }

    static IEnumerable<(double, double)> Thin(double[] x, double[] y)
    {
        int every = Math.Max(1, x.Length / MostPoints);
        for (int i = 0; i < x.Length; i += every) yield return (x[i], y[i]);
        if ((x.Length - 1) % every != 0) yield return (x[^1], y[^1]);
    }
}
