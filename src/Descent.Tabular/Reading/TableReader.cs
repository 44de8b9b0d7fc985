using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Reads tables in two passes: the first finds types, the second values, all at once or in batches.</summary>
sealed class TableReader
{
    readonly string _file;
    readonly MissingMarks _marks;
    readonly Func<ReadReport, CellSource> _open;
    readonly CellForm[] _forms;

    internal TableReader(string file, ReadOptions options, ReadReport report, Func<ReadReport, CellSource> open)
    {
        (_file, Report, _open, _marks) = (file, report, open, new(options.MissingValues));
        using var source = open(report);
        Names = source.Names;
        foreach (string name in options.Types.Keys)
            if (!Names.Contains(name)) throw new ArgumentException($"{file}: Types names '{name}', which is not a column; the columns are: {string.Join(", ", Names.Take(30))}.");

        var evidence = new ColumnEvidence[Names.Length];
        for (int i = 0; i < evidence.Length; i++) evidence[i] = new(_marks, options.DecimalComma ?? (CommaIsFree ? null : false));
        while (source.Read())
        {
            report.Rows++;
            for (int i = 0; i < evidence.Length; i++)
            {
                var cell = source.Cell(i, out var kind);
                evidence[i].Add(cell, kind, source.Line);
            }
        }
        if (report.BadRowCount > report.Rows)
            throw new InvalidDataException($"{file}: {report.BadRowCount} of {report.BadRowCount + report.Rows} rows are bad; the first: line {report.BadRows[0].Line}: {report.BadRows[0].Reason} " +
                $"The file was taken for {report.Format}{(report.Format.StartsWith("CSV", StringComparison.Ordinal) ? "; name delimiter and quote if that is wrong" : "")}.");
        _forms = [.. evidence.Select((e, i) => e.Decide(options.Types.TryGetValue(Names[i], out var given) ? given : null))];
        report.Columns = [.. _forms.Select((form, i) => new ColumnDecision(Names[i], form.Type, evidence[i].Missing, form.Reason))];
    }

    internal ReadReport Report { get; }

    ImmutableArray<string> Names { get; }

    /// <summary>A comma within a cell may be a decimal one unless it separates cells.</summary>
    bool CommaIsFree => !Report.Format.Contains("delimiter comma", StringComparison.Ordinal);

    internal Frame ReadAll() => ReadBatches(int.MaxValue).FirstOrDefault() ?? Make([.. _forms.Select(ColumnBuilder.For)]);

    internal IEnumerable<Frame> ReadBatches(int rows)
    {
        // The first pass has said all there is to say about bad rows and names.
        using var source = _open(new());
        var builders = _forms.Select(ColumnBuilder.For).ToArray();
        int count = 0;
        while (source.Read())
        {
            for (int i = 0; i < builders.Length; i++)
            {
                var cell = source.Cell(i, out var kind);
                if (kind == CellKind.Plain) cell = CellText.Trim(cell);
                if (kind == CellKind.Missing || _marks.Contains(cell)) builders[i].AddMissing();
                else if (!builders[i].Add(cell))
                    throw new InvalidDataException($"{_file}: line {source.Line}: {CellText.Quote(cell)} in column '{Names[i]}' is not {_forms[i].Type}, which was asked for. Ask for Text, or mend the line.");
            }
            if (++count < rows) continue;
            yield return Make(builders);
            count = 0;
        }
        if (count > 0) yield return Make(builders);
    }

    Frame Make(ColumnBuilder[] builders) => new(builders.Select((b, i) => b.Take(Names[i]))) { Report = Report };
}
