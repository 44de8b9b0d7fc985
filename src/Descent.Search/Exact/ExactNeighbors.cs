using System.Collections.Concurrent;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>The k nearest of each of some vectors, exactly: all products of two, as bytes, and the distances of what those leave open.</summary>
/// <param name="store">Where the vectors are.</param>
/// <param name="slots">The slots of those that are looked at, ascending.</param>
/// <param name="k">Neighbours of each.</param>
/// <param name="seed">Decides in which order they are looked at, and nothing else.</param>
sealed unsafe class ExactNeighbors(VectorStore store, int[] slots, int k, ulong seed)
{
    // Beyond this cells take less time.
    const int Many = 25_000;

    readonly RowCodec _codec = store.Codec;
    readonly int _width = store.Codec.QueryFloats;
    readonly int[] _numbers = Shuffle(slots.Length, seed);
    readonly ConcurrentBag<ByteWorker> _idle = [];
    readonly ConcurrentBag<int> _missed = [];
    bool _isGivenUp;

    /// <summary>So few are all measured against each other.</summary>
    internal const int Few = 1024;

    /// <summary>Whether this is likely to be faster than to approximate.</summary>
    internal static bool Pays(RowCodec codec, int count) => count is > Few and <= Many && ByteRows.Fits(codec);

    /// <summary>Takes the keys of the nearest of one of the slots, which are numbers of slots, nearest first.</summary>
    internal delegate void Found(int number, ReadOnlySpan<ulong> nearest);

    /// <returns>The lists, or null where it is given up.</returns>
    internal NearestLists? Run(Course? course = null)
    {
        var lists = new NearestLists(slots, k);
        return TryRun((number, nearest) => nearest.CopyTo(lists.List(number)), course) ? lists : null;
    }

    /// <param name="found">Called once for each slot, on any thread.</param>
    /// <returns>Whether it was done; it is given up, after some or none, where bytes tell too little about the vectors for it to be worth while.</returns>
    internal bool TryRun(Found found, Course? course = null)
    {
        course ??= Course.None;
        using var panels = new RowMemory(BytePanel.Size(_width));
        var rows = new ByteRows(store, [.. _numbers.Select(number => slots[number])], panels);
        var search = new ByteSearch(rows, Math.Min(k, slots.Length - 1), static (query, row) => query != row);
        int[] all = [.. Enumerable.Range(0, slots.Length)];
        try
        {
            Search(all, isHasty: true, course.Part(0.99));
            int[] missed = [.. _missed.Order()];
            Search(missed, isHasty: false, course.Part(0.01));
        }
        finally
        {
            foreach (var worker in _idle) worker.Dispose();
        }
        return !_isGivenUp;

        void Search(int[] queries, bool isHasty, Course part) => part.For((queries.Length + ByteWorker.Queries - 1) / ByteWorker.Queries, i =>
        {
            if (_isGivenUp) return;
            if (!_idle.TryTake(out var worker)) worker = new(_width, search.K);
            SearchSome(rows, search, queries.AsSpan(i * ByteWorker.Queries, Math.Min(ByteWorker.Queries, queries.Length - i * ByteWorker.Queries)), worker, isHasty, found);
            _idle.Add(worker);
        });
    }

    static int[] Shuffle(int count, ulong seed)
    {
        int[] numbers = [.. Enumerable.Range(0, count)];
        new Generator(seed, (ulong)count).Shuffle(numbers.AsSpan());
        return numbers;
    }

    void SearchSome(ByteRows rows, ByteSearch search, ReadOnlySpan<int> queries, ByteWorker worker, bool isHasty, Found found)
    {
        int[][] places = [.. queries.ToArray().Chunk(ByteStrip.Rows)];
        var strips = new ByteStrip[places.Length];
        for (int i = 0; i < queries.Length; i++) _codec.Decode(store.Rows.Row(rows.Slot(queries[i])), worker.Vector(i));
        for (int s = 0; s < strips.Length; s++) strips[s] = new(_codec, rows.Mean, worker.Vectors(s * ByteStrip.Rows, places[s].Length), places[s], worker.Room(s));
        foreach (var candidates in worker.Candidates) candidates.Clear();
        if (!search.Run(strips, worker.Candidates, isHasty))
        {
            _isGivenUp = true;
            return;
        }
        for (int i = 0; i < queries.Length; i++)
        {
            var (strip, place, candidates) = (strips[i / ByteStrip.Rows], i % ByteStrip.Rows, worker.Candidates[i]);
            if (search.IsSound(strip, place, candidates)) Finish(search, queries[i], worker.Vector(i), candidates.Collect(strip.Least(place)), found);
            else _missed.Add(queries[i]);
        }
    }

    void Finish(ByteSearch search, int query, ReadOnlySpan<float> vector, ReadOnlySpan<(float Most, int Row)> open, Found found)
    {
        float[] distances = new float[open.Length];
        ulong[] keys = new ulong[open.Length];
        search.Measure(vector, open, store.Rows.Start, distances);
        for (int i = 0; i < keys.Length; i++) keys[i] = NodeKey.Of(distances[i], _numbers[open[i].Row]);
        Array.Sort(keys);
        found(_numbers[query], keys.AsSpan(0, Math.Min(k, keys.Length)));
    }
}
