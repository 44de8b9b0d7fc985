namespace Descent.Search;

/// <summary>Columns of the paths that filters ask for: made when one is first asked for, kept up to date from then on.</summary>
/// <remarks>
/// Filling one reads all payloads, which may take longer than anybody should wait: it is done part by part, and between the parts the lock of the
/// records is free. What is written meanwhile goes into it as well.
/// </remarks>
/// <param name="table">The records.</param>
/// <param name="records">Guards them: held by who reads them, and alone by who changes them.</param>
sealed class PayloadColumns<TKey>(RecordTable<TKey> table, ReaderWriterLockSlim records) where TKey : notnull
{
    // So many are kept, and more only if they were asked for lately.
    const int Most = 64, Lately = 64;

    // Read while the lock of the records is held: some tenths of a millisecond.
    const int Part = 256;

    readonly Dictionary<string, PayloadColumn> _columns = [];
    readonly Lock _lock = new();
    // Held by who fills columns for the first time, or puts texts in order.
    readonly Lock _filling = new();
    long _asked;

    internal RecordTable<TKey> Table => table;

    /// <summary>All columns; whoever holds the lock of the records for writing may set them.</summary>
    internal PayloadColumn[] All { get; private set; } = [];

    /// <summary>A column that was prepared. The caller holds the lock of the records.</summary>
    internal PayloadColumn this[string path]
    {
        get
        {
            lock (_lock) return _columns[path];
        }
    }

    /// <summary>Whether columns that were prepared are there still. The caller holds the lock of the records.</summary>
    internal bool Has(IEnumerable<ColumnUse> uses)
    {
        lock (_lock) return uses.All(use => _columns.TryGetValue(use.Path, out var column) && column.IsComplete);
    }

    /// <summary>Sees to it that columns are there. The caller does not hold the lock of the records.</summary>
    internal void Prepare(IEnumerable<ColumnUse> uses)
    {
        long asked = Interlocked.Increment(ref _asked);
        (PayloadColumn Column, bool IsOrdered)[] found = [.. uses.Select(use => (Find(use.Path, asked), use.IsOrdered))];
        if (Array.Exists(found, static use => !use.Column.IsComplete))
            lock (_filling) Fill([.. found.Select(use => use.Column).Where(column => !column.IsComplete).Distinct()]);
        foreach (var (column, isOrdered) in found)
            if (isOrdered && column.WantsOrder) Order(column);
    }

    PayloadColumn Find(string path, long asked)
    {
        lock (_lock)
            if (_columns.TryGetValue(path, out var known) && !known.IsStale)
            {
                known.LastUse = asked;
                return known;
            }
        // Nobody is setting columns meanwhile.
        records.EnterReadLock();
        try
        {
            lock (_lock)
            {
                if (!_columns.TryGetValue(path, out var column) || column.IsStale)
                {
                    if (_columns.Count >= Most && _columns.MinBy(c => c.Value.LastUse) is var (oldest, last) && last.LastUse < asked - Lately) _columns.Remove(oldest);
                    _columns[path] = column = new(PayloadPath.Split(path));
                    All = [.. _columns.Values];
                }
                column.LastUse = asked;
                return column;
            }
        }
        finally
        {
            records.ExitReadLock();
        }
    }

    /// <summary>Fills some at once, for what takes longest is to read the payloads.</summary>
    void Fill(PayloadColumn[] columns)
    {
        var room = new List<PayloadValue>();
        for (int start = 0; columns.Length > 0; start += Part)
        {
            records.EnterReadLock();
            try
            {
                int end = Math.Min(table.Slots, start + Part);
                for (int slot = start; slot < end; slot++)
                {
                    if (!table.Used[slot]) continue;
                    using var payload = PayloadJson.Read(table[slot].Source.Payload(table[slot].At));
                    foreach (var column in columns) column.Set(slot, PathValue.Read(payload.RootElement, column.Path, room));
                }
                if (end < table.Slots) continue;
                foreach (var column in columns) column.IsComplete = true;
                return;
            }
            finally
            {
                records.ExitReadLock();
            }
        }
    }

    /// <summary>Sorting takes long; nothing waits for it but who asked.</summary>
    void Order(PayloadColumn column)
    {
        lock (_filling)
        {
            if (!column.WantsOrder) return;
            string[] texts;
            records.EnterReadLock();
            try
            {
                texts = column.CopyTexts();
            }
            finally
            {
                records.ExitReadLock();
            }
            column.Adopt(new(texts));
        }
    }
}

/// <summary>What a filter or an order wants of a column.</summary>
/// <param name="Path">Which one.</param>
/// <param name="IsOrdered">Whether its texts are compared with bounds.</param>
readonly record struct ColumnUse(string Path, bool IsOrdered);
