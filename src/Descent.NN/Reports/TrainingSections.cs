using System.Globalization;

namespace Descent.NN;

/// <summary>What the report of any training shows: the last figures, and curves.</summary>
static class TrainingSections
{
    extension(HtmlReport report)
    {
        /// <summary>The last row's figures.</summary>
        internal void AddFigures(TrainingState state)
        {
            if (state.Rows.Count == 0) return;
            var row = state.Rows[^1];
            var spans = row.Values.Where(v => v.Key.StartsWith("validation_", StringComparison.Ordinal) || !row.Values.Keys.Any(k => k.StartsWith("validation_", StringComparison.Ordinal)))
                .Select(v => $"<span><b>{Show(v.Key, v.Value)}</b>{HtmlReport.Escape(v.Key.Replace('_', ' '))}</span>");
            report.Add("Result", string.Create(CultureInfo.InvariantCulture,
                $"<p class=\"figures\">{string.Concat(spans)}<span><b>{row.Step:N0}</b>steps</span><span><b>{row.Seconds:F1} s</b>of training</span></p>\n") +
                (state.Stopped is { } reason ? $"<p>Stopped early: {HtmlReport.Escape(reason)}</p>\n" : ""));
        }

        /// <summary>One chart for every figure, training beside validation, and the steps' learning rate and gradient norm.</summary>
        internal void AddCurves(TrainingState state)
        {
            var charts = new List<LineChart>();
            string x = state.Rows.Select(r => r.Epoch).Distinct().Count() == state.Rows.Count ? "epoch" : "step";
            foreach (string name in state.Rows.SelectMany(r => r.Values.Keys).Select(k => k[(k.IndexOf('_', StringComparison.Ordinal) + 1)..]).Distinct())
            {
                var chart = new LineChart(char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' '), x, name.Replace('_', ' '));
                foreach (string phase in (ReadOnlySpan<string>)["train", "validation"])
                    if (state.Rows.Any(r => r.Values.ContainsKey($"{phase}_{name}")))
                        chart.Add(phase == "train" ? "training" : "validation", state.Rows.Select(r => ((double)(x == "epoch" ? r.Epoch : r.Step), r[$"{phase}_{name}"])));
                charts.Add(chart);
            }
            if (state.Steps.Records.Count > 1)
            {
                charts.Add(new LineChart("Gradient norm", "step", "before clipping").Add("norm", state.Steps.Records.Select(r => ((double)r.Step, r.GradientNorm)), dots: false));
                charts.Add(new LineChart("Learning rate", "step", "of the first group").Add("rate", state.Steps.Records.Select(r => ((double)r.Step, r.LearningRate)), dots: false));
            }
            report.AddCharts("Curves", charts);
        }
    }

    static string Show(string name, double value) => value.ToString(name.EndsWith("accuracy", StringComparison.Ordinal) ? "P2" : "G5", CultureInfo.InvariantCulture);
}
