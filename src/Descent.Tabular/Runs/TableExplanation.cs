using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Descent.NN;

namespace Descent.Tabular;

/// <summary>What a model goes by, for people.</summary>
public static class TableExplanation
{
    const int MostBars = 20;

    extension(TableModel model)
    {
        /// <summary>What the file tells: what the model is, how good it is, and what it goes by.</summary>
        public string Describe()
        {
            var text = new StringBuilder();
            var pipeline = model.Pipeline;
            text.Append(CultureInfo.InvariantCulture, $"predicts  {pipeline.Target}: {(pipeline.Predicts == TargetKind.Class ? $"classes {string.Join(", ", pipeline.Classes.Take(8))}{(pipeline.Classes.Length > 8 ? ", …" : "")}" : "numbers")}\n");
            text.Append(CultureInfo.InvariantCulture, $"from      {string.Join(", ", pipeline.Input.Columns.Take(12).Select(c => c.Name))}{(pipeline.Input.Columns.Length > 12 ? $", … {pipeline.Input.Columns.Length} in all" : "")}\n");
            if (model.Provenance is { } of)
                text.Append(CultureInfo.InvariantCulture, $"fitted    {of.Model} to {of.Rows:N0} rows of {of.Data} (SHA-256 {of.DataSha256[..Math.Min(12, of.DataSha256.Length)]}…) by {of.Library}\n");
            foreach (var score in model.Metrics?.Scores ?? [])
                text.Append(CultureInfo.InvariantCulture, $"{score.Name.PadRight(8)}  {TableText.Figure(score.Mean, score.Deviation)}, knowing nothing {TableText.Figure(score.Baseline)}\n");
            if (model.Metrics is { Importances.IsEmpty: false } metrics)
                text.Append(CultureInfo.InvariantCulture, $"\nwhat it goes by, as loss of {metrics.Scores[0].Name} where a column is shuffled\n").Append(TextBars.Draw(metrics.Importances.Take(MostBars).Select(f => (f.Feature, f.Value))));
            return text.ToString();
        }

        /// <summary>What the columns add to the prediction of a row: from what is expected of any row to what is said of this one.</summary>
        /// <param name="frame">Rows, the others of which stand for "any row" where the model needs some.</param>
        /// <param name="row">Which of them, from 0.</param>
        /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
        public RowExplanation ExplainRow(Frame frame, int row)
        {
            ArgumentNullException.ThrowIfNull(frame);
            if ((uint)row >= (uint)frame.Rows) throw new ArgumentOutOfRangeException(nameof(row), $"There is no row {row}: the rows are 0 to {frame.Rows - 1}.");
            var pipeline = model.Pipeline;
            var one = frame.Take([row]);
            var x = pipeline.Prepare(one);
            // Trees go by their training rows; other models are held against rows of this file.
            var background = TreeSum.Of(pipeline.Model) is null ? pipeline.Prepare(ExplanationSections.Sample(frame, 100)) : null;
            var values = new Shap { Background = background }.Explain(pipeline.Model, x);
            return new(pipeline, row, x, values);
        }

        /// <summary>How the mean prediction follows a column, as text bars and as a chart.</summary>
        /// <exception cref="ArgumentException">There is no such column, or it has no value.</exception>
        public (string Text, Chart Chart) Dependence(Frame frame, string column)
        {
            ArgumentNullException.ThrowIfNull(frame);
            var curve = new PartialDependence().Of(model.Pipeline, ExplanationSections.Sample(frame, 1000), column);
            int output = curve.Outputs.Length == 2 ? 1 : 0, points = curve.Axis.Labels.Length;
            string text = $"mean {(model.Pipeline.Predicts == TargetKind.Class ? $"probability of {curve.Outputs[output]}" : "prediction")} where {column} is set to a value in all rows\n"
                + TextBars.Draw(Enumerable.Range(0, points).Select(p => (curve.Axis.Labels[p], curve.Means[output * points + p])));
            return (text, ExplanationSections.Curve(curve));
        }

        /// <summary>The page of what the model goes by: importances on these rows where they have a target, Shapley values, curves.</summary>
        public HtmlReport ToExplanation(Frame frame, string data, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(frame);
            var report = new HtmlReport($"What {model.Pipeline.Target} goes by, on {data}");
            var importances = model.Importances(frame, cancellation);
            string figure = model.Metrics?.Scores[0].Name ?? "the score";
            if (!importances.IsEmpty) report.AddImportances(importances, figure);
            report.AddExplanation(model.Pipeline, frame, importances, cancellation);
            return report;
        }

        /// <summary>By how much the model's figure worsens on rows where a column is shuffled; from the file where the rows have no target.</summary>
        public ImmutableArray<FeatureImportance> Importances(Frame frame, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(frame);
            var target = frame.Has(model.Pipeline.Target) ? frame[model.Pipeline.Target] : null;
            if (target is null || target.MissingCount == target.Count || model.Pipeline.Input.Columns.Length > 300) return model.Metrics?.Importances ?? [];
            var labelled = frame.Take([.. Enumerable.Range(0, frame.Rows).Where(row => !target.IsMissing(row))]);
            return [.. new PermutationImportance().Measure(model.Pipeline, ExplanationSections.Sample(labelled, 1000), null, cancellation).Features.OrderByDescending(f => f.Value)];
        }
    }
}

/// <summary>Why a model predicts what it does of one row.</summary>
public sealed class RowExplanation
{
    const int MostBars = 15;

    readonly PipelineModel _pipeline;
    readonly Features _x;
    readonly int _output;

    internal RowExplanation(PipelineModel pipeline, int row, Features x, ShapValues values)
    {
        (_pipeline, Row, _x, Values) = (pipeline, row, x, values);
        Prediction = Predictions.Of(pipeline.Model, x);
        // What is explained is the class that was predicted, where each has values of its own.
        _output = values.Outputs.Length > 1 && Prediction.Kind == TargetKind.Class ? Prediction.Codes[0] : 0;
    }

    /// <summary>The number of the row.</summary>
    public int Row { get; }

    /// <summary>What is predicted of it.</summary>
    public Predictions Prediction { get; }

    /// <summary>What each feature adds.</summary>
    public ShapValues Values { get; }

    /// <summary>The prediction in words.</summary>
    public string Summary
    {
        get
        {
            if (Prediction.Kind == TargetKind.Number) return string.Create(CultureInfo.InvariantCulture, $"row {Row}: {_pipeline.Target} {TableText.Figure(Prediction.Numbers[0])}");
            string name = Prediction.Classes[Prediction.Codes[0]];
            return Prediction.HasProbabilities ? string.Create(CultureInfo.InvariantCulture, $"row {Row}: {_pipeline.Target} = {name}, with probability {Prediction.Probabilities[Prediction.Codes[0]]:P1}") : $"row {Row}: {_pipeline.Target} = {name}";
        }
    }

    string Scale => $"{(Values.Outputs[_output] == "prediction" ? "the prediction" : $"towards {Values.Outputs[_output]}")}, {ExplanationSections.Scale(Values.Scale)}";

    IEnumerable<(string Name, double Value)> Parts() => Enumerable.Range(0, Values.Features.Length)
        .Select(j => (Name: $"{Values.Features[j]} = {Value(j)}", Value: Values.Row(0, _output)[j])).OrderByDescending(p => Math.Abs(p.Value)).Where(p => p.Value != 0);

    string Value(int j)
    {
        double value = _x.Column(j)[0];
        var feature = _x.Schema.Features[j];
        if (double.IsNaN(value)) return "missing";
        return feature.IsCategory && value >= 0 && value < feature.Levels.Length ? feature.Levels[(int)value] : value.ToString("G5", CultureInfo.InvariantCulture);
    }

    /// <summary>The parts as text bars, the greatest first.</summary>
    public string ToText()
    {
        (string, double)[] parts = [.. Parts()];
        double rest = parts.Skip(MostBars).Sum(p => p.Item2);
        return string.Create(CultureInfo.InvariantCulture, $"{Summary}\n{Scale}: {TableText.Figure(Values.Base[_output])} of any row, {TableText.Figure(Values.Sum(0, _output))} of this one\n")
            + TextBars.Draw([.. parts.Take(MostBars), .. parts.Length > MostBars ? [($"{parts.Length - MostBars} others", rest)] : (ReadOnlySpan<(string, double)>)[]], signed: true);
    }

    /// <summary>The parts as a chart.</summary>
    public BarChart ToChart()
    {
        var chart = new BarChart(Summary, Scale, signed: true);
        foreach (var (name, value) in Parts().Take(MostBars)) chart.Add(name, value);
        return chart;
    }
}
