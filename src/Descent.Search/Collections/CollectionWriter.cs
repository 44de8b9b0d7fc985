namespace Descent.Search;

/// <summary>
/// The one that writes a collection. Whoever finds nobody at it takes all that waits as one frame of the log, flushes, makes the changes, and
/// says so to those who wait: while one flushes for some, others gather, whom a thread kept for that serves next.
/// </summary>
sealed class CollectionWriter<TKey> : IDisposable where TKey : notnull
{
    // What gathers is cut into frames of about as many bytes.
    const long MostGroup = 64 << 20;

    readonly CollectionFolder _folder;
    readonly CollectionOptions _options;
    readonly CollectionLock _lock;
    readonly Compaction<TKey> _compaction;
    readonly Thread _thread;
    readonly Queue<Request> _queue = [];
    // Guards the queue.
    readonly object _gate = new();
    // Held by whoever writes.
    readonly object _writing = new();
    readonly List<string> _notes;
    WriteLog _log;
    Task _compacting = Task.CompletedTask;
    Exception? _fault;
    long _flushed = Environment.TickCount64;
    // Where the log is too long already, from how many bytes on a compaction that could not begin is tried again.
    long _compactFrom;
    bool _isClosed;

    CollectionWriter(CollectionFolder folder, CollectionOptions options, CollectionLock held, CollectionState<TKey> state, Compaction<TKey> compaction, WriteLog log, List<string> notes)
    {
        (_folder, _options, _lock, State, _compaction, _log, _notes) = (folder, options, held, state, compaction, log, notes);
        _thread = new(Run) { IsBackground = true, Name = "Descent collection" };
        _thread.Start();
    }

    internal CollectionState<TKey> State { get; }

    internal Manifest Manifest => _compaction.Manifest;

    internal long LogBytes => Volatile.Read(ref _log).Length;

    internal IReadOnlyList<string> Notes
    {
        get
        {
            string[] background = [.. new[] { _compaction.Fault, State.Index.Fault }.OfType<Exception>().Select(fault => fault.Message)];
            return [.. _notes, .. background];
        }
    }

    /// <summary>Opens a collection, or makes one; what a killed writer left is put in order.</summary>
    internal static CollectionWriter<TKey> Open(CollectionFolder folder, CollectionOptions options)
    {
        if (File.Exists(folder.Root)) throw new IOException($"{folder.Root} is a file; a collection is a folder of its own.");
        Directory.CreateDirectory(folder.Root);
        var held = CollectionLock.Take(folder);
        try
        {
            var manifest = File.Exists(folder.Manifest) ? Manifest.Load(folder.Manifest) : CollectionShape.Create<TKey>(folder, options);
            CollectionShape.Check<TKey>(manifest, options, folder.Root);
            var notes = new List<string>();
            var state = CollectionFiles.ReadSegments<TKey>(folder, manifest, options);
            var log = Recover(folder, manifest, state, notes);
            state.Begin(CollectionFiles.ReadIndex(folder, manifest, notes, isMapped: false));
            folder.RemoveUnnamed(manifest);
            return new(folder, options, held, state, new(folder, manifest, state), log, notes);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Writes changes; the task is done when they are on the disk, as far as the options ask for it, and found.</summary>
    /// <returns>How many of the keys were there.</returns>
    internal Task<int> WriteAsync(LogBody<TKey> body) => Submit(new(body), wakes: true);

    /// <summary>As <see cref="WriteAsync"/>, and waits; if nobody is writing, this thread does, and none has to be woken.</summary>
    internal int Write(LogBody<TKey> body)
    {
        var done = Submit(new(body), wakes: false);
        if (Monitor.TryEnter(_writing))
        {
            try
            {
                ProcessNext();
            }
            finally
            {
                Monitor.Exit(_writing);
            }
        }
        lock (_gate)
            if (_queue.Count > 0) Monitor.Pulse(_gate);
        return done.GetAwaiter().GetResult();
    }

    /// <summary>Removes the records for which a filter holds when it is this one's turn.</summary>
    internal Task<int> DeleteWhere(PayloadFilter filter)
    {
        // So that others do not wait while columns are filled.
        State.Prepare(filter);
        return Submit(new(null) { Filter = filter }, wakes: true);
    }

    /// <summary>Moves what is in the log into a segment.</summary>
    internal async Task Compact()
    {
        await Submit(new(null), wakes: true).ConfigureAwait(false);
        Task compacting;
        lock (_gate) compacting = _compacting;
        await compacting.ConfigureAwait(false);
        if (_compaction.Fault is { } fault) throw new IOException($"The collection could not be compacted: {fault.Message}", fault);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join();
        // Whoever came before may be at it still.
        lock (_writing) _compacting.Wait();
        if (_fault is null && _log.IsDirty) _log.Flush();
        State.Dispose();
        if (_fault is null) _compaction.SaveIndexAtEnd();
        State.Close();
        _log.Dispose();
        _lock.Dispose();
    }

    /// <summary>Replays the logs, and goes on with the last.</summary>
    static WriteLog Recover(CollectionFolder folder, Manifest manifest, CollectionState<TKey> state, List<string> notes)
    {
        for (long number = manifest.FirstLog; ; number++)
        {
            if (!File.Exists(folder.Log(number))) throw new InvalidDataException($"{folder.Log(number)}: byte 0: the log is missing.");
            long end;
            using (var log = new ReadLog<TKey>(folder, manifest, number, state.Codec))
            {
                CollectionFiles.Replay(log, state);
                long torn = log.CheckTail();
                if (log.IsEnded) continue;
                end = log.Position;
                if (torn > 0) notes.Add($"{folder.Log(number)}: byte {end}: {torn} bytes of a write that was not acknowledged were cut off.");
            }
            // The next log is made before the one before it is ended.
            string next = folder.Log(number + 1);
            if (File.Exists(next))
            {
                if (new FileInfo(next).Length > LogFormat.HeaderBytes)
                    throw new InvalidDataException($"{folder.Log(number)}: byte {end}: the log is cut off, for {Path.GetFileName(next)} goes on from its end.");
                File.Delete(next);
            }
            return WriteLog.Continue(folder, number, end);
        }
    }

    /// <param name="wakes">Whether the thread is to see to it.</param>
    Task<int> Submit(Request request, bool wakes)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(VectorCollection<TKey>));
            if (_fault is not null) throw Faulted();
            _queue.Enqueue(request);
            if (wakes) Monitor.Pulse(_gate);
        }
        return request.Done.Task;
    }

    void Run()
    {
        while (WaitForWork())
            lock (_writing) ProcessNext();
    }

    /// <returns>False when all is done and closed.</returns>
    bool WaitForWork()
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_isClosed) return false;
                int wait = _options.FlushInterval > TimeSpan.Zero
                    ? (int)Math.Clamp(Volatile.Read(ref _flushed) + _options.FlushInterval.TotalMilliseconds - Environment.TickCount64, 1, int.MaxValue) : Timeout.Infinite;
                if (!Monitor.Wait(_gate, wait)) return true;
            }
        }
        return true;
    }

    /// <summary>Writes what waits, as much as is good at once; there may be nothing any more.</summary>
    void ProcessNext()
    {
        var group = new List<Request>();
        lock (_gate)
        {
            long bytes = 0;
            while (_queue.TryPeek(out var next))
            {
                bytes += next.Body?.Bytes.Length ?? 0;
                if (group.Count > 0 && (next.Body is null || group[0].Body is null || bytes > MostGroup)) break;
                group.Add(_queue.Dequeue());
            }
        }
        try
        {
            Process(group);
        }
        catch (UnwrittenException error)
        {
            foreach (var request in group) request.Done.TrySetException(new IOException(error.Message, error));
        }
        // Whatever it was, memory and disk may differ from now on.
        catch (Exception error)
        {
            Fail(group, error);
        }
    }

    void Process(List<Request> group)
    {
        if (group is [{ Filter: { } filter } deletion])
        {
            var keys = State.KeysWhere(filter);
            if (keys.Length > 0) Write(group, [LogBody<TKey>.OfDeletes(keys)]);
            else deletion.Done.SetResult(0);
        }
        else if (group is [{ Body: null } compaction])
        {
            StartCompaction(whole: true);
            compaction.Done.SetResult(0);
        }
        else if (group.Count > 0) Write(group, [.. group.Select(request => request.Body!)]);
        if (_options.FlushInterval > TimeSpan.Zero && Environment.TickCount64 - _flushed >= _options.FlushInterval.TotalMilliseconds) Flush();
    }

    void Write(List<Request> group, LogBody<TKey>[] bodies)
    {
        State.Index.Throttle();
        _log.Append([.. bodies.Select(body => body.Bytes)], bodies.Sum(body => body.Changes.Length), State.Sequence + 1);
        if (_options.FlushInterval == TimeSpan.Zero) Flush();
        int[] were = State.Apply(bodies);
        for (int i = 0; i < were.Length; i++) group[i].Done.SetResult(were[i]);
        if (_log.Length < Math.Max(_compactFrom, _options.CompactAt) || !_compacting.IsCompleted) return;
        try
        {
            StartCompaction(whole: false);
        }
        catch (UnwrittenException error)
        {
            // What was to be written has been. When there is more, there may be room.
            _compaction.NoteFault(error);
            _compactFrom = _log.Length + _options.CompactAt / 4;
        }
    }

    void Flush()
    {
        if (_fault is null && _log.IsDirty) _log.Flush();
        Volatile.Write(ref _flushed, Environment.TickCount64);
    }

    /// <summary>Ends the log and begins the next; what is in segments and in the one that ended is moved in the background.</summary>
    /// <param name="whole">Whether one that is under way is waited for, and the index saved in any case.</param>
    void StartCompaction(bool whole)
    {
        _compacting.Wait();
        var next = WriteLog.Create(_folder, Manifest.Collection, _log.Number + 1);
        try
        {
            _log.Append([], 0, State.Sequence + 1);
        }
        catch (UnwrittenException)
        {
            next.Dispose();
            File.Delete(_folder.Log(next.Number));
            throw;
        }
        _log.Flush();
        _log.Dispose();
        Volatile.Write(ref _log, next);
        _compactFrom = 0;
        var work = _compaction.Prepare(next.Number, whole);
        lock (_gate) _compacting = Task.Run(work);
    }

    void Fail(List<Request> group, Exception error)
    {
        lock (_gate)
        {
            _fault ??= error;
            group.AddRange(_queue);
            _queue.Clear();
        }
        foreach (var request in group) request.Done.TrySetException(Faulted());
    }

    IOException Faulted() => new($"Writing to {_folder.Root} failed: {_fault!.Message} What was acknowledged is safe; open the collection again to go on.", _fault);

    /// <param name="body">What is to be written; null to compact, or where there is a filter.</param>
    sealed class Request(LogBody<TKey>? body)
    {
        internal LogBody<TKey>? Body => body;

        /// <summary>What is to be deleted, as it is when the turn comes.</summary>
        internal PayloadFilter? Filter { get; init; }

        internal TaskCompletionSource<int> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
