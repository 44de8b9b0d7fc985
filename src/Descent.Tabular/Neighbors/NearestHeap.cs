namespace Descent.Tabular;

/// <summary>The rows with the smallest keys so far, the greatest of them on top; of equal keys the first row is the smaller.</summary>
readonly ref struct NearestHeap
{
    readonly Span<double> _keys;
    readonly Span<int> _rows;

    NearestHeap(Span<double> keys, Span<int> rows)
    {
        _keys = keys;
        _rows = rows;
    }

    /// <summary>An empty heap in memory of as many keys and rows as it is to keep.</summary>
    internal static NearestHeap Empty(Span<double> keys, Span<int> rows)
    {
        keys.Fill(double.PositiveInfinity);
        rows.Fill(int.MaxValue);
        return new(keys, rows);
    }

    /// <summary>The heap that memory holds already.</summary>
    internal static NearestHeap In(Span<double> keys, Span<int> rows) => new(keys, rows);

    /// <summary>A key that is greater than this is none of the smallest.</summary>
    internal double Bound => _keys[0];

    internal void Add(double key, int row)
    {
        if (!IsBefore(key, row, 0)) return;
        int at = 0;
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= _keys.Length) break;
            if (child + 1 < _keys.Length && IsBefore(_keys[child], _rows[child], child + 1)) child++;
            if (!IsBefore(key, row, child)) break;
            (_keys[at], _rows[at]) = (_keys[child], _rows[child]);
            at = child;
        }
        (_keys[at], _rows[at]) = (key, row);
    }

    /// <summary>Puts what it keeps in order, the smallest first; it is no heap afterwards.</summary>
    internal void Sort()
    {
        // So few that the plainest way is the fastest.
        for (int i = 1; i < _keys.Length; i++)
        {
            var (key, row) = (_keys[i], _rows[i]);
            int at = i;
            for (; at > 0 && IsBefore(key, row, at - 1); at--) (_keys[at], _rows[at]) = (_keys[at - 1], _rows[at - 1]);
            (_keys[at], _rows[at]) = (key, row);
        }
    }

    bool IsBefore(double key, int row, int other) => key < _keys[other] || (key == _keys[other] && row < _rows[other]);
}
