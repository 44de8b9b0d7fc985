using Descent.Tensors;

namespace Descent.Search.Storms;

/// <summary>
/// Two threads change an index and two search it, and an oracle knows which ids may appear in which search, and at what distance. A
/// life of an id is stamped, by a clock that counts, before and after the calls that begin and end it: a search may find what lived
/// at some moment of it, and must find, if it is near enough, what lived all the time.
/// </summary>
sealed class IndexStorm(VectorIndex index, ulong seed)
{
    internal const int Dimension = 12;

    const int Stable = 500, Moving = 160, Writers = 2, Readers = 2, Alternatives = 3, K = 10, Clusters = 12, MostLives = 4096;

    readonly RowCodec _codec = index.Store.Codec;
    readonly float[][][] _vectors = new float[Stable + Writers * Moving][][];
    readonly byte[][][] _rows = new byte[Stable + Writers * Moving][][];
    readonly List<Life>[] _lives = new List<Life>[Stable + Writers * Moving];
    readonly List<string> _wrong = [];
    long _clock, _changes, _searches, _hits, _due;
    int _writing = Writers;

    /// <summary>What went wrong, in words; empty where nothing did.</summary>
    internal IReadOnlyList<string> Wrong => _wrong;

    internal long Changes => _changes;

    internal long Searches => _searches;

    /// <summary>The share of what had to be found that was.</summary>
    internal double Recall => (double)_hits / Math.Max(1, _due);

    /// <param name="changes">Calls that each of the changing threads makes at least.</param>
    /// <param name="searches">Searches until which they go on.</param>
    /// <param name="isOver">Whether to stop; null to stop when there were as many of both.</param>
    internal void Run(long changes, long searches, Func<bool>? isOver = null)
    {
        Draw();
        index.Add([.. Enumerable.Range(0, Stable).Select(Id)], [.. Enumerable.Range(0, Stable).SelectMany(i => _vectors[i][0])]);
        for (int i = 0; i < Stable; i++) _lives[i].Add(new(0) { Added = Stamp() });
        var threads = new List<Thread>();
        for (int w = 0; w < Writers; w++)
        {
            int writer = w;
            threads.Add(new(() => Guard(() => Write(writer, step => isOver?.Invoke() ?? (step >= changes && Interlocked.Read(ref _searches) >= searches)), isWriter: true)));
        }
        for (int r = 0; r < Readers; r++)
        {
            ulong reader = (ulong)r;
            threads.Add(new(() => Guard(() => Read(reader), isWriter: false)));
        }
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        int expected = _lives.Count(l => l.Count > 0 && l[^1].Ending == long.MaxValue);
        if (index.Count != expected) Tell($"{index.Count} vectors are left in place of {expected}");
        var statistics = index.Statistics;
        if (statistics.Reachable != expected) Tell($"{statistics.Reachable} of {expected} vectors can be reached");
    }

    static long Id(int i) => 7L * i - 1000;

    static int Number(long id) => id >= -1000 && (id + 1000) % 7 == 0 && (id + 1000) / 7 < Stable + Writers * Moving ? (int)((id + 1000) / 7) : -1;

    long Stamp() => Interlocked.Increment(ref _clock);

    void Tell(string what)
    {
        lock (_wrong)
            if (_wrong.Count < 20) _wrong.Add(what);
    }

    void Guard(Action act, bool isWriter)
    {
        try
        {
            act();
        }
#pragma warning disable CA1031 // Whatever it is, it is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Tell(error.ToString());
        }
        finally
        {
            if (isWriter) Interlocked.Decrement(ref _writing);
        }
    }

    unsafe void Draw()
    {
        var random = new Generator(seed, 1);
        float[] centers = new float[Clusters * Dimension];
        random.Normal(centers);
        for (int i = 0; i < _vectors.Length; i++)
        {
            (_lives[i], _vectors[i], _rows[i]) = ([], new float[Alternatives][], new byte[Alternatives][]);
            for (int a = 0; a < Alternatives; a++)
            {
                float[] vector = _vectors[i][a] = new float[Dimension];
                byte[] row = _rows[i][a] = GC.AllocateUninitializedArray<byte>(_codec.Stride, pinned: true);
                int cluster = (int)random.NextInt64(0, Clusters);
                random.Normal(vector, 0, 0.6f);
                for (int j = 0; j < Dimension; j++) vector[j] += centers[cluster * Dimension + j];
                fixed (byte* to = row) _codec.Encode(vector, to);
            }
        }
    }

    void Write(int writer, Func<long, bool> isOver)
    {
        var random = new Generator(seed, (ulong)(2 + writer));
        int first = Stable + writer * Moving;
        for (long step = 0; !isOver(step); step++)
        {
            // One now and then, some mostly, seldom all.
            int most = (step % 16) switch { 0 or 1 => 1, 15 => Moving, _ => 12 };
            int[] some = [.. Enumerable.Range(0, (int)random.NextInt64(1, most + 1)).Select(_ => first + (int)random.NextInt64(0, Moving)).Distinct()];
            if (random.NextInt64(0, 5) < 3) Add(some, random);
            else Remove(some);
            Interlocked.Increment(ref _changes);
        }
    }

    void Add(int[] some, Generator random)
    {
        int[] alternatives = [.. some.Select(_ => (int)random.NextInt64(0, Alternatives))];
        long begin = Stamp();
        for (int s = 0; s < some.Length; s++)
            lock (_lives[some[s]])
            {
                var lives = _lives[some[s]];
                if (lives.Count > 0 && lives[^1].Ending == long.MaxValue) lives[^1].Ending = begin;
                if (lives.Count == MostLives) lives.RemoveRange(0, MostLives / 2);
                lives.Add(new(alternatives[s]) { Adding = begin });
            }
        index.Add([.. some.Select(Id)], [.. some.SelectMany((n, s) => _vectors[n][alternatives[s]])]);
        long end = Stamp();
        foreach (int n in some)
            lock (_lives[n])
            {
                var lives = _lives[n];
                lives[^1].Added = end;
                if (lives.Count > 1 && lives[^2].Ended == long.MaxValue) lives[^2].Ended = end;
            }
    }

    void Remove(int[] some)
    {
        long begin = Stamp();
        int there = 0;
        foreach (int n in some)
            lock (_lives[n])
                if (_lives[n].Count > 0 && _lives[n][^1].Ending == long.MaxValue)
                {
                    _lives[n][^1].Ending = begin;
                    there++;
                }
        int removed = index.Remove([.. some.Select(Id)]);
        if (removed != there) Tell($"{removed} were removed in place of {there}");
        long end = Stamp();
        foreach (int n in some)
            lock (_lives[n])
                if (_lives[n].Count > 0 && _lives[n][^1].Ended == long.MaxValue) _lives[n][^1].Ended = end;
    }

    void Read(ulong reader)
    {
        var random = new Generator(seed, 100 + reader);
        float[] queries = new float[32 * Dimension];
        for (int step = 0; Volatile.Read(ref _writing) > 0; step++)
        {
            random.Normal(queries, 0, 1.2f);
            // Near something that is or was there.
            for (int q = 0; q < 32; q += 2) _vectors[(int)random.NextInt64(0, _vectors.Length)][0].CopyTo(queries, q * Dimension);
            for (int q = 0; q < 8; q++)
            {
                var query = queries.AsSpan(q * Dimension, Dimension);
                long begin = Stamp();
                var found = index.Search(query, K, new() { Ef = 100 });
                Check(query, found, begin, Stamp(), K);
            }
            var one = queries.AsSpan(0, Dimension);
            switch (step % 8)
            {
                case 1:
                    long begin = Stamp();
                    var many = index.SearchMany(queries, K, new() { Ef = 100 });
                    long end = Stamp();
                    for (int q = 0; q < 32; q++)
                        Check(queries.AsSpan(q * Dimension, Dimension), [.. many.AsSpan(q * K, K).ToArray().TakeWhile(f => f != Neighbor.None)], begin, end, K);
                    break;
                case 3:
                    begin = Stamp();
                    var filtered = index.Search(one, K, new() { Ef = 100, Filter = id => id % 2 == 0 });
                    Check(one, filtered, begin, Stamp(), 0);
                    if (filtered.Any(f => f.Id % 2 != 0)) Tell("an id was found that the filter keeps out");
                    break;
                case 5:
                    begin = Stamp();
                    var among = index.Search(one, K, new() { Among = new([.. Enumerable.Range(Stable - 50, 100).Select(Id)]) });
                    Check(one, among, begin, Stamp(), 0);
                    break;
                case 6:
                    begin = Stamp();
                    var near = index.SearchRange(one, IsCosineLike ? -0.5f : 4);
                    Check(one, near, begin, Stamp(), 0);
                    break;
                case 7:
                    CheckOne((int)random.NextInt64(0, _vectors.Length));
                    break;
            }
        }
    }

    bool IsCosineLike => index.Metric == VectorMetric.InnerProduct;

    unsafe void CheckOne(int number)
    {
        long begin = Stamp();
        float[]? vector = index.Find(Id(number));
        bool isThere = index.Contains(Id(number));
        long end = Stamp();
        float[] stored = new float[Dimension];
        bool mayBe = false, must = false;
        lock (_lives[number])
            foreach (var life in _lives[number])
            {
                if (life.MayBeSeen(begin, end) && vector is not null)
                {
                    fixed (byte* row = _rows[number][life.Alternative]) _codec.Decode(row, stored);
                    mayBe |= stored.AsSpan().SequenceEqual(vector);
                }
                must |= life.MustBeSeen(begin, end);
            }
        if (vector is not null && !mayBe) Tell($"id {Id(number)} is said to have a vector that it has not");
        if (must && (vector is null || !isThere)) Tell($"id {Id(number)} is said not to be there");
    }

    /// <summary>Holds what a search found against the oracle; <paramref name="k"/> of 0 where it need not have found all.</summary>
    unsafe void Check(ReadOnlySpan<float> query, Neighbor[] found, long begin, long end, int k)
    {
        Interlocked.Increment(ref _searches);
        float[] prepared = new float[_codec.QueryFloats];
        _codec.Prepare(query, prepared);
        var distance = new float[1];
        float Measure(int number, int alternative)
        {
            fixed (byte* row = _rows[number][alternative]) _codec.Measure(prepared, row, distance);
            return distance[0];
        }
        for (int i = 0; i < found.Length; i++)
        {
            if (i > 0 && !(found[i - 1] < found[i])) Tell("results are out of order");
            int number = Number(found[i].Id);
            if (number < 0)
            {
                Tell($"an unknown id {found[i].Id} was found");
                continue;
            }
            bool isRight = false, mayBe = false;
            lock (_lives[number])
                for (int l = _lives[number].Count - 1; l >= 0 && _lives[number][l].Ended >= begin; l--)
                {
                    var life = _lives[number][l];
                    if (!life.MayBeSeen(begin, end)) continue;
                    mayBe = true;
                    float expected = Measure(number, life.Alternative);
                    isRight |= Math.Abs(expected - found[i].Distance) <= 1e-5f * (1 + Math.Abs(expected));
                }
            if (!mayBe) Tell($"the id {found[i].Id} was found, which was not there");
            else if (!isRight) Tell($"the id {found[i].Id} was found at the distance {found[i].Distance}, at which it was not");
        }
        if (found.Select(f => f.Id).Distinct().Count() != found.Length) Tell("an id was found twice");
        if (k > 0) CountHits(found, begin, end, k, Measure);
    }

    /// <summary>Of the k nearest of all that may have been there those have to be found that were there all the time.</summary>
    void CountHits(Neighbor[] found, long begin, long end, int k, Func<int, int, float> measure)
    {
        var all = new List<(float Distance, bool Must)>();
        for (int n = 0; n < _lives.Length; n++)
            lock (_lives[n])
                for (int l = _lives[n].Count - 1; l >= 0 && _lives[n][l].Ended >= begin; l--)
                    if (_lives[n][l].MayBeSeen(begin, end)) all.Add((measure(n, _lives[n][l].Alternative), _lives[n][l].MustBeSeen(begin, end)));
        var nearest = all.OrderBy(c => c.Distance).Take(k).ToList();
        if (nearest.Count < k) return;
        float bound = nearest[^1].Distance;
        // Equally near ones are as good.
        int due = nearest.Count(c => c.Must && c.Distance < bound), hits = Math.Min(due, nearest.Count(c => c.Must && c.Distance < bound && found.Any(f => f.Distance <= c.Distance + 1e-5f * (1 + Math.Abs(c.Distance)) && f.Distance >= c.Distance - 1e-5f * (1 + Math.Abs(c.Distance)))));
        Interlocked.Add(ref _due, due);
        Interlocked.Add(ref _hits, hits);
    }

    /// <summary>From when to when an id had one of its vectors: what began before <c>Adding</c> has not seen it, what began after <c>Added</c> has.</summary>
    sealed class Life(int alternative)
    {
        internal int Alternative => alternative;

        internal long Adding { get; init; }

        internal long Added { get; set; } = long.MaxValue;

        internal long Ending { get; set; } = long.MaxValue;

        internal long Ended { get; set; } = long.MaxValue;

        internal bool MayBeSeen(long begin, long end) => Adding < end && Ended > begin;

        internal bool MustBeSeen(long begin, long end) => Added < begin && Ending > end;
    }
}
