using System.Text.Json.Nodes;

namespace Descent.Search;

/// <summary>Vectors with payloads under keys, in a folder, that survive whatever happens to the process: once a write has returned it is there.</summary>
/// <remarks>Any number of threads may read and write at once. Each write is seen whole or not at all, in memory and after a crash.</remarks>
/// <typeparam name="TKey"><see cref="string"/> or <see cref="long"/>.</typeparam>
public sealed class VectorCollection<TKey> : IDisposable where TKey : notnull
{
    readonly CollectionWriter<TKey>? _writer;
    readonly CollectionReader<TKey>? _reader;
    bool _isDisposed;

    internal VectorCollection(CollectionOptions options, CollectionWriter<TKey>? writer, CollectionReader<TKey>? reader) =>
        (Options, _writer, _reader) = (options, writer, reader);

    /// <summary>What it was opened with.</summary>
    public CollectionOptions Options { get; }

    /// <summary>Whether it was opened only to read.</summary>
    public bool IsReadOnly => _writer is null;

    /// <summary>Elements of a vector.</summary>
    public int Dimension => State.Shape.Dimension;

    /// <summary>How distance is measured.</summary>
    public VectorMetric Metric => State.Shape.Metric;

    /// <summary>How the index stores elements.</summary>
    public VectorElement Elements => State.Shape.Elements;

    /// <summary>Records in it.</summary>
    public int Count => State.Count;

    /// <summary>Figures of this moment.</summary>
    public CollectionStatistics Statistics
    {
        get
        {
            var (state, manifest) = (State, _writer?.Manifest ?? _reader!.Manifest);
            return new()
            {
                Count = state.Count,
                Sequence = state.Sequence,
                Segments = manifest.Segments.Length,
                SegmentBytes = manifest.Segments.Sum(segment => segment.Length),
                LogBytes = _writer?.LogBytes ?? 0,
                Index = state.Index.Main?.Statistics,
                Unindexed = state.Index.Unindexed,
                Notes = _writer?.Notes ?? _reader!.Notes,
            };
        }
    }

    CollectionState<TKey> State
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), typeof(VectorCollection<TKey>));
            return _writer?.State ?? _reader!.State;
        }
    }

    CollectionWriter<TKey> Writer => _writer ?? throw new InvalidOperationException("The collection was opened only to read; open it with VectorCollection.Open to write.");

    /// <summary>Stores a record; one under the same key is replaced. Returns when it is safe.</summary>
    /// <exception cref="ArgumentException">The vector has another dimension, an element that is not finite or too large, or the key or payload is too long.</exception>
    /// <exception cref="IOException">Writing failed.</exception>
    public void Upsert(TKey key, ReadOnlyMemory<float> vector, JsonObject? payload = null) => Upsert([new(key, vector, payload)]);

    /// <summary>Stores many records at once: all of them or none. Of several under one key the last stays. Returns when they are safe.</summary>
    /// <exception cref="ArgumentException">A vector has another dimension, an element that is not finite or too large, a key or payload is too long, or all together take more than 1 GiB.</exception>
    /// <exception cref="IOException">Writing failed.</exception>
    public void Upsert(IEnumerable<CollectionRecord<TKey>> records)
    {
        if (Encode(records) is { } body) Writer.Write(body);
    }

    /// <summary>Stores a record; one under the same key is replaced. The task is done when it is safe.</summary>
    /// <param name="cancellation">Ends the waiting; what was begun is written all the same.</param>
    /// <exception cref="ArgumentException">The vector has another dimension, an element that is not finite or too large, or the key or payload is too long.</exception>
    /// <exception cref="IOException">Writing failed.</exception>
    public Task UpsertAsync(TKey key, ReadOnlyMemory<float> vector, JsonObject? payload = null, CancellationToken cancellation = default) =>
        UpsertAsync([new(key, vector, payload)], cancellation);

    /// <summary>Stores many records at once: all of them or none. Of several under one key the last stays. The task is done when they are safe.</summary>
    /// <param name="cancellation">Ends the waiting; what was begun is written all the same.</param>
    /// <exception cref="ArgumentException">A vector has another dimension, an element that is not finite or too large, a key or payload is too long, or all together take more than 1 GiB.</exception>
    /// <exception cref="IOException">Writing failed.</exception>
    public Task UpsertAsync(IEnumerable<CollectionRecord<TKey>> records, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Encode(records) is { } body ? Writer.WriteAsync(body).WaitAsync(cancellation) : Task.CompletedTask;
    }

    /// <summary>Removes a record. Returns when that is safe.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="IOException">Writing failed.</exception>
    public bool Delete(TKey key) => Delete([key]) == 1;

    /// <summary>Removes many records at once: all of them or none. Returns when that is safe.</summary>
    /// <returns>How many were there.</returns>
    /// <exception cref="IOException">Writing failed.</exception>
    public int Delete(IEnumerable<TKey> keys) => Encode(keys) is { } body ? Writer.Write(body) : 0;

    /// <summary>Removes a record. The task is done when that is safe.</summary>
    /// <param name="cancellation">Ends the waiting; what was begun is written all the same.</param>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="IOException">Writing failed.</exception>
    public async Task<bool> DeleteAsync(TKey key, CancellationToken cancellation = default) => await DeleteAsync([key], cancellation).ConfigureAwait(false) == 1;

    /// <summary>Removes many records at once: all of them or none. The task is done when that is safe.</summary>
    /// <param name="cancellation">Ends the waiting; what was begun is written all the same.</param>
    /// <returns>How many were there.</returns>
    /// <exception cref="IOException">Writing failed.</exception>
    public Task<int> DeleteAsync(IEnumerable<TKey> keys, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return Encode(keys) is { } body ? Writer.WriteAsync(body).WaitAsync(cancellation) : Task.FromResult(0);
    }

    /// <summary>Removes the records for whose payloads something holds: all of them or none, and none that is written meanwhile. Returns when that is safe.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="IOException">Writing failed.</exception>
    public int DeleteWhere(PayloadFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Writer.DeleteWhere(filter).GetAwaiter().GetResult();
    }

    /// <summary>Removes the records for whose payloads something holds: all of them or none, and none that is written meanwhile. The task is done when that is safe.</summary>
    /// <param name="cancellation">Ends the waiting; what was begun is written all the same.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="IOException">Writing failed.</exception>
    public Task<int> DeleteWhereAsync(PayloadFilter filter, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        cancellation.ThrowIfCancellationRequested();
        return Writer.DeleteWhere(filter).WaitAsync(cancellation);
    }

    /// <summary>Whether there is a record under a key.</summary>
    public bool Contains(TKey key) => State.Find(key) is not null;

    /// <summary>The record under a key; null where there is none.</summary>
    /// <param name="includeVector">Whether it comes with its vector.</param>
    /// <exception cref="InvalidDataException">What was stored is damaged.</exception>
    public CollectionRecord<TKey>? Get(TKey key, bool includeVector = false) => State.Find(key) is { } record ? Read(record, includeVector) : null;

    /// <summary>The records under some keys, in their order, all as of one moment; keys without one are passed over.</summary>
    /// <param name="includeVectors">Whether they come with their vectors.</param>
    /// <exception cref="InvalidDataException">What was stored is damaged.</exception>
    public IReadOnlyList<CollectionRecord<TKey>> Get(IEnumerable<TKey> keys, bool includeVectors = false) => ReadAll(State.Find([.. keys]), includeVectors);

    /// <summary>The first records for whose payloads something holds.</summary>
    /// <param name="filter">What must hold; null for no condition.</param>
    /// <param name="top">How many are wanted at most.</param>
    /// <exception cref="InvalidDataException">What was stored is damaged.</exception>
    public IReadOnlyList<CollectionRecord<TKey>> Get(PayloadFilter? filter, int top, CollectionGetOptions? options = null)
    {
        Check.AtLeast(1, top, nameof(top));
        options ??= CollectionGetOptions.Default;
        var records = options.OrderBy.Count == 0 ? State.Snapshot(filter) : State.Ordered(filter ?? PayloadFilter.All(), options.OrderBy);
        return ReadAll(records.Skip(options.Skip).Take(top), options.IncludeVectors);
    }

    /// <summary>The records of this moment in the order in which they were last written, read one by one.</summary>
    /// <param name="filter">What must hold for their payloads; null for no condition.</param>
    /// <param name="includeVectors">Whether they come with their vectors.</param>
    /// <exception cref="InvalidDataException">What was stored is damaged.</exception>
    public IEnumerable<CollectionRecord<TKey>> Records(PayloadFilter? filter = null, bool includeVectors = false)
    {
        foreach (var record in State.Snapshot(filter)) yield return Read(record, includeVectors);
    }

    /// <summary>How many records there are for whose payloads something holds.</summary>
    public int CountWhere(PayloadFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return State.CountWhere(filter);
    }

    /// <summary>The nearest records, nearest first; fewer than <paramref name="k"/> where there are no more.</summary>
    /// <exception cref="ArgumentException">The query has another dimension, or an element that is not finite or too large.</exception>
    /// <exception cref="InvalidDataException">What was stored is damaged.</exception>
    public IReadOnlyList<CollectionHit<TKey>> Search(ReadOnlySpan<float> query, int k, CollectionSearchOptions? options = null)
    {
        Check.AtLeast(1, k, nameof(k));
        CheckVector(query, "the query");
        options ??= CollectionSearchOptions.Default;
        var hits = new List<CollectionHit<TKey>>();
        foreach (var (record, distance) in State.Search(query, (int)Math.Min(int.MaxValue, (long)k + options.Skip), options).Skip(options.Skip))
        {
            float score = Metric == VectorMetric.Cosine ? 1 - distance : -distance;
            // Nearest first: none that follows is better.
            if (score < options.ScoreThreshold) break;
            hits.Add(new(Read(record, options.IncludeVectors), distance, score));
        }
        return hits;
    }

    /// <summary>Moves what the log holds into segments, waits until every vector is in the index, and saves that, so that opening is quick. It happens in the background anyway as the log grows.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="IOException">Writing failed; nothing is lost.</exception>
    public Task CompactAsync(CancellationToken cancellation = default) => Writer.Compact().WaitAsync(cancellation);

    /// <summary>Takes in what another process has written since this one opened the collection to read, or since the last time.</summary>
    /// <returns>Whether there was something; never for the writer, who knows.</returns>
    /// <exception cref="InvalidDataException">A file is damaged; the message names the byte.</exception>
    public bool Refresh() => _reader?.Refresh() ?? false;

    /// <summary>
    /// Ends it, when all that was begun is written; another may write then. Where much of the index is in no file yet it is saved, so that
    /// opening does not have to link it again. Searches that are under way may throw.
    /// </summary>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        _writer?.Dispose();
        _reader?.Dispose();
    }

    /// <exception cref="InvalidOperationException">The collection was opened only to read.</exception>
    internal void CheckWritable() => _ = Writer;

    /// <returns>Null where there is nothing to write.</returns>
    LogBody<TKey>? Encode(IEnumerable<CollectionRecord<TKey>> records)
    {
        CollectionRecord<TKey>[] all = [.. records];
        foreach (var record in all) CheckVector(record.Vector.Span, $"the record {record.Key}");
        return all.Length == 0 ? null : LogBody<TKey>.OfUpserts(all);
    }

    static LogBody<TKey>? Encode(IEnumerable<TKey> keys)
    {
        TKey[] all = [.. keys];
        return all.Length == 0 ? null : LogBody<TKey>.OfDeletes(all);
    }

    CollectionRecord<TKey>[] ReadAll(IEnumerable<StoredRecord<TKey>> records, bool includeVectors) => [.. records.Select(record => Read(record, includeVectors))];

    CollectionRecord<TKey> Read(in StoredRecord<TKey> record, bool includeVector)
    {
        float[] vector = includeVector ? new float[Dimension] : [];
        if (includeVector) record.Source.CopyVector(record.At, vector);
        return new(record.Key, vector, record.Source.Payload(record.At));
    }

    void CheckVector(ReadOnlySpan<float> vector, string name)
    {
        if (vector.Length != Dimension) throw new ArgumentException($"The vector of {name} has {vector.Length} elements; the collection holds vectors of {Dimension}.");
        float greatest = State.Codec.Greatest;
        int wrong = vector.IndexOfAnyExceptInRange(-greatest, greatest);
        if (wrong >= 0) throw new ArgumentException($"Element {wrong} of the vector of {name} is {vector[wrong]}; expected magnitudes of at most {greatest}.");
    }
}
