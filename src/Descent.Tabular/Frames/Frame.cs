using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A table: named columns of one length. Immutable; what changes it gives another frame that shares its columns.</summary>
public sealed class Frame
{
    readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <param name="columns">The columns, of one length and with different names.</param>
    /// <exception cref="ArgumentException">Two columns differ in length or share a name.</exception>
    public Frame(params IEnumerable<Column> columns)
    {
        Columns = [.. columns];
        foreach (var column in Columns)
        {
            if (column.Count != Columns[0].Count)
                throw new ArgumentException($"Column '{column.Name}' has {column.Count} rows, but '{Columns[0].Name}' has {Columns[0].Count}; expected one length.");
            if (!_places.TryAdd(column.Name, _places.Count))
                throw new ArgumentException($"Two columns are called '{column.Name}'; rename one.");
        }
        Rows = Columns.IsEmpty ? 0 : Columns[0].Count;
    }

    /// <summary>The columns, in order.</summary>
    public ImmutableArray<Column> Columns { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The names of the columns, in order.</summary>
    public IEnumerable<string> Names => Columns.Select(c => c.Name);

    /// <summary>What its reader found and decided; null where it was not read from a file.</summary>
    public ReadReport? Report { get; internal init; }

    /// <summary>The column of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that are.</exception>
    public Column this[string name] => _places.TryGetValue(name, out int place) ? Columns[place]
        : throw new ArgumentException($"'{name}' is not a column; the columns are: {ListNames()}.", nameof(name));

    /// <summary>The column of a name, as one of a kind, such as <see cref="FloatColumn"/>.</summary>
    /// <exception cref="ArgumentException">There is none, or it is of another kind.</exception>
    public TColumn Get<TColumn>(string name) where TColumn : Column => this[name] as TColumn
        ?? throw new ArgumentException($"Column '{name}' is {this[name].Type}; expected a {typeof(TColumn).Name}.", nameof(name));

    /// <summary>Whether there is a column of that name.</summary>
    public bool Has(string name) => _places.ContainsKey(name);

    /// <summary>Only the named columns, in the order given.</summary>
    /// <exception cref="ArgumentException">A name is not a column, or is given twice.</exception>
    public Frame Select(params IEnumerable<string> names) => new(names.Select(n => this[n]));

    /// <summary>All columns but the named ones.</summary>
    /// <exception cref="ArgumentException">A name is not a column.</exception>
    public Frame Drop(params IEnumerable<string> names)
    {
        var dropped = names.Select(n => this[n]).ToHashSet();
        return new(Columns.Where(c => !dropped.Contains(c)));
    }

    /// <summary>The frame with a column more, or with the one of its name replaced.</summary>
    /// <exception cref="ArgumentException">Its length is not that of the others.</exception>
    public Frame With(Column column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return new(Has(column.Name) ? Columns.SetItem(_places[column.Name], column) : Columns.Add(column));
    }

    /// <summary>The frame with a column under another name.</summary>
    /// <exception cref="ArgumentException">There is no such column, or the new name is taken.</exception>
    public Frame Rename(string name, string to)
    {
        var column = this[name].WithName(to);
        return new(Columns.SetItem(_places[name], column));
    }

    /// <summary>Some rows, in the order given; a row may be given more than once, and −1 is a row of missing values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Frame Take(ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
            if (row < -1 || row >= Rows) throw new ArgumentOutOfRangeException(nameof(rows), row, $"Take: there is no row {row} in a frame of {Rows}.");
        var taken = new Column[Columns.Length];
        for (int i = 0; i < taken.Length; i++) taken[i] = Columns[i].Take(rows);
        return new(taken);
    }

    /// <summary>Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1, as many of them as there are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public Frame Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int from = Math.Min(start, Rows);
        return Take([.. Enumerable.Range(from, Math.Min(count, Rows - from))]);
    }

    /// <summary>The rows that a condition holds for.</summary>
    public Frame Where(Func<FrameRow, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Take([.. Enumerable.Range(0, Rows).Where(row => condition(new(this, row)))]);
    }

    /// <summary>The rows of other frames below those of this one; the columns must agree in name and type.</summary>
    /// <exception cref="ArgumentException">A frame lacks a column, has another, or has one of another type.</exception>
    public Frame Concat(params IReadOnlyList<Frame> others) => FrameConcatenation.Of([this, .. others]);

    /// <summary>A few rows as text, for people.</summary>
    public override string ToString() => FramePrinter.Print(this);

    internal string ListNames()
    {
        const int Shown = 30;
        const int Longest = 60;
        string names = string.Join(", ", Names.Take(Shown).Select(n => n.Length <= Longest ? n : string.Concat(n.AsSpan(0, Longest - 1), "…")));
        return Columns.Length > Shown ? $"{names}, … ({Columns.Length} in all)" : names;
    }
}
