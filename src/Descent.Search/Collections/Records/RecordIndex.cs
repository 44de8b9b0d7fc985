namespace Descent.Search;

/// <summary>
/// The vectors of records under their sequences: new ones in a small index that is searched whole, the others in one for many.
/// What is added is found at once; it moves from the one to the other in the background, where linking it is quicker for many at a time.
/// </summary>
sealed class RecordIndex : IDisposable
{
    // As many as one batch of a graph takes.
    const int LinkFrom = 256, LinkMost = 1024;

    // Beyond this, searching all that is new would be slower than the index: writers wait for the linking.
    const int MostRecent = 16384;

    // Taking out costs a pass over all lists whatever the number, and mends many.
    const int RemoveAtOnce = 512;

    readonly VectorIndexShape _shape;
    readonly Func<VectorIndexShape, VectorIndex> _create;
    readonly int _exactUpTo;
    readonly Func<long[], (long[] Sequences, float[] Vectors)> _read;
    readonly FlatIndex _recent;
    readonly Queue<long> _queue = [];
    readonly Queue<long> _dead = [];
    // Held while something moves from the one index to the other or is taken out, never while anything is linked.
    readonly object _lock = new();
    VectorIndex? _main;
    long _unsaved;
    Task _linking = Task.CompletedTask;
    bool _isLinking, _isFinishing, _isDisposed;

    /// <param name="main">The index that was saved; null where there was none.</param>
    /// <param name="read">Gives the vectors of those of some sequences that records still have.</param>
    internal RecordIndex(VectorIndexShape shape, CollectionOptions options, VectorIndex? main, Func<long[], (long[], float[])> read)
    {
        (_shape, _main, _read, _exactUpTo) = (shape, main, read, options.ExactUpTo);
        _create = options.CreateIndex ?? (static shape => new HnswIndex(shape.Dimension, shape.Metric, shape.Elements));
        _recent = new(shape.Dimension, shape.Metric, shape.Elements);
    }

    /// <summary>What went wrong in the background; null where nothing did.</summary>
    internal Exception? Fault { get; private set; }

    internal VectorIndex? Main => Volatile.Read(ref _main);

    /// <summary>Vectors that came and went since it was saved.</summary>
    internal long Unsaved => Interlocked.Read(ref _unsaved);

    internal int Unindexed => _recent.Count;

    /// <summary>Whether the index for many holds vectors that no record has any more.</summary>
    internal bool HasDead
    {
        get
        {
            lock (_lock) return _dead.Count > 0;
        }
    }

    /// <summary>Adds vectors, which are found from now on.</summary>
    internal void Add(long[] sequences, float[] vectors) => _recent.Add(sequences, vectors);

    /// <summary>Notes that vectors have records from now on, and that others have none any more.</summary>
    internal void Settle(List<long> added, List<long> gone)
    {
        lock (_lock)
        {
            foreach (long sequence in added) _queue.Enqueue(sequence);
            foreach (long sequence in gone)
                if (!_recent.Remove(sequence)) _dead.Enqueue(sequence);
            StartLinking();
        }
    }

    /// <summary>Waits while so much is new that searches would suffer.</summary>
    internal void Throttle()
    {
        lock (_lock)
            while (_isLinking && !_isDisposed && _recent.Count > MostRecent) Monitor.Wait(_lock);
    }

    /// <summary>The nearest of both indexes; what is new is searched first, for a vector that moves meanwhile is in the other before it leaves.</summary>
    internal int Search(ReadOnlySpan<float> query, Span<Neighbor> nearest, SearchOptions options)
    {
        // What is not new when this is read is in the other.
        if (_recent.Count == 0 && Main is { } only) return only.Search(query, nearest, options);
        var recent = new Neighbor[nearest.Length];
        int first = _recent.Search(query, recent, options);
        if (Main is not { } main)
        {
            recent.AsSpan(0, first).CopyTo(nearest);
            return first;
        }
        int count = main.Search(query, nearest, options);
        var all = new List<Neighbor>(first + count);
        all.AddRange(nearest[..count]);
        for (int i = 0; i < first; i++)
            if (!Holds(nearest[..count], recent[i].Id)) all.Add(recent[i]);
        all.Sort();
        count = Math.Min(all.Count, nearest.Length);
        for (int i = 0; i < count; i++) nearest[i] = all[i];
        return count;
    }

    /// <summary>Notes that so many of <see cref="Unsaved"/> are in a file.</summary>
    internal void NoteSaved(long changes) => Interlocked.Add(ref _unsaved, -changes);

    /// <summary>Links what is new to the last vector, where there are too many for measuring all.</summary>
    internal void LinkEverything()
    {
        lock (_lock)
        {
            _isFinishing = true;
            StartLinking();
        }
        Wait();
        lock (_lock) _isFinishing = false;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Monitor.PulseAll(_lock);
        }
        Wait();
    }

    void Wait()
    {
        Task linking;
        lock (_lock) linking = _linking;
        linking.Wait();
    }

    static bool Holds(ReadOnlySpan<Neighbor> neighbors, long id)
    {
        foreach (var neighbor in neighbors)
            if (neighbor.Id == id) return true;
        return false;
    }

    bool ShouldLink => _queue.Count > 0 && _recent.Count >= (_main is null ? _exactUpTo + 1 : _isFinishing ? 1 : LinkFrom);

    bool ShouldRemove => _main is { } main && _dead.Count > Math.Max(RemoveAtOnce, main.Count / 16);

    void StartLinking()
    {
        if (_isLinking || _isDisposed || Fault is not null || !(ShouldLink || ShouldRemove)) return;
        _isLinking = true;
        _linking = Task.Run(LinkAll);
    }

    void LinkAll()
    {
        try
        {
            while (true)
            {
                long[] moving = [], leaving = [];
                lock (_lock)
                {
                    if (_isDisposed || !(ShouldLink || ShouldRemove))
                    {
                        EndLinking();
                        return;
                    }
                    if (ShouldLink) moving = Take(_queue, LinkMost);
                    else leaving = Take(_dead, _dead.Count > _main!.Count / 2 ? int.MaxValue : RemoveAtOnce);
                }
                if (leaving.Length > 0) _main!.Remove(leaving);
                if (moving.Length > 0) Link(moving);
                Interlocked.Add(ref _unsaved, moving.Length + leaving.Length);
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException or ArgumentException)
        {
            // What could not be linked stays among the new ones, where it is found.
            lock (_lock)
            {
                Fault = error;
                EndLinking();
            }
        }
    }

    void EndLinking()
    {
        _isLinking = false;
        Monitor.PulseAll(_lock);
    }

    void Link(long[] moving)
    {
        var (sequences, vectors) = _read(moving);
        if (sequences.Length == 0) return;
        var main = _main ?? _create(_shape);
        main.Add(sequences, vectors);
        Volatile.Write(ref _main, main);
        lock (_lock)
        {
            // What was taken out of the new ones meanwhile is dead where it has just been put.
            foreach (long sequence in sequences)
                if (!_recent.Remove(sequence)) _dead.Enqueue(sequence);
            Monitor.PulseAll(_lock);
        }
    }

    static long[] Take(Queue<long> queue, int most)
    {
        long[] taken = new long[Math.Min(most, queue.Count)];
        for (int i = 0; i < taken.Length; i++) taken[i] = queue.Dequeue();
        return taken;
    }
}
