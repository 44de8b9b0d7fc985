namespace Descent.Search;

/// <summary>What columns are to hold of records that are being written: read from the payloads before anybody has to wait for it.</summary>
sealed class ColumnChanges<TKey>(PayloadColumns<TKey> columns) where TKey : notnull
{
    readonly PayloadColumn[] _known = columns.All;
    readonly List<PathValue> _values = [];
    readonly List<PayloadValue> _room = [];

    internal void Read(IRecordSource source, int at)
    {
        if (_known.Length == 0) return;
        using var payload = PayloadJson.Read(source.Payload(at));
        foreach (var column in _known) _values.Add(PathValue.Read(payload.RootElement, column.Path, _room));
    }

    /// <summary>Notes what a slot has now. The caller lets nobody else in.</summary>
    /// <param name="read">How many were read before this one.</param>
    internal void Set(int slot, int read, IRecordSource source, int at)
    {
        for (int i = 0; i < _known.Length; i++) _known[i].Set(slot, _values[read * _known.Length + i]);
        if (columns.All == _known) return;
        using var payload = PayloadJson.Read(source.Payload(at));
        foreach (var column in columns.All)
            if (!_known.Contains(column)) column.Set(slot, PathValue.Read(payload.RootElement, column.Path, _room));
    }

    /// <summary>Notes that a slot has no record any more. The caller lets nobody else in.</summary>
    internal void Clear(int slot)
    {
        foreach (var column in columns.All) column.Set(slot, default);
    }
}
