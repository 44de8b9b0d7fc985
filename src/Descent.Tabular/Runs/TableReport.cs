using System.Collections.Immutable;
using System.Globalization;
using Descent.NN;

namespace Descent.Tabular;

/// <summary>A fit as one page: how good the model is, what it goes by, what to beware of, how to use it.</summary>
public static class TableReport
{
    const int MostColumns = 200;

    extension(TableRun run)
    {
        /// <summary>The page with all of it, ready to be written.</summary>
        /// <param name="modelFile">What the model's file is called in the code that uses it.</param>
        /// <param name="cancellation">Ends it between sections.</param>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public HtmlReport ToReport(string modelFile, CancellationToken cancellation = default)
        {
            var report = new HtmlReport($"{run.Options.Target} from {run.Data.Name}");
            Result(report, run);
            if (!run.Warnings.IsEmpty) report.AddList("Warnings", run.Warnings);
            Trials(report, run);
            report.AddOutOfFold(run.Result, run.Options.Target);
            cancellation.ThrowIfCancellationRequested();
            if (!run.Importances.IsEmpty) report.AddImportances(run.Importances, run.Result.Scores[0].Scorer.Name);
            report.AddExplanation(run.Pipeline, run.Rows, run.Importances, cancellation);
            Columns(report, run);
            report.AddText("Use it", run.Pipeline.ToSnippet(modelFile, run.Rows.Slice(0, 1)));
            report.AddTable("Where it comes from", Provenance(run));
            return report;
        }
    }

    static void Result(HtmlReport report, TableRun run)
    {
        var best = run.Result.Scores[0];
        report.AddFigures($"Result: {run.Best.Name}",
        [
            ($"{TableText.Figure(best.Mean, best.Deviation)}", $"{best.Scorer.Name} over {run.Options.Folds} folds"),
            ($"{TableText.Figure(run.Interval.Lower)} – {TableText.Figure(run.Interval.Upper)}", "95% of resamplings"),
            (TableText.Figure(run.Baseline.Score), "knowing nothing"),
            ($"{run.Rows.Rows.ToString("N0", CultureInfo.InvariantCulture)} × {run.Pipeline.Input.Columns.Length}", "rows × columns learned from"),
        ], $"Target {TableText.Task(run)}. Judged by {TableText.Judging(run)}. {TableText.Doubt(run)}");
    }

    static void Trials(HtmlReport report, TableRun run)
    {
        var scorers = run.Result.Scores.Select(s => s.Scorer).ToArray();
        report.AddGrid("What was tried", (string[])["model", .. scorers.Select(s => s.Name)],
        [
            .. run.Trials.Select(t => (string[])[t.Name, .. scorers.Select(s => Scored(t, s))]),
            (string[])["knowing nothing", .. run.Baseline.Scores.Select(s => $"{TableText.Figure(s.Mean, s.Deviation)}")],
        ], "Means and standard deviations over the folds, which are the same for all.");
    }

    static string Scored(TableTrial trial, Scorer scorer) =>
        trial.Result.Scores.FirstOrDefault(s => s.Scorer.Name == scorer.Name) is { } own ? TableText.Figure(own.Mean, own.Deviation) : "";

    static void Columns(HtmlReport report, TableRun run)
    {
        var frame = run.Data.Frame;
        var decisions = frame.Report?.Columns.ToDictionary(c => c.Name, c => c.Reason, StringComparer.Ordinal);
        report.AddGrid("Columns", ["column", "type", "missing", "different", "values", .. decisions is null ? (string[])[] : ["why this type"]], frame.Columns.Take(MostColumns).Select(c => (string[])
        [
            c.Name, c.Type.ToString(), c.Count == 0 ? "0%" : ((double)c.MissingCount / c.Count).ToString("0.#%", CultureInfo.InvariantCulture),
            c.Factorize(null).Distinct.ToString("N0", CultureInfo.InvariantCulture), Values(c),
            .. decisions is null ? (string[])[] : [decisions.GetValueOrDefault(c.Name, "")],
        ]), frame.Columns.Length > MostColumns ? $"The first {MostColumns} of {frame.Columns.Length}." : null);
    }

    /// <summary>The range of what has an order, else the most frequent values.</summary>
    static string Values(Column column)
    {
        const int Shown = 3, Longest = 60;
        int[] rows = [.. Enumerable.Range(0, column.Count).Where(row => !column.IsMissing(row))];
        if (rows.Length == 0) return "none";
        string text = column.Type is ColumnType.Float or ColumnType.Integer or ColumnType.DateTime
            ? $"{column.Format(rows.Aggregate((a, b) => column.Compare(b, a) < 0 ? b : a))} … {column.Format(rows.Aggregate((a, b) => column.Compare(b, a) > 0 ? b : a))}"
            : string.Join(", ", rows.GroupBy(row => column.Format(row)!, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Take(Shown).Select(g => g.Key));
        return text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest - 1), "…");
    }

    static IEnumerable<(string, string)> Provenance(TableRun run)
    {
        var of = run.ToModel().Provenance!;
        yield return ("library", of.Library);
        yield return ("data", of.Data);
        yield return ("bytes", of.DataBytes.ToString("N0", CultureInfo.InvariantCulture));
        yield return ("SHA-256", of.DataSha256);
        foreach (var (name, value) in of.Options) yield return (name, value);
    }
}
