namespace Descent.Tabular;

/// <summary>How steps read the columns of a frame and put others in their places.</summary>
static class StepColumns
{
    /// <summary>As many cells as 4 GiB of numbers; more is refused with advice before memory runs out.</summary>
    const long MostCells = 1L << 29;

    internal static readonly ColumnType[] Measures = [ColumnType.Float, ColumnType.Integer];
    internal static readonly ColumnType[] Numeric = [ColumnType.Float, ColumnType.Integer, ColumnType.Boolean];
    internal static readonly ColumnType[] Levels = [ColumnType.Category];
    internal static readonly ColumnType[] Discrete = [ColumnType.Category, ColumnType.Text, ColumnType.Integer, ColumnType.Boolean, ColumnType.Float, ColumnType.DateTime];
    internal static readonly ColumnType[] Dates = [ColumnType.DateTime];

    /// <summary>A column that a step was fitted to.</summary>
    internal static Column Find(string step, Frame frame, string name)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return frame.Has(name) ? frame[name]
            : throw new ArgumentException($"{step}: it was fitted to the column '{name}', which is not there; the columns are: {frame.ListNames()}.", nameof(frame));
    }

    /// <summary>A copy of the numbers of a column, NaN where missing.</summary>
    internal static double[] Numbers(string step, Frame frame, string name)
    {
        var column = Find(step, frame, name);
        double[] values = new double[column.Count];
        if (Numeric.Contains(column.Type)) column.CopyNumbers(values);
        else if (column.MissingCount == column.Count) Array.Fill(values, double.NaN);
        else throw new ArgumentException($"{step}: column '{name}' is {column.Type}; it was fitted to numbers.", nameof(frame));
        return values;
    }

    /// <summary>The frame with each of the named columns replaced, in its place, by what is made of it.</summary>
    internal static Frame Rewrite(string step, Frame frame, IEnumerable<string> names, Func<int, IEnumerable<Column>> make)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in names) places.Add(Find(step, frame, name).Name, places.Count);
        return new(frame.Columns.SelectMany(c => places.TryGetValue(c.Name, out int i) ? make(i) : [c]));
    }

    /// <summary>The frame with each of the named columns replaced by numbers.</summary>
    internal static Frame Map(string step, Frame frame, IEnumerable<string> names, Action<int, double[]> map)
    {
        string[] own = [.. names];
        return Rewrite(step, frame, own, i =>
        {
            double[] values = Numbers(step, frame, own[i]);
            map(i, values);
            return [Column.Of(own[i], values)];
        });
    }

    /// <summary>Refuses a table that would not fit into memory.</summary>
    internal static void CheckWidth(string step, int rows, long columns, string advice)
    {
        if (rows * columns > MostCells)
            throw new ArgumentException($"{step}: {columns} columns of {rows} rows would take {rows * columns * sizeof(double) / (double)(1 << 30):F1} GiB as numbers; expected at most {MostCells * sizeof(double) >> 30}. {advice}");
    }

    /// <summary>The numbers that are there, rising.</summary>
    internal static double[] Sorted(double[] values)
    {
        double[] sorted = Array.FindAll(values, v => !double.IsNaN(v));
        Array.Sort(sorted);
        return sorted;
    }
}
