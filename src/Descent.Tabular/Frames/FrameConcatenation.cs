namespace Descent.Tabular;

/// <summary>Frames below one another.</summary>
static class FrameConcatenation
{
    internal static Frame Of(IReadOnlyList<Frame> frames)
    {
        foreach (var other in frames.Skip(1))
        {
            if (other.Columns.Length != frames[0].Columns.Length)
                throw new ArgumentException($"Concat: a frame has {other.Columns.Length} columns and another {frames[0].Columns.Length}; expected the same columns.");
            foreach (var column in frames[0].Columns)
                if (other[column.Name].Type != column.Type)
                    throw new ArgumentException($"Concat: column '{column.Name}' is {column.Type} in one frame and {other[column.Name].Type} in another; convert one.");
        }
        return new(frames[0].Columns.Select(c => Join([.. frames.Select(f => f[c.Name])])));
    }

    /// <summary>The values of columns of one type below one another; text and categories go together.</summary>
    internal static Column Join(Column[] parts)
    {
        var first = parts[0];
        bool[]? missing = parts.Any(p => p.MissingCount > 0) ? [.. parts.SelectMany(p => Enumerable.Range(0, p.Count).Select(p.IsMissing))] : null;
        return first.Type switch
        {
            ColumnType.Float => new FloatColumn(first.Name, Values<double>(parts)),
            ColumnType.Integer => new IntegerColumn(first.Name, Values<long>(parts), missing),
            ColumnType.Boolean => new BooleanColumn(first.Name, Values<bool>(parts), missing),
            ColumnType.DateTime => new DateTimeColumn(first.Name, Values<DateTime>(parts), missing),
            ColumnType.Text => new TextColumn(first.Name, Texts(parts)),
            _ => CategoryColumn.From(first.Name, Texts(parts)),
        };
    }

    static T[] Values<T>(Column[] parts) where T : IComparable<T> =>
        [.. parts.SelectMany(p => Enumerable.Range(0, p.Count).Select(row => ((Column<T>)p)[row]))];

    static string?[] Texts(Column[] parts) => [.. parts.SelectMany(p => Enumerable.Range(0, p.Count).Select(p.Format))];
}
