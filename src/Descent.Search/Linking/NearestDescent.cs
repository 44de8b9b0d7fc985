using Descent.Tensors;

namespace Descent.Search;

/// <summary>The k nearest of each of some vectors: neighbours of neighbours are likely to be neighbours, so they are measured until nothing changes.</summary>
/// <remarks>
/// Dong, Moses and Li, "Efficient k-nearest neighbor graph construction for generic similarity measures", 2011. The nearest of
/// what is new are joined first, not a random part; as a list keeps the k nearest of all that was ever offered to it, whoever
/// offers when, the result is the same for any number of threads.
/// </remarks>
sealed unsafe class NearestDescent<TDistance>(VectorStore store, int[] slots, int k, ulong seed) where TDistance : struct, IRowDistance
{
    // Of each list so many new and so many old ones are joined, and as many that have it in theirs.
    const int Joined = 12;
    const int MostRounds = 15;

    /// <summary>Below this share of new ones in all lists the rounds end.</summary>
    const double Settled = 0.002;

    readonly NearestLists _lists = new(slots, k);
    readonly int[] _locks = new int[slots.Length];
    readonly int _width = store.Codec.QueryFloats;

    internal NearestLists Run(Course course)
    {
        if (_lists.Count <= ExactNeighbors.Few) course.For(_lists.Count, MeasureAll);
        else
        {
            // Rounds take less and less time.
            const double share = 0.25;
            double left = 1 - 0.02;
            course.Part(1 - left).For(_lists.Count, Draw);
            for (int round = 0; round < MostRounds && CountNew() > Settled * _lists.Count * k; round++)
            {
                Round(round, course.Part(share * left));
                left -= share * left;
            }
        }
        return _lists;
    }

    void MeasureAll(int i)
    {
        float* room = stackalloc float[_width];
        float* query = TDistance.AsQuery(Row(i), room, _width);
        for (int j = 0; j < _lists.Count; j++)
            if (j != i) Offer(i, NodeKey.Of(TDistance.Of(query, Row(j), _width), j));
    }

    /// <summary>Begins with neighbours drawn by lot.</summary>
    void Draw(int i)
    {
        Span<long> drawn = stackalloc long[Math.Min(k, 2 * Joined)];
        new Generator(seed, (ulong)i).Integers(drawn, 0, _lists.Count - 1);
        float* room = stackalloc float[_width];
        float* query = TDistance.AsQuery(Row(i), room, _width);
        foreach (long draw in drawn)
        {
            int j = (int)(draw >= i ? draw + 1 : draw);
            Offer(i, NodeKey.Of(TDistance.Of(query, Row(j), _width), j));
        }
    }

    long CountNew()
    {
        long count = 0;
        for (int i = 0; i < _lists.Count; i++)
            foreach (ulong key in _lists.List(i))
                if ((key & NodeKey.Followed) == 0) count++;
        return count;
    }

    void Round(int round, Course course)
    {
        var fresh = new Sample(_lists.Count);
        var old = new Sample(_lists.Count);
        WorkerPool.For(_lists.Count, i => Take(i, fresh, old));
        fresh.AddReverse(round);
        old.AddReverse(round);
        course.For(_lists.Count, i => Join(fresh.Of(i), old.Of(i)));
    }

    /// <summary>Takes the nearest that were not joined yet, and marks them, and the nearest that were.</summary>
    void Take(int i, Sample fresh, Sample old)
    {
        foreach (ref ulong key in _lists.List(i))
        {
            if (key == NearestLists.Empty) break;
            if ((key & NodeKey.Followed) != 0) old.Add(i, NodeKey.Node(key));
            else if (fresh.Add(i, NodeKey.Node(key))) key |= NodeKey.Followed;
        }
    }

    void Join(ReadOnlySpan<int> fresh, ReadOnlySpan<int> old)
    {
        float* room = stackalloc float[_width];
        foreach (int node in fresh) DistanceKernels.Prefetch(Row(node), store.Codec.Stride);
        foreach (int node in old) DistanceKernels.Prefetch(Row(node), store.Codec.Stride);
        for (int a = 0; a < fresh.Length; a++)
        {
            float* query = TDistance.AsQuery(Row(fresh[a]), room, _width);
            for (int b = a + 1; b < fresh.Length; b++) Measure(query, fresh[a], fresh[b]);
            foreach (int other in old) Measure(query, fresh[a], other);
        }
    }

    void Measure(float* query, int a, int b)
    {
        if (a == b) return;
        float distance = TDistance.Of(query, Row(b), _width);
        Offer(a, NodeKey.Of(distance, b));
        Offer(b, NodeKey.Of(distance, a));
    }

    void Offer(int i, ulong key)
    {
        var list = _lists.List(i);
        // The last only comes nearer, so what is refused here would be refused under the lock too.
        if (key >= Volatile.Read(ref list[^1])) return;
        while (Interlocked.CompareExchange(ref _locks[i], 1, 0) != 0) Thread.SpinWait(1);
        int place = list.BinarySearch(key);
        if (place < 0)
        {
            place = ~place;
            bool isThere = (place < list.Length && (list[place] | NodeKey.Followed) == (key | NodeKey.Followed))
                || (place > 0 && (list[place - 1] | NodeKey.Followed) == (key | NodeKey.Followed));
            if (!isThere && place < list.Length)
            {
                list[place..^1].CopyTo(list[(place + 1)..]);
                list[place] = key;
            }
        }
        Volatile.Write(ref _locks[i], 0);
    }

    byte* Row(int i) => store.Rows.Row(_lists.Slot(i));

    /// <summary>Some nodes for each node: first its own, then those that have it among theirs.</summary>
    sealed class Sample(int count)
    {
        readonly int[] _nodes = new int[count * 2 * Joined];
        readonly byte[] _own = new byte[count], _all = new byte[count];

        internal ReadOnlySpan<int> Of(int i) => _nodes.AsSpan(i * 2 * Joined, _all[i]);

        internal bool Add(int i, int node)
        {
            if (_own[i] == Joined) return false;
            _nodes[i * 2 * Joined + _own[i]++] = node;
            _all[i] = _own[i];
            return true;
        }

        internal void AddReverse(int round)
        {
            // From another place in each round, as there is room for the first only.
            int start = (int)((long)count * round / MostRounds);
            for (int n = 0; n < count; n++)
            {
                int i = (start + n) % count;
                foreach (int node in _nodes.AsSpan(i * 2 * Joined, _own[i]))
                {
                    var there = Of(node);
                    if (there.Length < _own[node] + Joined && !there.Contains(i)) _nodes[node * 2 * Joined + _all[node]++] = i;
                }
            }
        }
    }
}
