namespace Descent.Search;

/// <summary>Follows a collection that another process may be writing: by its log, and from the beginning where that is gone.</summary>
sealed class CollectionReader<TKey> : IDisposable where TKey : notnull
{
    // Opening may meet with a compaction that takes its files away, but hardly so often in a row.
    const int Tries = 20;

    // What is read from logs stays in memory; when it is as much as this and more than half of all, it is read from segments anew.
    const long MostFollowed = 10_000;

    readonly CollectionFolder _folder;
    readonly CollectionOptions _options;
    readonly Lock _lock = new();
    CollectionState<TKey> _state;
    ReadLog<TKey> _log;
    Manifest _manifest;

    internal CollectionReader(CollectionFolder folder, CollectionOptions options)
    {
        (_folder, _options) = (folder, options);
        (_state, _log, _manifest, Notes) = Load();
    }

    internal CollectionState<TKey> State => Volatile.Read(ref _state);

    internal Manifest Manifest => Volatile.Read(ref _manifest);

    internal IReadOnlyList<string> Notes { get; private set; }

    /// <summary>Takes in what has been written since.</summary>
    /// <returns>Whether there was something.</returns>
    internal bool Refresh()
    {
        lock (_lock)
        {
            long before = _state.Sequence;
            if (!Follow() || IsLong())
            {
                var (state, log, manifest, notes) = Load();
                _log.Dispose();
                // Searches may go on in the state before; only its linking ends.
                _state.Dispose();
                (_log, Notes) = (log, notes);
                Volatile.Write(ref _manifest, manifest);
                Volatile.Write(ref _state, state);
            }
            return _state.Sequence != before;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _state.Close();
            _log.Dispose();
        }
    }

    bool IsLong()
    {
        long followed = _state.Sequence - _manifest.Sequence;
        return followed > MostFollowed && followed > _state.Count / 2 && IsReplaced(_manifest);
    }

    /// <returns>False where the log that goes on is gone.</returns>
    bool Follow()
    {
        while (true)
        {
            while (_log.Next(_state.Sequence + 1) is { } body)
            {
                _state.Index.Throttle();
                _state.Apply([body]);
            }
            if (!_log.IsEnded) return true;
            try
            {
                var next = new ReadLog<TKey>(_folder, _manifest, _log.Number + 1, _state.Codec);
                _log.Dispose();
                _log = next;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
        }
    }

    (CollectionState<TKey>, ReadLog<TKey>, Manifest, IReadOnlyList<string>) Load()
    {
        for (int tries = 1; ; tries++)
        {
            if (!File.Exists(_folder.Manifest)) throw new FileNotFoundException($"There is no collection in {_folder.Root}.", _folder.Manifest);
            var manifest = Manifest.Load(_folder.Manifest);
            CollectionShape.Check<TKey>(manifest, _options, _folder.Root);
            try
            {
                var notes = new List<string>();
                var state = CollectionFiles.ReadSegments<TKey>(_folder, manifest, _options);
                var index = CollectionFiles.ReadIndex(_folder, manifest, notes, isMapped: true);
                if (index is null && IsReplaced(manifest) && tries < Tries) continue;
                var log = new ReadLog<TKey>(_folder, manifest, manifest.FirstLog, state.Codec);
                CollectionFiles.Replay(log, state);
                while (log.IsEnded)
                {
                    var next = new ReadLog<TKey>(_folder, manifest, log.Number + 1, state.Codec);
                    log.Dispose();
                    log = next;
                    CollectionFiles.Replay(log, state);
                }
                state.Begin(index);
                return (state, log, manifest, notes);
            }
            catch (FileNotFoundException error) when (tries < Tries)
            {
                if (!IsReplaced(manifest))
                    throw new InvalidDataException($"{error.FileName}: byte 0: the file is missing.", error);
            }
        }
    }

    bool IsReplaced(Manifest manifest) => Manifest.Load(_folder.Manifest).Generation != manifest.Generation;
}
