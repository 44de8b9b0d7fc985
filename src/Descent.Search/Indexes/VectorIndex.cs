using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>Vectors under ids, and search for those nearest to a query. Any number of threads may search, add and remove at once.</summary>
/// <remarks>
/// Searches never wait. Each sees the index as it was when it began: of a call that adds or removes, all or nothing, and of an id
/// that gets a new vector the old one or the new one. A graph may no longer lead to what is removed or replaced while the search is
/// under way. Changes come one at a time; saving and statistics wait for them.
/// </remarks>
public abstract unsafe class VectorIndex : IDisposable
{
    internal const int MostDimensions = 1 << 16, MostEf = 1 << 24;

    // Vectors stored between two looks at whether to go on.
    const int Looked = 1024;

    readonly List<int> _hidden = [];

    // Of so few ids each is looked up, whatever the size of the index.
    const int MostAmong = 512;

    private protected VectorIndex(int dimension, VectorMetric metric, VectorElement elements) =>
        Store = new(RowCodec.Create(Check.Within(1, MostDimensions, dimension, nameof(dimension)), metric, elements));

    /// <summary>Elements of a vector.</summary>
    public int Dimension => Store.Codec.Dimension;

    /// <summary>How distance is measured.</summary>
    public VectorMetric Metric => Store.Codec.Metric;

    /// <summary>How elements are stored.</summary>
    public VectorElement Elements => Store.Codec.Elements;

    /// <summary>How many near vectors a search keeps in view whose <see cref="SearchOptions.Ef"/> is null; saved with the index.</summary>
    public int DefaultEf { get; set => field = Check.Within(1, MostEf, value); } = 64;

    /// <summary>Vectors in the index.</summary>
    public int Count => Seen().Count;

    /// <summary>Figures of this moment.</summary>
    public IndexStatistics Statistics => Swept(static index => index.CollectStatistics());

    internal VectorStore Store { get; }

    /// <summary>Held by the one that changes the index.</summary>
    internal Lock Changing { get; } = new();

    /// <summary>The name of the kind in files and statistics.</summary>
    internal abstract string Kind { get; }

    /// <summary>Opens an index that <see cref="Save(string, CancellationToken)"/> wrote, of whatever kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isMapped">
    /// Whether the vectors stay in the file, and are read when a search asks for them. What else there is, a graph, is read and
    /// checked at once. Vectors are not checked then: of a damaged one any distance may be found, or none. The file must not be
    /// made shorter while it is open; it is never written to, and changes of the index are kept in memory. They begin by checking
    /// all vectors.
    /// </param>
    /// <exception cref="InvalidDataException">The file is damaged or none of ours; the message names the byte.</exception>
    public static VectorIndex Open(string path, bool isMapped = false)
    {
        if (isMapped) return IndexFile.Map(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        return IndexFile.Read(file, path);
    }

    /// <summary>Adds a vector; an id that is there already gets the new vector.</summary>
    /// <exception cref="ArgumentException">The vector has another dimension, or an element that is not finite or too large.</exception>
    public void Add(long id, ReadOnlySpan<float> vector) => Add([id], vector);

    /// <summary>Adds many vectors at once, which is faster than one by one; ids that are there already get the new vectors.</summary>
    /// <param name="ids">One for each vector, no two equal.</param>
    /// <param name="vectors">One after another, <c>(ids, dimension)</c>.</param>
    /// <param name="progress">Told, on any thread but one at a time, what share of the work is done, rising.</param>
    /// <param name="cancellation">Stops it soon: the index holds what it held before, and no search has seen anything else.</param>
    /// <exception cref="ArgumentException">An id occurs twice, the lengths do not fit, or an element is not finite or too large; nothing was added.</exception>
    /// <exception cref="InvalidDataException">The index was opened mapped, and a vector in the file is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was added.</exception>
    public void Add(ReadOnlySpan<long> ids, ReadOnlySpan<float> vectors, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (vectors.Length != (long)ids.Length * Dimension)
            throw new ArgumentException($"Add: {ids.Length} ids with {vectors.Length} numbers; expected {Dimension} for each id.", nameof(vectors));
        CheckFinite(vectors, nameof(vectors));
        var distinct = new HashSet<long>(ids.Length);
        foreach (long id in ids)
            if (!distinct.Add(id)) throw new ArgumentException($"Add: the id {id} occurs twice.", nameof(ids));
        var course = Course.Of(progress, cancellation);
        using var change = new Change(this);
        int[] replaced = FindSlots(ids), slots = new int[ids.Length];
        int stored = 0;
        try
        {
            course.Reach(0);
            Store.Reserve(ids.Length);
            for (; stored < slots.Length; stored++)
            {
                if (stored % Looked == 0) cancellation.ThrowIfCancellationRequested();
                slots[stored] = Store.Add(ids[stored], vectors.Slice(stored * Dimension, Dimension));
            }
            Link(slots, course);
        }
        catch
        {
            Store.Withdraw(slots[..stored]);
            throw;
        }
        Store.Publish(slots);
        Drop(replaced);
        course.End();
    }

    /// <summary>Removes a vector.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(long id) => Remove([id]) == 1;

    /// <summary>Removes many vectors at once, which is faster than one by one; ids that are not there are passed over.</summary>
    /// <returns>How many were there.</returns>
    public int Remove(ReadOnlySpan<long> ids)
    {
        using var change = new Change(this);
        int[] slots = FindSlots(ids);
        if (slots.Length == 0) return 0;
        foreach (int slot in slots) Store.Forget(slot);
        Drop(slots);
        return slots.Length;
    }

    /// <summary>Whether an id is in the index.</summary>
    public bool Contains(long id)
    {
        using var reading = Store.Epochs.Enter(this);
        Seen();
        return Store.Table.TryFind(id, out _);
    }

    /// <summary>All ids in the index, in ascending order.</summary>
    public long[] ListIds() => Unchanged(static index =>
    {
        var store = index.Store;
        var ids = new List<long>(store.Count);
        for (int slot = 0; slot < store.Slots; slot++)
            if (store.IsUsed(slot)) ids.Add(store.Ids[slot]);
        ids.Sort();
        return ids.ToArray();
    });

    /// <summary>The vector under an id, as it is stored: rounded, and of unit length where the metric is cosine. Null if there is none.</summary>
    public float[]? Find(long id)
    {
        using var reading = Store.Epochs.Enter(this);
        Seen();
        var table = Store.Table;
        if (!table.TryFind(id, out int slot)) return null;
        float[] vector = new float[Dimension];
        Store.Codec.Decode(table.Rows.Row(slot), vector);
        return vector;
    }

    /// <summary>The nearest vectors, nearest first; fewer than <paramref name="k"/> where there are no more.</summary>
    /// <exception cref="ArgumentException">The query has another dimension, or an element that is not finite or too large.</exception>
    public Neighbor[] Search(ReadOnlySpan<float> query, int k, SearchOptions? options = null)
    {
        Check.AtLeast(1, k, nameof(k));
        var nearest = new Neighbor[Math.Min(k, Count)];
        int found = Search(query, nearest, options);
        return found == nearest.Length ? nearest : nearest[..found];
    }

    /// <summary>Fills in the nearest vectors, nearest first, as many as fit.</summary>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query has another dimension, or an element that is not finite or too large.</exception>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> nearest, SearchOptions? options = null)
    {
        CheckQuery(query);
        if (nearest.IsEmpty) return 0;
        using var prepared = new PreparedQuery(Store.Codec, query);
        using var reading = Store.Epochs.Enter(this);
        var seen = Seen();
        var all = options?.Combined ?? SearchOptions.Default;
        if (FindAmong(seen, all, nearest.Length) is { } slots) return ExactScan.NearestOf(seen, prepared.Values, slots, nearest);
        return FindNearest(seen, prepared.Values, nearest, all);
    }

    /// <summary>Searches for many queries at once, on all threads.</summary>
    /// <param name="queries">One after another, <c>(queries, dimension)</c>.</param>
    /// <param name="k">How many to find for each.</param>
    /// <param name="options">How each search goes.</param>
    /// <param name="cancellation">Stops it soon.</param>
    /// <returns><c>(queries, k)</c>, nearest first; <see cref="Neighbor.None"/> where fewer were found.</returns>
    /// <exception cref="ArgumentException">The length is no multiple of the dimension, or an element is not finite or too large.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Neighbor[] SearchMany(ReadOnlySpan<float> queries, int k, SearchOptions? options = null, CancellationToken cancellation = default)
    {
        Check.AtLeast(1, k, nameof(k));
        if (queries.Length % Dimension != 0)
            throw new ArgumentException($"SearchMany: {queries.Length} numbers are no multiple of the dimension {Dimension}.", nameof(queries));
        CheckFinite(queries, nameof(queries));
        int count = queries.Length / Dimension, width = Store.Codec.QueryFloats;
        var nearest = new Neighbor[checked(count * k)];
        Array.Fill(nearest, Neighbor.None);
        if (count == 0) return nearest;
        using var prepared = Tensor.Empty([count, width], DType.Float32);
        for (int i = 0; i < count; i++)
            Store.Codec.Prepare(queries.Slice(i * Dimension, Dimension), prepared.AsSpan<float>().Slice(i * width, width));
        using var reading = Store.Epochs.Enter(this);
        var seen = Seen();
        var all = options?.Combined ?? SearchOptions.Default;
        if (FindAmong(seen, all, k) is { } slots)
            WorkerPool.For(count, i => ExactScan.NearestOf(seen, prepared.AsSpan<float>().Slice(i * width, width), slots, nearest.AsSpan(i * k, k)), cancellation);
        else FindNearestOfMany(seen, prepared, k, nearest, all, cancellation);
        return nearest;
    }

    /// <summary>All vectors within a distance, nearest first; an approximate index may miss some.</summary>
    /// <exception cref="ArgumentException">The query has another dimension, or an element that is not finite or too large.</exception>
    public Neighbor[] SearchRange(ReadOnlySpan<float> query, float radius, SearchOptions? options = null)
    {
        CheckQuery(query);
        var found = new List<Neighbor>();
        using var prepared = new PreparedQuery(Store.Codec, query);
        using var reading = Store.Epochs.Enter(this);
        FindWithin(Seen(), prepared.Values, radius, options?.Combined ?? SearchOptions.Default, found);
        found.Sort();
        return [.. found];
    }

    /// <summary>The vectors from the nearest on, as many as are asked for, all in the end. What is asked for decides how far is searched.</summary>
    /// <remarks>
    /// No id comes twice, and none that was removed before the part was searched for that it is in. A graph is searched on from where
    /// the part before ended, unless the index has changed since; else the search is begun again with more in view. Between parts
    /// nothing of the index is held, so that a stream may be abandoned. An approximate index may find one late that is nearer than
    /// some before.
    /// </remarks>
    /// <exception cref="ArgumentException">The query has another dimension, or an element that is not finite or too large.</exception>
    public IEnumerable<Neighbor> Stream(ReadOnlySpan<float> query, SearchOptions? options = null)
    {
        CheckQuery(query);
        return StreamFrom(query.ToArray(), options?.Combined ?? SearchOptions.Default);
    }

    /// <summary>Writes the index to a file; at every moment the path holds the old file or the new one, whole.</summary>
    /// <remarks>Windows lets no file be replaced that is mapped: an index that was opened so has to be saved elsewhere there.</remarks>
    /// <exception cref="OperationCanceledException">It was stopped; the path holds what it held.</exception>
    public void Save(string path, CancellationToken cancellation = default) => AtomicFile.Write(path, stream => Save(stream, cancellation));

    /// <summary>Gives the memory back; where searches are under way, when it is collected as garbage.</summary>
    public void Dispose()
    {
        lock (Changing)
        {
            if (Store.Current is null) return;
            using (new Change(this, isLast: true)) Release();
        }
        GC.SuppressFinalize(this);
    }

    internal void Save(Stream stream, CancellationToken cancellation = default) => Swept(index =>
    {
        IndexFile.Write(stream, index, cancellation);
        return true;
    });

    /// <summary>What stands in a file behind the vectors; <paramref name="dense"/> gives the number in the file of a slot in use.</summary>
    internal virtual void Write(IndexWriter writer, int[] dense)
    {
    }

    /// <summary>Reads what <see cref="Write"/> wrote, when the vectors are there.</summary>
    internal virtual void Read(IndexReader reader)
    {
    }

    /// <summary>Before a change: looks at what was left in a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal virtual void CheckMapped() => Store.CheckRows();

    /// <summary>Makes new vectors findable, which are published after it. Where it throws, nothing leads to any of them.</summary>
    private protected abstract void Link(ReadOnlySpan<int> slots, Course course);

    /// <summary>Takes all ways to vectors away whose ids are forgotten or have another vector; what they have stays as it is.</summary>
    private protected abstract void Unlink(ReadOnlySpan<int> slots);

    /// <summary>Hidden vectors that may still be led to, so that ways to many are taken away at once.</summary>
    private protected virtual int MostHidden => 0;

    /// <summary>At the end of each change: a place to put in order what it left.</summary>
    internal virtual void Settle()
    {
    }

    /// <summary>Disposes of what the kind has besides the vectors.</summary>
    private protected virtual void Release()
    {
    }

    private protected abstract int FindNearest(Snapshot seen, ReadOnlySpan<float> prepared, Span<Neighbor> nearest, SearchOptions options);

    private protected abstract void FindWithin(Snapshot seen, ReadOnlySpan<float> prepared, float radius, SearchOptions options, List<Neighbor> found);

    private protected abstract IndexStatistics CollectStatistics();

    private protected virtual void FindNearestOfMany(Snapshot seen, Tensor prepared, int k, Neighbor[] nearest, SearchOptions options, CancellationToken cancellation)
    {
        int width = Store.Codec.QueryFloats;
        WorkerPool.For(prepared.Shape[0], i => FindNearest(seen, prepared.AsSpan<float>().Slice(i * width, width), nearest.AsSpan(i * k, k), options), cancellation);
    }

    /// <summary>The neighbours part after part, each by a search for twice as many.</summary>
    private protected virtual IEnumerable<Neighbor> StreamFrom(float[] query, SearchOptions options)
    {
        const int first = 32;
        var given = new HashSet<long>();
        Neighbor[] found;
        for (int k = first; ; k = (int)Math.Min(int.MaxValue, 2L * k))
        {
            // The last of a view are found less surely than the first.
            int view = (int)Math.Min(MostEf, Math.Max(options.Ef ?? DefaultEf, k + (long)k / 2));
            found = Search(query, k, options with { Ef = view });
            foreach (var neighbor in found)
                if (given.Add(neighbor.Id)) yield return neighbor;
            if (found.Length < k) yield break;
        }
    }

    /// <summary>The slots of a set of ids where it is so small that they are measured one by one; null where it is not, or there is none.</summary>
    int[]? FindAmong(Snapshot seen, SearchOptions options, int k)
    {
        // Looking up and measuring one takes as long as having a quarter of one more in view, of which 3 k for each that passes are needed.
        const int costs = 12;
        return options.Among is { } among && (double)among.Count * among.Count <= Math.Max(MostAmong * (double)MostAmong, (double)costs * k * seen.Slots)
            ? Store.FindAmong(seen, among, options.BesideAmong) : null;
    }

    /// <summary>What a search sees that begins now; its reader must have entered before.</summary>
    internal Snapshot Seen() => Store.Current ?? throw new ObjectDisposedException(GetType().Name, "The index is disposed of; open or build it anew.");

    int[] FindSlots(ReadOnlySpan<long> ids)
    {
        var slots = new HashSet<int>();
        foreach (long id in ids)
            if (Store.TryFind(id, out int slot)) slots.Add(slot);
        return [.. slots.Order()];
    }

    /// <summary>Does away with vectors that are forgotten or replaced: they are hidden now, and the ways to them taken away when there are enough.</summary>
    void Drop(int[] slots)
    {
        if (slots.Length == 0) return;
        _hidden.AddRange(slots);
        // Searches beside have less in view that they must not see if this comes first.
        if (_hidden.Count > MostHidden) Sweep();
        Store.Hide(slots);
    }

    /// <summary>Takes the ways to all hidden vectors away.</summary>
    void Sweep()
    {
        int[] slots = [.. _hidden.Order()];
        _hidden.Clear();
        Unlink(slots);
        Store.Free(slots);
    }

    /// <summary>Reads something while nobody changes the index and nothing leads to what is hidden.</summary>
    private protected T Swept<T>(Func<VectorIndex, T> read)
    {
        lock (Changing)
        {
            if (_hidden.Count > 0)
                using (new Change(this)) Sweep();
            return Unchanged(read);
        }
    }

    /// <summary>Reads something while nobody changes the index.</summary>
    private protected T Unchanged<T>(Func<VectorIndex, T> read)
    {
        lock (Changing)
        {
            Seen();
            return read(this);
        }
    }

    void CheckQuery(ReadOnlySpan<float> query)
    {
        if (query.Length != Dimension)
            throw new ArgumentException($"The query has {query.Length} elements; the index holds vectors of {Dimension}.", nameof(query));
        CheckFinite(query, nameof(query));
    }

    void CheckFinite(ReadOnlySpan<float> values, string name)
    {
        float greatest = Store.Codec.Greatest;
        int wrong = values.IndexOfAnyExceptInRange(-greatest, greatest);
        if (wrong >= 0)
            throw new ArgumentException($"Element {wrong % Dimension} of vector {wrong / Dimension} is {values[wrong]}; " +
                $"expected magnitudes of at most {greatest} in an index of {Elements}.", name);
    }
}
