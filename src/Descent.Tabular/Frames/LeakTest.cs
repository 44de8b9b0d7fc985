namespace Descent.Tabular;

/// <summary>How well single columns tell a target.</summary>
sealed class LeakTest
{
    const double Suspicious = 0.995;
    const int Parts = 50, FewestRows = 50;

    readonly double[]? _numbers;
    readonly int[] _classes;
    readonly double _commonest;

    internal LeakTest(Column target)
    {
        (_classes, _, int distinct) = target.Factorize(null);
        if (target.Type is ColumnType.Float or ColumnType.Integer && distinct > 20)
        {
            _numbers = new double[target.Count];
            target.CopyNumbers(_numbers);
        }
        else _commonest = _classes.Where(c => c >= 0).GroupBy(c => c).Select(g => g.Count()).DefaultIfEmpty().Max() / (double)Math.Max(1, target.Count);
    }

    /// <summary>Why the column is suspicious, or null.</summary>
    internal string? Explain(Column column, int[] codes, int distinct)
    {
        if (column.Count < FewestRows) return null;
        int[] parts = column.Type is ColumnType.Float or ColumnType.Integer or ColumnType.DateTime ? Quantiles(column) : codes;
        // Levels of a row or two each explain anything.
        if (ReferenceEquals(parts, codes) && distinct > column.Count / 10) return null;
        return _numbers is { } target ? ExplainNumbers(target, column, parts) : ExplainClasses(parts);
    }

    string? ExplainNumbers(double[] target, Column column, int[] parts)
    {
        int[] rows = [.. Enumerable.Range(0, target.Length).Where(row => !double.IsNaN(target[row]) && parts[row] >= 0)];
        if (rows.Length < FewestRows) return null;
        double mean = rows.Average(row => target[row]), total = rows.Sum(row => (target[row] - mean) * (target[row] - mean));
        double within = rows.GroupBy(row => parts[row]).Sum(g => g.Average(row => target[row]) is var m ? g.Sum(row => (target[row] - m) * (target[row] - m)) : 0);
        double explained = total > 0 ? 1 - within / total : 0;
        if (column.Type is ColumnType.Float or ColumnType.Integer)
        {
            double[] x = new double[column.Count];
            column.CopyNumbers(x);
            double centre = rows.Average(row => x[row]), xx = rows.Sum(row => (x[row] - centre) * (x[row] - centre)), xy = rows.Sum(row => (x[row] - centre) * (target[row] - mean));
            if (xx > 0 && total > 0) explained = Math.Max(explained, xy * xy / (xx * total));
        }
        return explained > Suspicious ? $"explains {explained:P1} of the target's variance alone" : null;
    }

    string? ExplainClasses(int[] parts)
    {
        int[] rows = [.. Enumerable.Range(0, parts.Length).Where(row => _classes[row] >= 0 && parts[row] >= 0)];
        if (rows.Length < FewestRows || _commonest > Suspicious) return null;
        int right = rows.GroupBy(row => parts[row]).Sum(part => part.GroupBy(row => _classes[row]).Max(c => c.Count()));
        double share = right / (double)rows.Length;
        return share > Suspicious ? $"tells the target alone in {share:P1} of the rows" : null;
    }

    /// <summary>Parts of about equally many rows; equal values share one.</summary>
    static int[] Quantiles(Column column)
    {
        int[] parts = new int[column.Count];
        Array.Fill(parts, -1);
        int[] order = [.. Enumerable.Range(0, column.Count).Where(row => !column.IsMissing(row))];
        Array.Sort(order, column.Compare);
        for (int i = 0; i < order.Length; i++)
            parts[order[i]] = i > 0 && column.Compare(order[i - 1], order[i]) == 0 ? parts[order[i - 1]] : (int)((long)i * Parts / order.Length);
        return parts;
    }
}
