using System.Collections.Immutable;
using System.Numerics;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The columns that a learner sees, as numbers: NaN is missing, a category is the number of its level.</summary>
public sealed class Features
{
    readonly double[][] _columns;

    internal Features(FeatureSchema schema, int rows, double[][] columns) => (Schema, Rows, _columns) = (schema, rows, columns);

    /// <summary>Names and kinds of the columns.</summary>
    public FeatureSchema Schema { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns => _columns.Length;

    /// <summary>The values of a column.</summary>
    public ReadOnlySpan<double> Column(int index) => _columns[index];

    /// <summary>The columns of a frame but the named ones, as a learner sees them.</summary>
    /// <exception cref="ArgumentException">A column holds text or dates, or a name is not a column.</exception>
    public static Features Of(Frame frame, params IEnumerable<string> except)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var kept = frame.Drop(except).Columns;
        foreach (var column in kept)
            if (column.Type is ColumnType.Text or ColumnType.DateTime)
                throw new ArgumentException($"Column '{column.Name}' is {column.Type}, which a learner cannot take. Drop it, or turn it into numbers or a category first.", nameof(frame));
        var schema = new FeatureSchema { Features = [.. kept.Select(c => new Feature(c.Name, c is CategoryColumn category ? Levels(category) : []))] };
        return schema.Read(frame);
    }

    /// <summary>Numbers in rows of <paramref name="columns"/>, one row after another.</summary>
    /// <exception cref="ArgumentException">They are no whole rows.</exception>
    public static Features FromRows(ReadOnlySpan<double> values, int columns) => FromRows<double>(values, columns);

    /// <inheritdoc cref="FromRows(ReadOnlySpan{double}, int)"/>
    public static Features FromRows(ReadOnlySpan<float> values, int columns) => FromRows<float>(values, columns);

    static unsafe Features FromRows<T>(ReadOnlySpan<T> values, int columns) where T : unmanaged, INumber<T>
    {
        if (columns < 1 || values.Length % columns != 0)
            throw new ArgumentException($"FromRows: {values.Length} numbers are no whole rows of {columns}.", nameof(values));
        int rows = values.Length / columns;
        var copies = new double[columns][];
        for (int j = 0; j < columns; j++) copies[j] = GC.AllocateUninitializedArray<double>(rows);
        // Rows that stay in the cache while the columns are written.
        const int BlockRows = 256;
        fixed (T* start = values)
        {
            T* all = start;
            WorkerPool.For((rows + BlockRows - 1) / BlockRows, block =>
            {
                int first = block * BlockRows, end = Math.Min(rows, first + BlockRows);
                for (int j = 0; j < columns; j++)
                {
                    double[] copy = copies[j];
                    for (int i = first; i < end; i++) copy[i] = double.CreateTruncating(all[(long)i * columns + j]);
                }
            });
        }
        return new(FeatureSchema.Numbers(columns), rows, copies);
    }

    /// <summary>Some rows, in the order given.</summary>
    public Features Take(ReadOnlySpan<int> rows)
    {
        var taken = new double[Columns][];
        for (int j = 0; j < taken.Length; j++)
        {
            taken[j] = new double[rows.Length];
            for (int i = 0; i < rows.Length; i++) taken[j][i] = _columns[j][rows[i]];
        }
        return new(Schema, rows.Length, taken);
    }

    /// <summary>Some columns, in the order given.</summary>
    public Features Select(ReadOnlySpan<int> columns)
    {
        var taken = new double[columns.Length][];
        var features = ImmutableArray.CreateBuilder<Feature>(columns.Length);
        for (int j = 0; j < taken.Length; j++)
        {
            taken[j] = _columns[columns[j]];
            features.Add(Schema.Features[columns[j]]);
        }
        return new(new() { Features = features.MoveToImmutable() }, Rows, taken);
    }

    /// <summary>Columns of numbers more, behind those there are.</summary>
    internal Features With(IEnumerable<(string Name, double[] Values)> more)
    {
        var added = more.ToArray();
        return new(new() { Features = [.. Schema.Features, .. added.Select(a => new Feature(a.Name, []))] }, Rows, [.. _columns, .. added.Select(a => a.Values)]);
    }

    /// <summary>With other values in a column.</summary>
    internal Features WithColumn(int index, double[] values)
    {
        double[][] columns = [.. _columns];
        columns[index] = values;
        return new(Schema, Rows, columns);
    }

    /// <summary>Rows from <paramref name="start"/> on, one after another.</summary>
    internal void CopyRows(int start, Span<double> rows)
    {
        // So many rows at a time as stay in the nearest cache while the columns go by.
        const int Near = 2048;
        int columns = Columns, count = columns == 0 ? 0 : rows.Length / columns, step = Math.Max(1, Near / Math.Max(1, columns));
        for (int first = 0; first < count; first += step)
        {
            int taken = Math.Min(step, count - first);
            for (int j = 0; j < columns; j++)
            {
                var column = _columns[j].AsSpan(start + first, taken);
                int at = first * columns + j;
                foreach (double value in column)
                {
                    rows[at] = value;
                    at += columns;
                }
            }
        }
    }

    /// <summary>All rows, one after another.</summary>
    internal double[] ToRows()
    {
        double[] rows = new double[Rows * Columns];
        CopyRows(0, rows);
        return rows;
    }

    /// <summary>Levels that occur in no row take no number, so that a model is the same whatever the frame was cut from.</summary>
    static ImmutableArray<string> Levels(CategoryColumn column)
    {
        bool[] occurs = new bool[column.Levels.Length];
        foreach (int code in column.Codes)
            if (code >= 0) occurs[code] = true;
        string[] levels = [.. column.Levels.Where((_, i) => occurs[i])];
        Array.Sort(levels, StringComparer.Ordinal);
        // A category without a value in training is still one.
        return levels.Length == 0 ? [""] : [.. levels];
    }
}
