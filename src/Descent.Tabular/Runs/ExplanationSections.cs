using System.Collections.Immutable;
using Descent.NN;

namespace Descent.Tabular;

/// <summary>What a report shows of what a model goes by.</summary>
static class ExplanationSections
{
    const int MostBars = 15, MostRows = 200, SampledRows = 30, MostOutputs = 4, MostCurves = 4, CurveRows = 200;

    extension(HtmlReport report)
    {
        internal void AddImportances(ImmutableArray<FeatureImportance> importances, string figure)
        {
            var chart = new BarChart("What the model goes by", $"by how much {figure} worsens where the column is shuffled");
            foreach (var f in importances.Take(MostBars)) chart.Add(f.Feature, f.Value, f.Spread);
            report.AddCharts("Importances", "Measured on rows that the model was not trained on. Of columns that tell the same, each can look unimportant, for the other stands in for it.", chart);
        }

        /// <summary>Shapley values of some rows, and how predictions follow the most important columns.</summary>
        internal void AddExplanation(PipelineModel pipeline, Frame rows, ImmutableArray<FeatureImportance> importances, CancellationToken cancellation)
        {
            var sample = Sample(rows, RowsFor(pipeline.Model));
            var values = new Shap().Explain(pipeline, sample, cancellation);
            var x = pipeline.Prepare(sample);
            report.AddCharts("What moves single predictions", $"Each dot is a row: how far a column moves its prediction ({Scale(values.Scale)}). {sample.Rows} rows are drawn; grey is a category or a missing value.",
                // Of two classes each mirrors the other.
                (values.Outputs.Length == 2 ? [1] : Enumerable.Range(0, Math.Min(MostOutputs, values.Outputs.Length))).Select(k => Swarm(values, x, k)));
            cancellation.ThrowIfCancellationRequested();
            var few = Sample(rows, CurveRows);
            report.AddCharts("How predictions follow a column", "The mean prediction where the column is set to a value in all rows.",
                importances.Take(MostCurves).Where(f => f.Value > 0 && few.Has(f.Feature) && few[f.Feature].MissingCount < few.Rows).Select(f => Curve(new PartialDependence().Of(pipeline, few, f.Feature))));
        }
    }

    /// <summary>As many rows as are explained in a second or few.</summary>
    static int RowsFor(IModel model)
    {
        const int Nodes = 20_000_000;
        if (TreeSum.Of(model) is { } sum) return Math.Clamp(Nodes / Math.Max(1, sum.Terms.Sum(t => t.Tree.Nodes)), SampledRows, MostRows);
        return model is LinearRegressionModel or LinearClassificationModel ? MostRows : SampledRows;
    }

    /// <summary>Rows at even distances.</summary>
    internal static Frame Sample(Frame rows, int most) =>
        rows.Rows <= most ? rows : rows.Take([.. Enumerable.Range(0, most).Select(i => (int)((long)i * rows.Rows / most))]);

    internal static string Scale(ShapScale scale) => scale switch { ShapScale.Probability => "in probability", ShapScale.Score => "in the score behind the probability or number, such as log odds", _ => "in its unit" };

    static SwarmChart Swarm(ShapValues values, Features x, int output)
    {
        var chart = new SwarmChart(values.Outputs.Length == 1 && values.Outputs[0] == "prediction" ? "Shapley values" : $"Shapley values for {values.Outputs[output]}", "moves the prediction by", "value of the column");
        foreach (var (feature, _) in values.Importances(output).Select((f, j) => (j, f.Value)).OrderByDescending(f => f.Value).Take(MostBars))
        {
            double[] ranks = Ranks(x, values.Features[feature]);
            int of = feature;
            chart.Add(values.Features[feature], Enumerable.Range(0, values.Rows).Select(row => (values.Row(row, output)[of], ranks[row])));
        }
        return chart;
    }

    /// <summary>The share of rows with a lower value; NaN of categories and of missing values.</summary>
    static double[] Ranks(Features x, string feature)
    {
        int j = Enumerable.Range(0, x.Columns).FirstOrDefault(k => x.Schema.Features[k].Name == feature, -1);
        double[] ranks = new double[x.Rows];
        Array.Fill(ranks, double.NaN);
        if (j < 0 || x.Schema.Features[j].IsCategory) return ranks;
        double[] column = x.Column(j).ToArray();
        double[] sorted = [.. column.Where(v => !double.IsNaN(v)).Distinct().Order()];
        for (int row = 0; row < ranks.Length; row++)
            if (!double.IsNaN(column[row])) ranks[row] = sorted.Length < 2 ? 0.5 : Array.BinarySearch(sorted, column[row]) / (sorted.Length - 1.0);
        return ranks;
    }

    internal static Chart Curve(DependenceCurve curve)
    {
        int points = curve.Axis.Labels.Length;
        int[] outputs = curve.Outputs.Length == 2 ? [1] : [.. Enumerable.Range(0, Math.Min(MostOutputs, curve.Outputs.Length))];
        string label = curve.Outputs.Length == 1 ? curve.Outputs[0] : curve.Outputs.Length == 2 ? $"probability of {curve.Outputs[1]}" : "probability";
        if (curve.Axis.Numbers.IsEmpty)
        {
            var bars = new BarChart(curve.Axis.Column, $"mean {label}{(outputs.Length > 1 ? $" of {curve.Outputs[outputs[0]]}" : "")}");
            for (int p = 0; p < points; p++) bars.Add(curve.Axis.Labels[p], curve.Means[outputs[0] * points + p]);
            return bars;
        }
        var chart = new LineChart(curve.Axis.Column, curve.Axis.Column, $"mean {label}");
        foreach (int k in outputs) chart.Add(curve.Outputs[k], Enumerable.Range(0, points).Select(p => (curve.Axis.Numbers[p], curve.Means[k * points + p])));
        return chart;
    }
}
