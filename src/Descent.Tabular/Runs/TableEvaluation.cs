using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Descent.NN;

namespace Descent.Tabular;

/// <summary>How a model does on rows whose target is known.</summary>
public sealed class TableEvaluation
{
    TableEvaluation(TableModel model, Target truth, Predictions said, ImmutableArray<ScoreInterval?> figures, ImmutableArray<Scorer> scorers, int unlabelled) =>
        (Model, Truth, Said, Figures, Scorers, Unlabelled) = (model, truth, said, figures, scorers, unlabelled);

    /// <summary>The model that was asked.</summary>
    public TableModel Model { get; }

    /// <summary>The target as the rows have it.</summary>
    public Target Truth { get; }

    /// <summary>What the model said.</summary>
    public Predictions Said { get; }

    /// <summary>What was measured.</summary>
    public ImmutableArray<Scorer> Scorers { get; }

    /// <summary>Each figure with its 95% interval, by resampling; null where it has no value on these rows.</summary>
    public ImmutableArray<ScoreInterval?> Figures { get; }

    /// <summary>Rows left out for having no target.</summary>
    public int Unlabelled { get; }

    /// <summary>Predicts rows and holds them against their targets.</summary>
    /// <param name="model">The model.</param>
    /// <param name="frame">The rows, with the target.</param>
    /// <param name="metric">A figure by name; null takes all that the target allows.</param>
    /// <exception cref="ArgumentException">The target or a column is missing or does not fit, or the figure is not one of such targets.</exception>
    public static TableEvaluation Of(TableModel model, Frame frame, string? metric = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(frame);
        var (pipeline, target) = (model.Pipeline, frame[model.Pipeline.Target]);
        int[] rows = [.. Enumerable.Range(0, frame.Rows).Where(row => !target.IsMissing(row))];
        if (rows.Length == 0) throw new ArgumentException($"'{target.Name}' has no value in any row: there is nothing to hold predictions against.", nameof(frame));
        var kept = rows.Length < frame.Rows ? frame.Take(rows) : frame;
        var said = Predictions.Of(pipeline, kept);
        var truth = said.Kind == TargetKind.Number ? Target.Of(kept[target.Name], TargetKind.Number) : Target.Of(Known(kept[target.Name], said.Classes));
        var groups = Groups(model, kept);
        bool ranks = groups is not null && model.Metrics is { Scores: [var promised, ..] } && Tabular.Scorers.All.Any(s => s.NeedsGroups && s.Name == promised.Name);
        ImmutableArray<Scorer> scorers = metric is not null ? [Tabular.Scorers.Named(metric)]
            : [.. Tabular.Scorers.All.Where(s => s.Kind == truth.Kind && (!s.NeedsGroups || ranks) && (s.Needs != ScorerNeeds.Probabilities || said.HasProbabilities)).OrderBy(s => s.NeedsGroups ? 0 : 1)];
        return new(model, truth, said, [.. scorers.Select(s => Measure(s, truth, said, groups, isAsked: metric is not null))], scorers, frame.Rows - rows.Length);
    }

    /// <summary>Which rows belong together, where the fit was told so and the rows tell it too.</summary>
    static Labels? Groups(TableModel model, Frame frame) =>
        model.Provenance?.Options.FirstOrDefault(o => o.Name == "groups") is { Value: { } name } && frame.Has(name) && frame[name].MissingCount == 0 ? Labels.From(frame[name]) : null;

    /// <summary>The figure, or null where it has no value here, unless it was asked for.</summary>
    static ScoreInterval? Measure(Scorer scorer, Target truth, Predictions said, Labels? groups, bool isAsked)
    {
        try
        {
            return double.IsNaN(scorer.Score(truth, said, default, groups)) && !isAsked ? null : ScoreInterval.Of(scorer, truth, said, default, groups);
        }
        catch (ArgumentException) when (!isAsked)
        {
            return null;
        }
    }

    /// <summary>The classes by the model's numbers; those it does not know behind them.</summary>
    static Labels Known(Column column, ImmutableArray<string> classes)
    {
        var own = Labels.From(column);
        ImmutableArray<string> all = [.. classes, .. own.Classes.Where(c => !classes.Contains(c))];
        int[] places = [.. own.Classes.Select(c => all.IndexOf(c))];
        return new([.. own.Codes.ToArray().Select(c => places[c])], all);
    }

    /// <summary>The figures beside what was promised when the model was fitted.</summary>
    /// <param name="data">The rows; told where they are those that the model was trained on.</param>
    public string ToText(TableData? data = null)
    {
        var text = new StringBuilder();
        if (data is not null && data.Sha256 == Model.Provenance?.DataSha256)
            text.Append("warning   these are the rows that the model was trained on: it knows them, and the figures are too good. Those of the folds are honest.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{Truth.Count:N0} rows{(Unlabelled > 0 ? $", {Unlabelled} more have no '{Model.Pipeline.Target}'" : "")}\n\n");
        if (Truth.Kind == TargetKind.Class && Truth.Labels.Classes.Length > Said.Classes.Length)
            text.Append(CultureInfo.InvariantCulture, $"warning   the model knows nothing of: {string.Join(", ", Truth.Labels.Classes.Skip(Said.Classes.Length))}\n\n");
        int width = Scorers.Max(s => s.Name.Length);
        for (int i = 0; i < Scorers.Length; i++)
        {
            if (Figures[i] is not { } figure) continue;
            var promised = Model.Metrics?.Scores.FirstOrDefault(s => s.Name == Scorers[i].Name);
            text.Append(CultureInfo.InvariantCulture, $"{Scorers[i].Name.PadRight(width)}  {TableText.Figure(figure.Value),9}   95% of resamplings {TableText.Figure(figure.Lower)} to {TableText.Figure(figure.Upper)}");
            if (promised is not null) text.Append(CultureInfo.InvariantCulture, $"   when fitted {TableText.Figure(promised.Mean, promised.Deviation)}");
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>The figures and curves as a page.</summary>
    /// <param name="data">What the rows are called.</param>
    public HtmlReport ToReport(string data)
    {
        var report = new HtmlReport($"{Model.Pipeline.Target} on {data}");
        report.AddGrid("Result", ["figure", "value", "from", "to", "when fitted"], Enumerable.Range(0, Scorers.Length).Where(i => Figures[i] is not null).Select(i => (string[])
        [
            Scorers[i].Name, TableText.Figure(Figures[i]!.Value), TableText.Figure(Figures[i]!.Lower), TableText.Figure(Figures[i]!.Upper),
            Model.Metrics?.Scores.FirstOrDefault(s => s.Name == Scorers[i].Name) is { } promised ? $"{TableText.Figure(promised.Mean, promised.Deviation)}" : "",
        ]), $"{Truth.Count.ToString("N0", CultureInfo.InvariantCulture)} rows; between the two numbers lie 95% of resamplings.");
        report.AddPredictions(Truth, Truth.Kind == TargetKind.Class ? Said.Among(Truth.Labels.Classes) : Said, Model.Pipeline.Target, "Predictions");
        return report;
    }
}
