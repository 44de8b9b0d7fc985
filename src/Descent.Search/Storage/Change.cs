namespace Descent.Search;

/// <summary>One change of an index: nobody else changes it meanwhile, and what it retires is reclaimed when nobody can hold it any more.</summary>
readonly ref struct Change
{
    readonly VectorIndex _index;
    readonly bool _isLast;

    /// <exception cref="ObjectDisposedException">The index is disposed of.</exception>
    /// <exception cref="InvalidDataException">The index was opened mapped, and the file is damaged.</exception>
    internal Change(VectorIndex index, bool isLast = false)
    {
        (_index, _isLast) = (index, isLast);
        index.Changing.Enter();
        try
        {
            index.Seen();
            index.Store.Epochs.Reclaim();
            if (!isLast) index.CheckMapped();
            index.Store.Begin();
        }
        catch
        {
            index.Changing.Exit();
            throw;
        }
    }

    public void Dispose()
    {
        var store = _index.Store;
        try
        {
            if (!_isLast) _index.Settle();
        }
        finally
        {
            // Also where the change has failed: nobody may come by memory that it grew out of.
            if (_isLast) store.Close();
            else store.Publish([]);
            store.Epochs.Advance();
            store.Epochs.Reclaim();
            _index.Changing.Exit();
        }
    }
}
