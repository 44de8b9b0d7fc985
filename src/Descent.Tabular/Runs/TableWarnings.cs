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
        var dropped = ImmutableArray.CreateBuilder<string>();
        if (report is not null)
        {
            if (report.BadRowCount > 0) warnings.Add(Text($"{report.BadRowCount} rows were left out; the first is line {report.BadRows[0].Line}: {report.BadRows[0].Reason}"));
            warnings.AddRange(report.Notes);
        }
        foreach (var (column, concern, message) in frame.Inspect(target))
        {
            if (told.Contains(column)) continue;
            if (concern == ColumnConcern.Leak)
            {
                warnings.Add($"'{column}' {message}: if it is known only after the fact, leave it out, for the scores are then not to be believed.");
                continue;
            }
            if (!dropped.Contains(column)) dropped.Add(column);
            warnings.Add($"'{column}' is not learned from: {concern switch { ColumnConcern.Identifier => "it tells rows apart and nothing about them", ColumnConcern.Constant => "it is always the same", _ => "it says nothing new" }} ({message}).");
        }
        foreach (var column in frame.Columns)
            if (column.MissingCount is var missing && missing > Sparse * frame.Rows && missing < frame.Rows && !told.Contains(column.Name))
                warnings.Add(Text($"'{column.Name}' is missing in {(double)missing / frame.Rows:0%} of the rows."));
        if (frame.Rows <= MostRowsCompared && Repeated(frame) is var repeated and > 0)
            warnings.Add($"{(repeated == 1 ? "A row is" : $"{repeated} rows are")} the same as one before. A row that is both trained on and tested on flatters the score; drop such, or name the column that tells what belongs together.");
        if (frame.Rows < FewRows) warnings.Add($"There are {frame.Rows} rows: scores of so few vary widely.");
        if (frame.Columns.Length - 1 > frame.Rows) warnings.Add($"There are more columns ({frame.Columns.Length - 1}) than rows ({frame.Rows}): some will fit by chance.");
        if (y.Kind == TargetKind.Class) Classes(y.Labels, target, folds, warnings);
        return (warnings.ToImmutable(), dropped.ToImmutable());
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
