namespace Descent.Search;

/// <summary>Columns of the paths that filters ask for: made when one is first asked for, kept up to date from then on.</summary>
sealed class PayloadColumns<TKey>(RecordTable<TKey> table) where TKey : notnull
{
    // The one that was not asked for longest gives way to a new one.
    const int Most = 64;

    readonly Dictionary<string, PayloadColumn> _columns = [];
    readonly Lock _lock = new();
    long _uses;

    internal RecordTable<TKey> Table => table;

    /// <summary>The column of a path. The caller keeps the table from changing.</summary>
    internal PayloadColumn this[string path]
    {
        get
        {
            lock (_lock)
            {
                if (!_columns.TryGetValue(path, out var column) || column.Texts > 2 * table.Count + 1024)
                {
                    if (_columns.Count >= Most) _columns.Remove(_columns.MinBy(c => c.Value.LastUse).Key);
                    _columns[path] = column = new(PayloadPath.Split(path));
                    foreach (int slot in table.Used)
                    {
                        using var payload = PayloadJson.Read(table[slot].Source.Payload(table[slot].At));
                        column.Set(slot, payload.RootElement);
                    }
                }
                column.LastUse = ++_uses;
                return column;
            }
        }
    }

    /// <summary>Notes what a slot's payload is now. The caller lets nobody else in.</summary>
    internal void Set(int slot, IRecordSource source, int at)
    {
        if (_columns.Count == 0) return;
        using var payload = PayloadJson.Read(source.Payload(at));
        foreach (var column in _columns.Values) column.Set(slot, payload.RootElement);
    }
}
