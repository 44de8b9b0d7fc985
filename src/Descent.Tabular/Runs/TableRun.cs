using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>What a <see cref="TableFit"/> found.</summary>
public sealed class TableRun
{
    readonly Lazy<ScoreInterval> _interval;

    internal TableRun() => _interval = new(() => Result.Interval(seed: Options!.Seed));

    /// <summary>What was asked for.</summary>
    public required TableFit Options { get; init; }

    /// <summary>The rows as they came.</summary>
    public required TableData Data { get; init; }

    /// <summary>The rows and columns that were learned from, with the target and the weights.</summary>
    public required Frame Rows { get; init; }

    /// <summary>The targets of these rows.</summary>
    public required Target Truth { get; init; }

    /// <summary>What the target was taken for.</summary>
    public required TargetGuess Task { get; init; }

    /// <summary>What a person should know.</summary>
    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>All that was tried.</summary>
    public required ImmutableArray<TableTrial> Trials { get; init; }

    /// <summary>The trial whose model was taken.</summary>
    public required TableTrial Best { get; init; }

    /// <summary>How a model does that knows the target alone.</summary>
    public required CrossValidationResult Baseline { get; init; }

    /// <summary>The best, trained on all rows.</summary>
    public required PipelineModel Pipeline { get; init; }

    /// <summary>By how much the deciding figure worsens on rows not trained on where a column is shuffled, the greatest first.</summary>
    public required ImmutableArray<FeatureImportance> Importances { get; init; }

    /// <summary>How the best did.</summary>
    public CrossValidationResult Result => Best.Result;

    /// <summary>Where the deciding figure would fall on other rows of the same kind.</summary>
    public ScoreInterval Interval => _interval.Value;

    /// <summary>What a file keeps of it.</summary>
    public TableModel ToModel() => new(Pipeline, new()
    {
        Scores = [.. Result.Scores.Select((s, i) => new ScoreRecord(s.Scorer.Name, s.Scorer.GreaterIsBetter, s.Mean, s.Deviation, s.PerFold, Baseline.Scores[i].Mean))],
        Interval = Interval,
        Trials = [.. Trials.Select(t => new TrialRecord(t.Name, t.Result.Score, t.Result.Scores[0].Deviation))],
        Importances = Importances,
        Warnings = Warnings,
    }, new()
    {
        Library = $"Descent {typeof(TableRun).Assembly.GetName().Version?.ToString(3)}",
        Data = Data.Name,
        DataBytes = Data.Bytes,
        DataSha256 = Data.Sha256,
        Rows = Rows.Rows,
        Target = Options.Target,
        Task = Task,
        Model = Best.Name,
        Options = [.. Asked()],
    });

    /// <summary>Writes the model with its figures and where it comes from. The same rows and options give the same bytes, on any number of threads.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => ModelFile.Save(ToModel(), path);

    IEnumerable<NamedValue> Asked()
    {
        yield return new("model", Options.Model);
        foreach (var setting in Options.Settings) yield return setting;
        foreach (var setting in LearnerSettings.Of(Best.Pipeline.Learner)) yield return new($"model.{setting.Name}", setting.Get(Best.Pipeline.Learner));
        yield return new("folds", Options.Folds.ToString(CultureInfo.InvariantCulture));
        yield return new("metric", Result.Scores[0].Scorer.Name);
        yield return new("seed", Options.Seed.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, column) in new (string, string?)[] {("groups", Options.Groups), ("time", Options.Time), ("weights", Options.Weights) })
            if (column is not null) yield return new(name, column);
        foreach (string column in Options.Drop) yield return new("drop", column);
    }
}
