namespace Descent.Tabular;

/// <summary>Why a column deserves a second look before a model is trained on it.</summary>
public enum ColumnConcern
{
    /// <summary>Every row has a value of its own, so that it tells rows apart and nothing about them.</summary>
    Identifier,

    /// <summary>All rows have the same value, or none has any.</summary>
    Constant,

    /// <summary>Its values are those of another column.</summary>
    Duplicate,

    /// <summary>It tells the target almost alone, and is perhaps known only after it.</summary>
    Leak,
}

/// <summary>A concern about a column.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Concern">What it is.</param>
/// <param name="Message">The reason, in words.</param>
public sealed record ColumnWarning(string Column, ColumnConcern Concern, string Message);

/// <summary>Looks for columns that make models dishonest.</summary>
public static class FrameInspection
{
    const int FewestRows = 20;

    extension(Frame frame)
    {
        /// <summary>Identifiers, constants, duplicates, and, where a target is named, columns that give it away.</summary>
        /// <exception cref="ArgumentException"><paramref name="target"/> is not a column.</exception>
        public IReadOnlyList<ColumnWarning> Inspect(string? target = null)
        {
            var warnings = new List<ColumnWarning>();
            var goal = target is null ? null : new LeakTest(frame[target]);
            var seen = new Dictionary<(ColumnType, ulong), List<(Column Column, int[] Codes)>>();
            foreach (var column in frame.Columns)
            {
                if (column.Name == target) continue;
                var (codes, _, distinct) = column.Factorize(null);
                if (distinct <= 1 && (column.MissingCount == 0 || distinct == 0))
                {
                    warnings.Add(new(column.Name, ColumnConcern.Constant, distinct == 0 ? "no row has a value" : $"every row is '{column.Format(0)}'"));
                    continue;
                }
                if (Twin(seen, column, codes) is { } twin)
                    warnings.Add(new(column.Name, ColumnConcern.Duplicate, $"the same values as column '{twin}'"));
                if (IsIdentifier(column, distinct))
                    warnings.Add(new(column.Name, ColumnConcern.Identifier, $"{distinct} different values in {frame.Rows} rows"));
                else if (goal?.Explain(column, codes, distinct) is { } reason)
                    warnings.Add(new(column.Name, ColumnConcern.Leak, reason));
            }
            return warnings;
        }
    }

    static bool IsIdentifier(Column column, int distinct) => column.Count >= FewestRows && distinct == column.Count && column.Type switch
    {
        ColumnType.Text or ColumnType.Category => true,
        // Whole numbers without a gap are a count of rows; measurements leave gaps.
        ColumnType.Integer => ((IntegerColumn)column).Values is var values && Span(values) == (ulong)(values.Length - 1),
        _ => false,
    };

    static ulong Span(ReadOnlySpan<long> values)
    {
        var (least, most) = (long.MaxValue, long.MinValue);
        foreach (long value in values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
        return unchecked((ulong)(most - least));
    }

    static string? Twin(Dictionary<(ColumnType, ulong), List<(Column Column, int[] Codes)>> seen, Column column, int[] codes)
    {
        ulong hash = Hashing.Start;
        foreach (int code in codes) hash = Hashing.Add(hash, (uint)code);
        if (!seen.TryGetValue((column.Type, hash), out var alike)) seen.Add((column.Type, hash), alike = []);
        foreach (var (other, its) in alike)
            if (codes.AsSpan().SequenceEqual(its) && SameValues(column, other, codes)) return other.Name;
        alike.Add((column, codes));
        return null;
    }

    /// <summary>Whether values are equal, given that the patterns of their repetition are.</summary>
    static bool SameValues(Column a, Column b, int[] codes)
    {
        int next = 0;
        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] != next) continue;
            next++;
            if (!string.Equals(a.Format(row), b.Format(row), StringComparison.Ordinal)) return false;
        }
        return true;
    }
}
