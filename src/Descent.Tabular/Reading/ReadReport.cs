using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Descent.Tabular;

/// <summary>The type that was chosen for a column.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Missing">Rows that have no value.</param>
/// <param name="Reason">Why this type and no other.</param>
public sealed record ColumnDecision(string Name, ColumnType Type, long Missing, string Reason);

/// <summary>A row that was left out.</summary>
/// <param name="Line">The line it starts in, from 1.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record BadRow(long Line, string Reason);

/// <summary>What a reader found in a file, and what it decided.</summary>
public sealed class ReadReport
{
    const int ListedBadRows = 100;

    readonly List<BadRow> _badRows = [];
    readonly List<string> _notes = [];

    /// <summary>How the file is written: format, encoding, delimiter, quote, header.</summary>
    public string Format { get; internal set; } = "";

    /// <summary>The columns and their types.</summary>
    public ImmutableArray<ColumnDecision> Columns { get; internal set; } = [];

    /// <summary>Rows that were read.</summary>
    public long Rows { get; internal set; }

    /// <summary>How many rows were left out.</summary>
    public long BadRowCount { get; private set; }

    /// <summary>The first hundred rows that were left out.</summary>
    public IReadOnlyList<BadRow> BadRows => _badRows;

    /// <summary>What else a person should know, such as columns renamed because their names were the same.</summary>
    public IReadOnlyList<string> Notes => _notes;

    internal void Note(string note) => _notes.Add(note);

    internal void Bad(string file, long line, string reason, BadRows policy)
    {
        if (policy == Tabular.BadRows.Throw)
            throw new InvalidDataException($"{file}: line {line}: {reason} Mend the line, or let bad rows be skipped.");
        if (++BadRowCount <= ListedBadRows) _badRows.Add(new(line, reason));
    }

    /// <summary>Everything, a line each.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().AppendLine(Format);
        foreach (var column in Columns)
            text.AppendLine(CultureInfo.InvariantCulture, $"{column.Name}: {column.Type}, {column.Missing} missing; {column.Reason}");
        foreach (string note in _notes) text.AppendLine(note);
        if (BadRowCount > 0) text.AppendLine(CultureInfo.InvariantCulture, $"{BadRowCount} rows were left out:");
        foreach (var (line, reason) in _badRows) text.AppendLine(CultureInfo.InvariantCulture, $"  line {line}: {reason}");
        return text.ToString();
    }
}
