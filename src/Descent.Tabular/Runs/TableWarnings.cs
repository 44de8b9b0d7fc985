using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>What a person should know of a table before believing a model of it.</summary>
static class TableWarnings
{
    const double Sparse = 0.5, Rare = 0.1;
    const int FewRows = 100, MostRowsCompared = 500_000;

    /// <summary>Warnings of the rows, and the columns that are better not learned from.</summary>
    internal static (ImmutableArray<string> Warnings, ImmutableArray<string> Dropped) Of(Frame frame, ReadReport? report, Target y, string target, int folds, IReadOnlySet<string> told)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        if (report is not null)
        {
            if (report.BadRowCount > 0) warnings.Add(Text($"{report.BadRowCount} rows were left out; the first is line {report.BadRows[0].Line}: {report.BadRows[0].Reason}"));
            warnings.AddRange(report.Notes);
        }
        var concerns = frame.Inspect(target).Where(w => !told.Contains(w.Column)).ToArray();
        foreach (var (concern, say) in s_sayings)
        {
            var own = concerns.Where(w => w.Concern == concern).ToArray();
            Say(warnings, own.Select(w => (w.Column, w.Message)), say);
        }
        string[] dropped = [.. concerns.Where(w => w.Concern != ColumnConcern.Leak).Select(w => w.Column).Distinct()];
        Say(warnings, frame.Columns.Where(c => c.MissingCount > Sparse * frame.Rows && c.MissingCount < frame.Rows && !told.Contains(c.Name))
            .Select(c => (c.Name, Text($"{(double)c.MissingCount / frame.Rows:0%} of the rows"))), (names, message) => $"{names} {(message is null ? "are missing in most rows" : $"is missing in {message}")}.");
        if (frame.Rows <= MostRowsCompared && Repeated(frame) is var repeated and > 0)
            warnings.Add($"{(repeated == 1 ? "A row is" : $"{repeated} rows are")} the same as one before. A row that is both trained on and tested on flatters the score; drop such, or name the column that tells what belongs together.");
        if (frame.Rows < FewRows) warnings.Add($"There are {frame.Rows} rows: scores of so few vary widely.");
        if (frame.Columns.Length - 1 > frame.Rows) warnings.Add($"There are more columns ({frame.Columns.Length - 1}) than rows ({frame.Rows}): some will fit by chance.");
        if (y.Kind == TargetKind.Class) Classes(y.Labels, target, folds, warnings);
        return (warnings.ToImmutable(), [.. dropped]);
    }

    static readonly (ColumnConcern Concern, Func<string, string?, string> Say)[] s_sayings =
    [
        (ColumnConcern.Identifier, (names, message) => $"{names} {(message is null ? "are" : "is")} not learned from: {(message is null ? "they tell" : "it tells")} rows apart and nothing about them{Because(message)}."),
        (ColumnConcern.Constant, (names, message) => $"{names} {(message is null ? "are" : "is")} not learned from: {(message is null ? "they are" : "it is")} always the same{Because(message)}."),
        (ColumnConcern.Duplicate, (names, message) => $"{names} {(message is null ? "are" : "is")} not learned from: {(message is null ? "they say" : "it says")} nothing new{Because(message)}."),
        (ColumnConcern.Leak, (names, message) => $"{names} {message ?? "tell the target almost alone, each"}: if that is known only after the fact, leave it out, for the scores are then not to be believed."),
    ];

    static string Because(string? message) => message is null ? "" : $" ({message})";

    /// <summary>A sentence for each column, or one for all where they are many.</summary>
    static void Say(ImmutableArray<string>.Builder warnings, IEnumerable<(string Column, string Message)> columns, Func<string, string?, string> say)
    {
        const int Few = 8;
        var all = columns.ToArray();
        if (all.Length <= Few) warnings.AddRange(all.Select(c => say($"'{c.Column}'", c.Message)));
        else warnings.Add(say($"{string.Join(", ", all.Take(Few).Select(c => $"'{c.Column}'"))} and {all.Length - Few} others", null));
    }

    static void Classes(Labels y, string target, int folds, ImmutableArray<string>.Builder warnings)
    {
        int[] counts = new int[y.Classes.Length];
        foreach (int code in y.Codes) counts[code]++;
        int rarest = Array.IndexOf(counts, counts.Min());
        double share = counts[rarest] / (double)y.Count;
        if (counts[rarest] < folds)
            warnings.Add($"The class '{y.Classes[rarest]}' of '{target}' has {counts[rarest]} {(counts[rarest] == 1 ? "row" : "rows")}, fewer than there are folds: some folds are tested without it.");
        else if (share < Rare && counts.Length == 2)
            warnings.Add(Text($"Only {share:0.#%} of the rows are '{y.Classes[rarest]}': always saying '{y.Classes[1 - rarest]}' is right in {1 - share:0.#%}. Look at ROC area and average precision, not at accuracy."));
    }

    /// <summary>Rows that are the same as an earlier one in every column.</summary>
    static int Repeated(Frame frame)
    {
        var hashes = new ulong[frame.Rows];
        Array.Fill(hashes, Hashing.Start);
        foreach (var column in frame.Columns)
        {
            int[] codes = column.Factorize(null).Own;
            for (int row = 0; row < codes.Length; row++) hashes[row] = Hashing.Add(hashes[row], (uint)codes[row]);
        }
        var seen = new HashSet<ulong>();
        return hashes.Count(hash => !seen.Add(hash));
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
