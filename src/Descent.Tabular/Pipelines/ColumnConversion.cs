using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>Columns as the type that a model was fitted to, without loss.</summary>
static class ColumnConversion
{
    /// <summary>The column with its values as another type.</summary>
    /// <exception cref="ArgumentException">A value is none of that type.</exception>
    internal static Column To(Column column, ColumnType type)
    {
        if (column.Type == type) return column;
        if (column.MissingCount == column.Count) return Missing(column.Name, type, column.Count);
        return type switch
        {
            ColumnType.Category => Column.Categories(column.Name, Texts(column)),
            ColumnType.Text => Column.Of(column.Name, Texts(column)),
            ColumnType.Float => Column.Of(column.Name, Numbers(column, type)),
            ColumnType.Integer => Integers(column),
            ColumnType.Boolean => Flags(column),
            _ => Dates(column),
        };
    }

    /// <summary>A column without any value.</summary>
    internal static Column Missing(string name, ColumnType type, int rows)
    {
        bool[] missing = new bool[rows];
        Array.Fill(missing, true);
        return type switch
        {
            ColumnType.Float => Column.Of(name, [.. missing.Select(_ => double.NaN)]),
            ColumnType.Integer => new IntegerColumn(name, new long[rows], missing),
            ColumnType.Boolean => new BooleanColumn(name, new bool[rows], missing),
            ColumnType.DateTime => new DateTimeColumn(name, new DateTime[rows], missing),
            ColumnType.Text => Column.Of(name, new string?[rows]),
            _ => new CategoryColumn(name, [.. missing.Select(_ => -1)], ImmutableArray<string>.Empty),
        };
    }

    /// <summary>A column of one row.</summary>
    internal static Column One(string name, object? value, ColumnType type) => To(value switch
    {
        null => Missing(name, type, 1),
        string text => Column.Of(name, new string?[] { text }),
        bool flag => Column.Of(name, new[] { flag }),
        DateTime date => Column.Of(name, new[] { date }),
        DateTimeOffset date => Column.Of(name, new[] { date.DateTime }),
        DateOnly date => Column.Of(name, new[] { date.ToDateTime(TimeOnly.MinValue) }),
        byte or sbyte or short or ushort or int or uint or long => Column.Of(name, new[] { Convert.ToInt64(value, CultureInfo.InvariantCulture) }),
        float or double or decimal or ulong or Half => Column.Of(name, new[] { value is Half half ? (double)half : Convert.ToDouble(value, CultureInfo.InvariantCulture) }),
        Enum level => Column.Of(name, new string?[] { level.ToString() }),
        _ => throw new ArgumentException($"'{name}' is a {value.GetType().Name}; expected a number, text, truth value or date."),
    }, type);

    static IEnumerable<string?> TextsOf(Column column) => Enumerable.Range(0, column.Count).Select(column.Format);

    static string?[] Texts(Column column) => [.. TextsOf(column)];

    static double[] Numbers(Column column, ColumnType type)
    {
        double[] values = new double[column.Count];
        if (column.Type is ColumnType.Float or ColumnType.Integer or ColumnType.Boolean)
        {
            column.CopyNumbers(values);
            return values;
        }
        for (int row = 0; row < values.Length; row++)
        {
            values[row] = double.NaN;
            if (column.Format(row) is { } text && (column.Type == ColumnType.DateTime || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out values[row])))
                throw Mismatch(column, row, type);
        }
        return values;
    }

    /// <summary>Whole numbers, or real ones where one is not whole.</summary>
    static Column Integers(Column column)
    {
        const double Exact = 1L << 53;
        double[] numbers = Numbers(column, ColumnType.Integer);
        if (numbers.Any(v => !double.IsNaN(v) && !(Math.Abs(v) <= Exact && v == Math.Truncate(v)))) return Column.Of(column.Name, numbers);
        return new IntegerColumn(column.Name, [.. numbers.Select(v => double.IsNaN(v) ? 0 : (long)v)], [.. numbers.Select(double.IsNaN)]);
    }

    static BooleanColumn Flags(Column column)
    {
        bool[] values = new bool[column.Count], missing = new bool[column.Count];
        for (int row = 0; row < values.Length; row++)
        {
            string? text = column.Format(row);
            missing[row] = text is null;
            values[row] = text is "1" || string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
            if (text is not null && !values[row] && text != "0" && !string.Equals(text, "false", StringComparison.OrdinalIgnoreCase)) throw Mismatch(column, row, ColumnType.Boolean);
        }
        return new(column.Name, values, missing);
    }

    static DateTimeColumn Dates(Column column)
    {
        var values = new DateTime[column.Count];
        bool[] missing = new bool[column.Count];
        for (int row = 0; row < values.Length; row++)
        {
            string? text = column.Format(row);
            missing[row] = text is null;
            if (text is not null && (column.Type is not (ColumnType.Text or ColumnType.Category) || !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out values[row])))
                throw Mismatch(column, row, ColumnType.DateTime);
        }
        return new(column.Name, values, missing);
    }

    static ArgumentException Mismatch(Column column, int row, ColumnType type) =>
        new($"Column '{column.Name}' is '{column.Format(row)}' in row {row}; the model was fitted to {type} there, and this cannot be read as one.");
}
