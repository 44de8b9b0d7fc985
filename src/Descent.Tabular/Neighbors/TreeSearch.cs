namespace Descent.Tabular;

/// <summary>What encloses the rows of each node of a tree.</summary>
interface IEnclosures
{
    /// <summary>Makes place for the nodes.</summary>
    void Allocate(int nodes, int columns);

    /// <summary>Encloses rows that lie one after another.</summary>
    void Enclose(int node, ReadOnlySpan<double> rows, RowMetric metric);

    /// <summary>The least reduced distance that a row of the node can have.</summary>
    double Least(int node, ReadOnlySpan<double> query, RowMetric metric);
}

/// <summary>Corners of boxes.</summary>
/// <remarks>Bentley, "Multidimensional binary search trees used for associative searching", 1975.</remarks>
struct Boxes : IEnclosures
{
    double[] _low, _high;
    int _columns;

    public void Allocate(int nodes, int columns) => (_low, _high, _columns) = (new double[nodes * columns], new double[nodes * columns], columns);

    public readonly void Enclose(int node, ReadOnlySpan<double> rows, RowMetric metric)
    {
        Span<double> low = _low.AsSpan(node * _columns, _columns), high = _high.AsSpan(node * _columns, _columns);
        rows[.._columns].CopyTo(low);
        rows[.._columns].CopyTo(high);
        for (int at = _columns; at < rows.Length; at += _columns)
            for (int j = 0; j < _columns; j++)
                (low[j], high[j]) = (Math.Min(low[j], rows[at + j]), Math.Max(high[j], rows[at + j]));
    }

    public readonly double Least(int node, ReadOnlySpan<double> query, RowMetric metric) =>
        metric.ReducedToBox(query, _low.AsSpan(node * _columns, _columns), _high.AsSpan(node * _columns, _columns));
}

/// <summary>Balls about the means of rows.</summary>
/// <remarks>Omohundro, "Five Balltree Construction Algorithms", 1989.</remarks>
struct Balls : IEnclosures
{
    double[] _centers, _radii;
    int _columns;

    public void Allocate(int nodes, int columns) => (_centers, _radii, _columns) = (new double[nodes * columns], new double[nodes], columns);

    public readonly void Enclose(int node, ReadOnlySpan<double> rows, RowMetric metric)
    {
        var center = _centers.AsSpan(node * _columns, _columns);
        int count = rows.Length / _columns;
        for (int at = 0; at < rows.Length; at++) center[at % _columns] += rows[at] / count;
        for (int at = 0; at < rows.Length; at += _columns) _radii[node] = Math.Max(_radii[node], metric.Distance(center, rows.Slice(at, _columns)));
    }

    public readonly double Least(int node, ReadOnlySpan<double> query, RowMetric metric) =>
        metric.Reduce(Math.Max(0, metric.Distance(_centers.AsSpan(node * _columns, _columns), query) * (1 - 1e-13) - _radii[node] * (1 + 1e-13)));
}

/// <summary>A binary tree of rows: each node's are halved across the column in which they reach farthest.</summary>
sealed class TreeSearch<TEnclosures> : INeighborSearch where TEnclosures : struct, IEnclosures
{
    const int LeafRows = 32;

    readonly double[] _rows;
    readonly int[] _order, _starts;
    readonly int _columns, _leaves;
    readonly RowMetric _metric;
    TEnclosures _enclosures = new();

    internal TreeSearch(double[] rows, int columns, RowMetric metric)
    {
        (_columns, _metric) = (columns, metric);
        int count = rows.Length / columns;
        _leaves = 1;
        while (count > _leaves * LeafRows) _leaves *= 2;
        _order = [.. Enumerable.Range(0, count)];
        // Node k has the children 2k + 1 and 2k + 2; the last half are leaves, and their rows lie in the order of their numbers.
        _starts = new int[_leaves + 1];
        _starts[_leaves] = count;
        double[] keys = new double[count];
        Halve(rows, keys, 0, 0, count);
        _rows = new double[rows.Length];
        for (int i = 0; i < count; i++) rows.AsSpan(_order[i] * columns, columns).CopyTo(_rows.AsSpan(i * columns));
        _enclosures.Allocate(2 * _leaves - 1, columns);
        for (int node = 0; node < 2 * _leaves - 1; node++)
        {
            var (first, last) = Range(node);
            _enclosures.Enclose(node, _rows.AsSpan(first * columns, (last - first) * columns), metric);
        }
    }

    public void Find(ReadOnlySpan<double> queries, int neighbors, Span<int> rows, Span<double> distances)
    {
        for (int q = 0; q < queries.Length / _columns; q++)
        {
            var query = queries.Slice(q * _columns, _columns);
            var heap = NearestHeap.Empty(distances.Slice(q * neighbors, neighbors), rows.Slice(q * neighbors, neighbors));
            Find(0, _enclosures.Least(0, query, _metric), query, heap);
            heap.Sort();
        }
        foreach (ref double d in distances) d = _metric.Expand(d);
    }

    public List<(int Row, double Distance)>[] Within(ReadOnlySpan<double> queries, double radius)
    {
        var found = new List<(int Row, double Distance)>[queries.Length / _columns];
        for (int q = 0; q < found.Length; q++)
        {
            found[q] = [];
            Within(0, queries.Slice(q * _columns, _columns), _metric.Reduce(radius), found[q]);
            found[q].Sort();
        }
        return found;
    }

    void Find(int node, double least, ReadOnlySpan<double> query, NearestHeap heap)
    {
        if (IsBeyond(least, heap.Bound)) return;
        if (node >= _leaves - 1)
        {
            var (first, last) = Range(node);
            for (int i = first; i < last; i++) heap.Add(_metric.Reduced(query, _rows.AsSpan(i * _columns, _columns)), _order[i]);
            return;
        }
        double left = _enclosures.Least(2 * node + 1, query, _metric), right = _enclosures.Least(2 * node + 2, query, _metric);
        bool leftFirst = left <= right;
        Find(leftFirst ? 2 * node + 1 : 2 * node + 2, Math.Min(left, right), query, heap);
        Find(leftFirst ? 2 * node + 2 : 2 * node + 1, Math.Max(left, right), query, heap);
    }

    void Within(int node, ReadOnlySpan<double> query, double bound, List<(int Row, double Distance)> found)
    {
        if (IsBeyond(_enclosures.Least(node, query, _metric), bound)) return;
        if (node < _leaves - 1)
        {
            Within(2 * node + 1, query, bound, found);
            Within(2 * node + 2, query, bound, found);
            return;
        }
        var (first, last) = Range(node);
        for (int i = first; i < last; i++)
        {
            double reduced = _metric.Reduced(query, _rows.AsSpan(i * _columns, _columns));
            if (reduced <= bound) found.Add((_order[i], _metric.Expand(reduced)));
        }
    }

    /// <summary>Whether all rows are too far, whatever rounding has done to either number.</summary>
    static bool IsBeyond(double least, double bound) => least * (1 - 1e-12) > bound;

    (int First, int Last) Range(int node)
    {
        int first = node, last = node;
        while (first < _leaves - 1) (first, last) = (2 * first + 1, 2 * last + 2);
        return (_starts[first - _leaves + 1], _starts[last - _leaves + 2]);
    }

    void Halve(double[] rows, double[] keys, int node, int first, int last)
    {
        if (node >= _leaves - 1)
        {
            _starts[node - _leaves + 1] = first;
            return;
        }
        int widest = 0, middle = (first + last) / 2;
        double width = -1;
        for (int j = 0; j < _columns; j++)
        {
            double low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (int i = first; i < last; i++)
            {
                double value = rows[_order[i] * _columns + j];
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }
            if (high - low > width) (widest, width) = (j, high - low);
        }
        for (int i = first; i < last; i++) keys[i] = rows[_order[i] * _columns + widest];
        Part(keys, first, last - 1, middle);
        Halve(rows, keys, 2 * node + 1, first, middle);
        Halve(rows, keys, 2 * node + 2, middle, last);
    }

    /// <summary>Puts the numbers smaller than that which belongs in the middle before it, the greater behind it.</summary>
    /// <remarks>Hoare, "Algorithm 65: Find", 1961.</remarks>
    void Part(double[] keys, int first, int last, int middle)
    {
        while (first < last)
        {
            double pivot = keys[(first + last) / 2];
            int i = first, j = last;
            while (i <= j)
            {
                while (keys[i] < pivot) i++;
                while (keys[j] > pivot) j--;
                if (i > j) break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                (_order[i], _order[j]) = (_order[j], _order[i]);
                i++;
                j--;
            }
            if (j < middle) first = i;
            if (middle < i) last = j;
        }
    }
}
