using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>A fit for terminals.</summary>
public static class TableText
{
    extension(TableRun run)
    {
        /// <summary>What the rows are, what was tried, and how good the best is beside what knows nothing.</summary>
        public string ToText()
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"data      {run.Data.Name}: {run.Data.Frame.Rows:N0} rows × {run.Data.Frame.Columns.Length} columns{(run.Data.Frame.Report is { } report ? $" ({report.Format})" : "")}\n");
            text.Append(CultureInfo.InvariantCulture, $"target    {Task(run)}\n");
            text.Append(CultureInfo.InvariantCulture, $"judging   {Judging(run)}\n");
            foreach (string warning in run.Warnings) text.Append(CultureInfo.InvariantCulture, $"warning   {warning}\n");
            text.Append('\n').Append(Scores(run)).Append('\n');
            var best = run.Result.Scores[0];
            text.Append(CultureInfo.InvariantCulture, $"{run.Best.Name}: {best.Scorer.Name} {Figure(best.Mean, best.Deviation)} over the folds; 95% of resamplings from {Figure(run.Interval.Lower)} to {Figure(run.Interval.Upper)}; knowing nothing gives {Figure(run.Baseline.Score)}\n");
            if (Doubt(run) is { } doubt) text.Append(doubt).Append('\n');
            if (!run.Importances.IsEmpty) text.Append("\nwhat it goes by, as loss of that figure where a column is shuffled\n").Append(TextBars.Draw(run.Importances.Take(10).Select(f => (f.Feature, f.Value))));
            return text.ToString();
        }
    }

    internal static string Task(TableRun run) => run.Truth.Kind == TargetKind.Class
        ? $"{run.Options.Target}, of classes ({Names(run.Truth.Labels.Classes)}): {run.Task.Reason}"
        : $"{run.Options.Target}, of numbers: {run.Task.Reason}";

    static string Names(IReadOnlyList<string> classes) => classes.Count <= 6 ? string.Join(", ", classes) : $"{string.Join(", ", classes.Take(5))}, … {classes.Count} in all";

    internal static string Judging(TableRun run) => run.Options switch
    {
        { Time: { } time } => $"{run.Options.Folds} tests in the order of '{time}', each after what it is trained on",
        { Groups: { } groups } => $"{run.Options.Folds} folds that keep the rows of one '{groups}' together",
        _ => $"{run.Options.Folds} folds by chance (seed {run.Options.Seed}){(run.Truth.Kind == TargetKind.Class ? ", each with its share of the classes" : "")}; every step is fitted inside its fold",
    };

    /// <summary>What speaks against believing the score, or null.</summary>
    internal static string? Doubt(TableRun run)
    {
        var scorer = run.Result.Scores[0].Scorer;
        double baseline = run.Baseline.Score, edge = scorer.GreaterIsBetter ? run.Interval.Lower : run.Interval.Upper;
        if (!scorer.IsBetter(edge, baseline)) return "This is not clearly better than knowing nothing: the columns may not tell the target.";
        return run.Trials.Length > 1 ? $"It was picked among {run.Trials.Length} by this very figure, which flatters it a little." : null;
    }

    static string Scores(TableRun run)
    {
        const int LongestName = 40;
        var scorers = run.Result.Scores.Select(s => s.Scorer).ToArray();
        string[] Row(string name, CrossValidationResult result) => [name.Length <= LongestName ? name : string.Concat(name.AsSpan(0, LongestName - 1), "…"),
            .. scorers.Select(own => result.Scores.FirstOrDefault(s => s.Scorer.Name == own.Name) is { } score ? Figure(score.Mean, score.Deviation) : "")];
        string[][] rows = [["model", .. scorers.Select(s => s.Name)], .. run.Trials.Select(t => Row(t.Name, t.Result)), Row("knowing nothing", run.Baseline)];
        int[] widths = [.. Enumerable.Range(0, scorers.Length + 1).Select(i => rows.Max(r => r[i].Length))];
        return string.Concat(rows.Select(row => string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd() + "\n"));
    }

    internal static string Figure(double value) => double.IsNaN(value) ? "none" : value.ToString(Digits(value), CultureInfo.InvariantCulture);

    /// <summary>A mean and its spread, to the same digits.</summary>
    internal static string Figure(double mean, double deviation) => $"{Figure(mean)} ± {(double.IsNaN(deviation) ? "none" : deviation.ToString(Digits(mean), CultureInfo.InvariantCulture))}";

    static string Digits(double value) => Math.Abs(value) switch { 0 or (>= 1e-3 and < 10) => "0.0000", >= 10 and < 1000 => "0.00", >= 1000 and < 1e7 => "0", _ => "G4" };
}
