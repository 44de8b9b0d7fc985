namespace Descent.Search;

/// <summary>All records as of some change, in memory: where each is, columns for filters, and the index. Searches run side by side; a change lets them finish and is seen whole.</summary>
sealed class CollectionState<TKey> : IDisposable where TKey : notnull
{
    // Found beyond what is wanted, for those whose records are gone.
    const int Spare = 8;

    // Some tenths of a millisecond.
    const int MovedAtOnce = 4096;

    readonly ReaderWriterLockSlim _lock = new();
    readonly RecordTable<TKey> _table = new();
    readonly PayloadColumns<TKey> _columns;
    readonly CollectionOptions _options;
    RecordIndex? _index;

    internal CollectionState(Manifest manifest, CollectionOptions options)
    {
        (_options, Shape, Sequence) = (options, new(manifest.Dimension, manifest.Metric, manifest.Elements), manifest.Sequence);
        Codec = RowCodec.Create(manifest.Dimension, manifest.Metric, manifest.Elements);
        _columns = new(_table, _lock);
    }

    internal VectorIndexShape Shape { get; }

    internal RowCodec Codec { get; }

    internal RecordIndex Index => _index!;

    internal RecordTable<TKey> Table => _table;

    /// <summary>The segments that hold records, later changes later.</summary>
    internal IReadOnlyList<Segment> Segments { get; set; } = [];

    /// <summary>The number of the last change.</summary>
    internal long Sequence { get; private set; }

    internal int Count => Read(_table, static table => table.Count);

    /// <summary>Notes changes before there is an index.</summary>
    internal void Replay(LogBody<TKey> body)
    {
        var source = new LogSource(body.Bytes, Shape.Dimension);
        _table.Reserve(body.Changes.Length);
        foreach (var change in body.Changes)
        {
            Sequence++;
            if (change.At < 0) _table.Delete(change.Key);
            else _table.Put(new(change.Key, Sequence, source, change.At));
        }
    }

    /// <summary>Goes on from an index that was saved, at whatever change: what it lacks is new, what it has too much is gone.</summary>
    internal void Begin(VectorIndex? saved)
    {
        _index = new(Shape, _options, saved, ReadVectors);
        if (saved is not null)
        {
            var gone = new List<long>();
            foreach (long id in saved.ListIds())
                if (!_table.TryFindSequence(id, out _)) gone.Add(id);
            _index.Settle([], gone);
        }
        foreach (long[] missing in _table.Records.Select(r => r.Sequence).Where(sequence => saved?.Contains(sequence) != true).Chunk(4096))
        {
            var (sequences, vectors) = ReadVectors(missing);
            _index.Add(sequences, vectors);
            _index.Settle([.. sequences], []);
        }
    }

    /// <summary>Makes changes, all at once for who reads.</summary>
    /// <returns>For each body how many of its keys were there.</returns>
    internal int[] Apply(IReadOnlyList<LogBody<TKey>> bodies)
    {
        var sequences = new List<long>();
        var vectors = new List<float>();
        var columns = new ColumnChanges<TKey>(_columns);
        float[] vector = new float[Shape.Dimension];
        var sources = bodies.Select(body => new LogSource(body.Bytes, Shape.Dimension)).ToArray();
        long sequence = Sequence;
        for (int b = 0; b < sources.Length; b++)
            foreach (var change in bodies[b].Changes)
            {
                sequence++;
                if (change.At < 0) continue;
                sources[b].CopyVector(change.At, vector);
                sequences.Add(sequence);
                vectors.AddRange(vector);
                columns.Read(sources[b], change.At);
            }
        // Found by sequence before there is a record of it: searches look for their records, and pass over what has none.
        if (sequences.Count > 0) Index.Add([.. sequences], [.. vectors]);
        var gone = new List<long>();
        int[] were = new int[sources.Length];
        _lock.EnterWriteLock();
        try
        {
            int read = 0;
            for (int b = 0; b < sources.Length; b++)
                foreach (var change in bodies[b].Changes)
                {
                    Sequence++;
                    long before;
                    if (change.At < 0)
                    {
                        (int slot, before) = _table.Delete(change.Key);
                        if (slot >= 0) columns.Clear(slot);
                    }
                    else
                    {
                        (int slot, before) = _table.Put(new(change.Key, Sequence, sources[b], change.At));
                        columns.Set(slot, read++, sources[b], change.At);
                    }
                    if (before < 0) continue;
                    gone.Add(before);
                    were[b]++;
                }
        }
        finally
        {
            _lock.ExitWriteLock();
        }
        Index.Settle(sequences, gone);
        return were;
    }

    internal StoredRecord<TKey>? Find(TKey key) =>
        Read((_table, key), static s => s._table.TryFind(s.key, out int slot) ? s._table[slot] : (StoredRecord<TKey>?)null);

    internal List<StoredRecord<TKey>> Find(IEnumerable<TKey> keys) => Read((_table, keys), static s =>
    {
        var found = new List<StoredRecord<TKey>>();
        foreach (var key in s.keys)
            if (s._table.TryFind(key, out int slot)) found.Add(s._table[slot]);
        return found;
    });

    /// <summary>The records of this moment, in any order.</summary>
    internal StoredRecord<TKey>[] Copy() => Read(_table, static table => table.Copy());

    /// <summary>The records of this moment for which something holds, in the order in which they were written.</summary>
    internal List<StoredRecord<TKey>> Snapshot(PayloadFilter? filter = null)
    {
        var records = filter is null ? [.. Copy()] : Filtered(filter, static (state, slots) => slots.Select(slot => state._table[slot]).ToList());
        records.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence));
        return records;
    }

    /// <summary>Records of this moment for which something holds, ordered by values of their payloads; those without a value come last, equal ones as they were written.</summary>
    internal IEnumerable<StoredRecord<TKey>> Ordered(PayloadFilter filter, IReadOnlyList<PayloadOrder> orders)
    {
        var records = Filtered(filter, (state, slots) =>
        {
            var columns = orders.Select(order => state._columns[order.Path]).ToArray();
            return slots.Select(slot => (Record: state._table[slot], Values: columns.Select((column, i) => column.Extreme(slot, orders[i].Descending)).ToArray())).ToList();
        }, [.. orders.Select(order => new ColumnUse(order.Path, false))]);
        records.Sort((a, b) =>
        {
            for (int i = 0; i < orders.Count; i++)
                if (Compare(a.Values[i], b.Values[i], orders[i].Descending) is not 0 and var order) return order;
            return a.Record.Sequence.CompareTo(b.Record.Sequence);
        });
        return records.Select(static item => item.Record);

        static int Compare(PayloadValue? a, PayloadValue? b, bool descending) =>
            a is null || b is null ? (a is null).CompareTo(b is null) : descending ? PayloadValue.Sorting.Compare(b.Value, a.Value) : PayloadValue.Sorting.Compare(a.Value, b.Value);
    }

    /// <summary>Sees to it that what a filter looks into is at hand.</summary>
    internal void Prepare(PayloadFilter filter) => _columns.Prepare(filter.Columns);

    internal int CountWhere(PayloadFilter filter) => Filtered(filter, static (_, slots) => slots.Count);

    internal TKey[] KeysWhere(PayloadFilter filter) => Filtered(filter, static (state, slots) => slots.Select(slot => state._table[slot].Key).ToArray());

    internal List<(StoredRecord<TKey> Record, float Distance)> Search(ReadOnlySpan<float> query, int k, CollectionSearchOptions options)
    {
        Enter(options.Filter is { } asked ? [.. asked.Columns] : []);
        try
        {
            var allowed = options.Filter?.Find(_columns, _table.Used);
            int passing = allowed?.Count ?? _table.Count;
            int wanted = Math.Min(k, passing);
            if (wanted == 0) return [];
            Span<Neighbor> nearest = new Neighbor[wanted + (allowed is null && Index.HasDead ? wanted / 2 + Spare : 0)];
            if (allowed is null)
            {
                var found = Named(nearest[..Index.Search(query, nearest, new() { Ef = options.Ef })], wanted);
                if (found.Count == wanted) return found;
                allowed = _table.Used;
            }
            var among = new IdSet(passing, sequence => _table.TryFindSequence(sequence, out int slot) && allowed[slot], () => _table.Sequences(allowed, passing));
            return Named(nearest[..Index.Search(query, nearest[..wanted], new() { Ef = options.Ef, Among = among })], wanted);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Notes that records have moved from the log, or from other segments, into one.</summary>
    internal void Move(Segment segment, IEnumerable<long> sequences)
    {
        // Where a record is does not change what it is: searches may come between.
        int row = 0;
        foreach (long[] part in sequences.Chunk(MovedAtOnce))
        {
            _lock.EnterWriteLock();
            try
            {
                foreach (long sequence in part) _table.Move(sequence, segment, row++);
            }
            finally
            {
                _lock.ExitWriteLock();
            }
        }
    }

    /// <summary>Ends what goes on in the background; searches may go on.</summary>
    public void Dispose() => _index?.Dispose();

    /// <summary>Gives files and memory back, so that the files can be removed on every system.</summary>
    internal void Close()
    {
        Dispose();
        _index?.Main?.Dispose();
        foreach (var segment in Segments) segment.Close();
    }

    /// <summary>The first of those that have a record still.</summary>
    List<(StoredRecord<TKey>, float)> Named(ReadOnlySpan<Neighbor> nearest, int most)
    {
        var named = new List<(StoredRecord<TKey>, float)>(most);
        foreach (var neighbor in nearest)
            if (named.Count < most && _table.TryFindSequence(neighbor.Id, out int slot)) named.Add((_table[slot], neighbor.Distance));
        return named;
    }

    (long[], float[]) ReadVectors(long[] sequences)
    {
        var records = Read((_table, sequences), static s =>
        {
            var found = new List<StoredRecord<TKey>>(s.sequences.Length);
            foreach (long sequence in s.sequences)
                if (s._table.TryFindSequence(sequence, out int slot)) found.Add(s._table[slot]);
            return found;
        });
        float[] vectors = new float[records.Count * Shape.Dimension];
        for (int i = 0; i < records.Count; i++) records[i].Source.CopyVector(records[i].At, vectors.AsSpan(i * Shape.Dimension, Shape.Dimension));
        return ([.. records.Select(r => r.Sequence)], vectors);
    }

    T Filtered<T>(PayloadFilter filter, Func<CollectionState<TKey>, SlotSet, T> read, params ReadOnlySpan<ColumnUse> more)
    {
        Enter([.. filter.Columns, .. more]);
        try
        {
            return read(this, filter.Find(_columns, _table.Used));
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Keeps records from changing, with columns that are there.</summary>
    void Enter(ColumnUse[] uses)
    {
        while (true)
        {
            if (uses.Length > 0) _columns.Prepare(uses);
            _lock.EnterReadLock();
            // Others may have asked for so many that these had to go.
            if (uses.Length == 0 || _columns.Has(uses)) return;
            _lock.ExitReadLock();
        }
    }

    T Read<TState, T>(TState state, Func<TState, T> read)
    {
        _lock.EnterReadLock();
        try
        {
            return read(state);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }
}
