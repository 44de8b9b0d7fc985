using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>How far a fit has come.</summary>
/// <param name="Fraction">From 0 to 1.</param>
/// <param name="What">What is being done.</param>
public sealed record FitProgress(double Fraction, string What);

/// <summary>
/// From rows to a model, with an honest estimate of how good it is: finds out what kind of target it has, warns of what makes models
/// dishonest, tries models by cross-validation in which every step is fitted inside its fold, and trains the best on all rows.
/// </summary>
public sealed record TableFit
{
    const int MostMeasured = 300;

    /// <summary>The column to predict.</summary>
    public required string Target { get; init; }

    /// <summary>Numbers or classes; null finds it out.</summary>
    public TargetKind? Task { get; init; }

    /// <summary>A name of <see cref="LearnerCatalog"/>, or <c>auto</c> to try several and take the best.</summary>
    public string Model { get; init; } = "auto";

    /// <summary>Options of the model by name.</summary>
    public ImmutableArray<NamedValue> Settings { get; init; } = [];

    /// <summary>The folds of the cross-validation.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>The deciding figure; null takes the usual one for the target.</summary>
    public string? Metric { get; init; }

    /// <summary>A column that says which rows belong together: they are never parted. It is not learned from.</summary>
    public string? Groups { get; init; }

    /// <summary>A column that says when a row was: tests then follow what is trained on.</summary>
    public string? Time { get; init; }

    /// <summary>A column of the rows' weights. It is not learned from.</summary>
    public string? Weights { get; init; }

    /// <summary>Columns that are not to be learned from.</summary>
    public ImmutableArray<string> Drop { get; init; } = [];

    /// <summary>Decides all that is drawn.</summary>
    public ulong Seed { get; init; }

    /// <summary>Prepares, compares by cross-validation, and trains the best on all rows.</summary>
    /// <exception cref="ArgumentException">A name is not a column or an option, or the rows cannot be learned from so.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TableRun Run(TableData data, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        progress?.Report(new(0, "looking at the rows"));
        var (frame, guess, unlabelled) = Rows(data.Frame);
        var y = Tabular.Target.Of(frame[Target], guess.Kind);
        CheckVaries(y);
        var told = new[] { Groups, Time, Weights }.OfType<string>().ToHashSet(StringComparer.Ordinal);
        var (warnings, dropped) = TableWarnings.Of(frame, data.Frame.Report, y, Target, Folds, told);
        if (unlabelled > 0) warnings = warnings.Insert(0, $"{unlabelled} rows have no '{Target}' and are left out.");
        frame = frame.Drop(dropped);
        CheckColumns(frame, told, dropped);

        var judging = new CrossValidation
        {
            Folds = Folds,
            Seed = Seed,
            Weights = Weights,
            Groups = Groups,
            Splitter = Time is null ? null : new TimeSeriesSplit { Splits = Folds },
            Scorers = ScorersFor(y),
        };
        string[] texts = [.. frame.Columns.Where(c => c.Type == ColumnType.Text && c.Name != Target && !told.Contains(c.Name)).Select(c => c.Name)];
        if (texts.Length > 0 && TableCandidates.DropsTexts(this, frame, y))
        {
            // What nobody learns from need not be there in prediction either.
            warnings = warnings.AddRange(texts.Select(t => $"'{t}' is free text, and is not learned from."));
            frame = frame.Drop(texts);
            CheckColumns(frame, told, [.. dropped, .. texts]);
        }
        var seen = TableCandidates.Seen(this, frame);
        var baseline = judging.Baseline(frame, Target, guess.Kind, cancellation);
        var (trials, best, model) = TableCandidates.Try(this, judging, frame, y, progress, cancellation);
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new(0.94, "measuring what it goes by"));
        if (model.Input.Columns.Length > MostMeasured) warnings = warnings.Add($"There are {model.Input.Columns.Length} columns, too many to shuffle each: importances are not measured.");
        var groups = Groups is null ? null : Labels.From(frame[Groups]);
        var run = new TableRun
        {
            Options = this,
            Data = data,
            Rows = seen,
            Truth = y,
            Task = guess,
            Warnings = warnings,
            Trials = trials,
            Best = best,
            Baseline = baseline,
            Pipeline = model,
            Importances = model.Input.Columns.Length > MostMeasured ? [] : [.. Importances(best.Pipeline, judging, frame, y, groups, cancellation).Features.OrderByDescending(f => f.Value)],
        };
        progress?.Report(new(1, "done"));
        return run;
    }

    /// <summary>The rows that have a target, in the order of time where there is one.</summary>
    (Frame Frame, TargetGuess Guess, int Unlabelled) Rows(Frame frame)
    {
        var target = frame[Target];
        foreach (string name in (IEnumerable<string>)[.. new[] { Groups, Time, Weights }.OfType<string>(), .. Drop])
        {
            _ = frame[name];
            if (name == Target) throw new ArgumentException($"'{name}' is the target, and cannot be something else too.");
        }
        if (frame.Rows == 0) throw new ArgumentException("There is no row to learn from: the table has a header and nothing below it.");
        if (target.MissingCount == target.Count) throw new ArgumentException($"'{Target}' has no value in any row.");
        frame = frame.Drop(Drop);
        int[] rows = [.. Enumerable.Range(0, frame.Rows).Where(row => !target.IsMissing(row))];
        if (Time is not null)
        {
            var time = frame[Time];
            if (time.MissingCount > 0) throw new ArgumentException($"'{Time}' is missing in {time.MissingCount} rows, which have no place in the order of time. Leave them out.");
            Array.Sort(rows, (a, b) => time.Compare(a, b) is var order && order != 0 ? order : a.CompareTo(b));
        }
        var kept = rows.Length < frame.Rows || Time is not null ? frame.Take(rows) : frame;
        var guess = Task is { } kind ? new TargetGuess(kind, "as was asked")
            : Metric is not null && Scorers.Named(Metric) is { NeedsGroups: true } ranking ? new TargetGuess(TargetKind.Number, $"{ranking.Name} ranks by relevance")
            : TargetGuess.Of(kept[Target]);
        return (kept, guess, frame.Rows - rows.Length);
    }

    void CheckColumns(Frame frame, HashSet<string> told, IReadOnlyCollection<string> dropped)
    {
        if (frame.Columns.Length - 1 - told.Count(name => name != Time) < 1)
            throw new ArgumentException($"There is no column to learn from beside '{Target}'{(dropped.Count == 0 ? "" : $"; left out are {string.Join(", ", dropped.Select(d => $"'{d}'"))}")}.");
    }

    void CheckVaries(Target y)
    {
        if (y.Kind == TargetKind.Class && y.Labels.Classes.Length < 2)
            throw new ArgumentException($"All rows are '{y.Labels.Classes[0]}' in '{Target}': with one class there is nothing to tell apart.");
        if (y.Kind == TargetKind.Number && y.Numbers.IndexOfAnyExcept(y.Numbers[0]) < 0)
            throw new ArgumentException($"'{Target}' is {y.Numbers[0].ToString(CultureInfo.InvariantCulture)} in every row: there is nothing to predict.");
    }

    ImmutableArray<Scorer> ScorersFor(Target y)
    {
        var usual = Scorers.For(y);
        if (Metric is null) return usual;
        var named = Scorers.Named(Metric);
        if (named.NeedsGroups && Groups is null)
            throw new ArgumentException($"The metric {named.Name} ranks rows within groups, such as the answers to a query. Say which column tells the groups apart (Groups; --groups).");
        if (named.Kind != y.Kind)
            throw new ArgumentException($"The metric {named.Name} is of {(named.Kind == TargetKind.Number ? "numbers" : "classes")}; '{Target}' consists of {(y.Kind == TargetKind.Number ? "numbers" : "classes")}. Take one of: {string.Join(", ", Scorers.Names(y.Kind))}.");
        return [named, .. usual.Where(s => s.Name != named.Name)];
    }

    /// <summary>Of a model of the first fold, on rows it has not seen: what it knows by heart does not count.</summary>
    PermutationImportances Importances(Pipeline pipeline, CrossValidation judging, Frame frame, Target y, Labels? groups, CancellationToken cancellation)
    {
        const int MostRows = 1000;
        var (train, test) = judging.Parts(y, groups)[0];
        if (test.Length > MostRows) test = [.. Enumerable.Range(0, MostRows).Select(i => test[(int)((long)i * test.Length / MostRows)])];
        var model = pipeline.Fit(frame.Take(train), Target, Weights, Groups);
        var scorer = judging.ScorersFor(y)[0];
        int sign = scorer.GreaterIsBetter ? 1 : -1;
        return new PermutationImportance { Seed = Seed }.Measure(model, frame.Take(test),
            (m, x, truth) => sign * scorer.Score(truth, Predictions.Of(m, x), default, scorer.NeedsGroups ? groups!.Take(test) : null), cancellation);
    }
}

/// <summary>A model that was tried.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Pipeline">What it is.</param>
/// <param name="Result">How it did.</param>
public sealed record TableTrial(string Name, Pipeline Pipeline, CrossValidationResult Result);
