namespace Descent.Tabular;

/// <summary>What is made of the values of a group; missing ones do not count.</summary>
public enum Aggregate
{
    /// <summary>How many there are.</summary>
    Count,

    /// <summary>How many different ones there are.</summary>
    Distinct,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their standard deviation, over n − 1.</summary>
    Deviation,

    /// <summary>The middle one, or the mean of the middle two.</summary>
    Median,

    /// <summary>The least.</summary>
    Least,

    /// <summary>The greatest.</summary>
    Greatest,

    /// <summary>The first in the order of rows.</summary>
    First,

    /// <summary>The last in the order of rows.</summary>
    Last,
}

/// <summary>The rows of a frame by equal values of some columns; rows that lack one of these form groups too.</summary>
public sealed class FrameGroups
{
    readonly Frame _frame;
    readonly Column[] _keys;
    readonly List<List<int>> _rows = [];

    internal FrameGroups(Frame frame, IEnumerable<string> by)
    {
        (_frame, _keys) = (frame, [.. by.Select(name => frame[name])]);
        int[] group = new int[frame.Rows];
        foreach (var key in _keys)
        {
            var (codes, _, _) = key.Factorize(null);
            // Pairs of (group so far, value) in order of appearance are the new groups.
            var pairs = new Dictionary<(int, int), int>();
            for (int row = 0; row < group.Length; row++)
            {
                if (!pairs.TryGetValue((group[row], codes[row]), out int number)) pairs.Add((group[row], codes[row]), number = pairs.Count);
                group[row] = number;
            }
        }
        for (int row = 0; row < group.Length; row++)
        {
            if (group[row] == _rows.Count) _rows.Add([]);
            _rows[group[row]].Add(row);
        }
    }

    /// <summary>The number of groups.</summary>
    public int Count => _rows.Count;

    /// <summary>The rows of each group, the groups in order of appearance.</summary>
    public IEnumerable<Frame> Frames => _rows.Select(rows => _frame.Take([.. rows]));

    /// <summary>One row a group: its key, then for each pair a column called <c>column_aggregate</c>, such as <c>price_mean</c>.</summary>
    /// <exception cref="ArgumentException">A name is not a column, or its type has no such aggregate.</exception>
    public Frame Aggregate(params IReadOnlyList<(string Column, Aggregate How)> what)
    {
        int[] heads = [.. _rows.Select(rows => rows[0])];
        return new([.. _keys.Select(key => key.Take(heads)), .. what.Select(w => Make(_frame[w.Column], w.How))]);
    }

    Column Make(Column column, Aggregate how)
    {
        string name = $"{column.Name}_{how.ToString().ToLowerInvariant()}";
        var present = _rows.Select(rows => rows.Where(row => !column.IsMissing(row)).ToArray()).ToArray();
        switch (how)
        {
            case Tabular.Aggregate.Count:
                return Column.Of(name, Array.ConvertAll(present, rows => (long)rows.Length));
            case Tabular.Aggregate.Distinct:
                var (codes, _, _) = column.Factorize(null);
                return Column.Of(name, Array.ConvertAll(present, rows => (long)rows.Select(row => codes[row]).Distinct().Count()));
            case Tabular.Aggregate.Least or Tabular.Aggregate.Greatest or Tabular.Aggregate.First or Tabular.Aggregate.Last:
                return column.Take(Array.ConvertAll(present, rows => Pick(column, rows, how))).WithName(name);
        }
        if (column.Type is not (ColumnType.Float or ColumnType.Integer or ColumnType.Boolean))
            throw new ArgumentException($"Aggregate: column '{column.Name}' is {column.Type}, which has no {how}; take Count, Distinct, Least, Greatest, First or Last.");
        double[] numbers = new double[column.Count];
        column.CopyNumbers(numbers);
        return Column.Of(name, Array.ConvertAll(present, rows => Number(Array.ConvertAll(rows, row => numbers[row]), how)));
    }

    static int Pick(Column column, int[] rows, Aggregate how) => rows.Length == 0 ? -1 : how switch
    {
        Tabular.Aggregate.First => rows[0],
        Tabular.Aggregate.Last => rows[^1],
        Tabular.Aggregate.Least => rows.Aggregate((a, b) => column.Compare(b, a) < 0 ? b : a),
        _ => rows.Aggregate((a, b) => column.Compare(b, a) > 0 ? b : a),
    };

    static double Number(double[] values, Aggregate how)
    {
        if (how == Tabular.Aggregate.Sum) return values.Sum();
        if (values.Length == 0) return double.NaN;
        double mean = values.Average();
        if (how == Tabular.Aggregate.Mean) return mean;
        if (how == Tabular.Aggregate.Deviation) return values.Length < 2 ? double.NaN : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
        Array.Sort(values);
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

/// <summary>Groups of rows with equal values, and figures of them.</summary>
public static class FrameGrouping
{
    extension(Frame frame)
    {
        /// <summary>The rows by equal values of the named columns.</summary>
        /// <exception cref="ArgumentException">A name is not a column.</exception>
        public FrameGroups GroupBy(params IEnumerable<string> by) => new(frame, by);
    }
}
