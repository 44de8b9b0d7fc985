using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Descent.Search;

/// <summary>What one search of a graph keeps: the nearest so far and which nodes it has seen. Each thread keeps one for the next.</summary>
sealed unsafe class SearchScratch
{
    // Others that were rented at once.
    const int MostSpare = 16;

    static readonly ConcurrentBag<SearchScratch> s_spare = [];

    [ThreadStatic]
    static SearchScratch? t_kept;

    ulong[] _pool = GC.AllocateUninitializedArray<ulong>(64, pinned: true);
    byte[] _marks = [];
    int[] _fresh = GC.AllocateUninitializedArray<int>(64, pinned: true);
    byte[] _tables = [];
    float[] _query = GC.AllocateUninitializedArray<float>(64, pinned: true);
    float[] _bounds = GC.AllocateUninitializedArray<float>(64, pinned: true);
    ulong[] _keys = new ulong[64];
    readonly List<ulong> _beyond = [];
    byte _epoch;

    /// <summary>The nearest first, as <see cref="NodeKey"/>s.</summary>
    internal ulong* Pool { get; private set; }

    /// <summary>Keys in the pool.</summary>
    internal int Count { get; set; }

    /// <summary>For each node whether this search has seen it: then it has the value <see cref="Epoch"/>.</summary>
    internal byte* Marks { get; private set; }

    internal byte Epoch => _epoch;

    /// <summary>Nodes that there are marks for.</summary>
    internal int Nodes { get; private set; }

    /// <summary>Nodes of one list that were not seen before.</summary>
    internal int* Fresh { get; private set; }

    /// <summary>What is yet to visit, in a search by estimates.</summary>
    internal EstimateQueue Queue => field ??= new();

    internal ReadOnlySpan<ulong> Found => new(Pool, Count);

    /// <summary>What searches with this scratch have done since it was set to nothing.</summary>
    internal SearchWork Work;

    /// <summary>The scratch of this thread; a search within a search takes another.</summary>
    internal static SearchScratch Rent()
    {
        var scratch = t_kept ?? (s_spare.TryTake(out var spare) ? spare : new());
        t_kept = null;
        return scratch;
    }

    internal void Return()
    {
        if (t_kept is null) t_kept = this;
        else if (s_spare.Count < MostSpare) s_spare.Add(this);
    }

    /// <summary>Empties the pool and forgets what was seen.</summary>
    /// <param name="nodes">Nodes of the graph.</param>
    /// <param name="ef">Keys that must fit.</param>
    /// <param name="degree">The longest list.</param>
    internal void Start(int nodes, int ef, int degree)
    {
        if (_pool.Length < ef) _pool = GC.AllocateUninitializedArray<ulong>(Math.Max(ef, 2 * _pool.Length), pinned: true);
        if (_fresh.Length < degree) _fresh = GC.AllocateUninitializedArray<int>(degree, pinned: true);
        if (_marks.Length < nodes) (_marks, _epoch) = (GC.AllocateArray<byte>(Math.Max(nodes, _marks.Length + _marks.Length / 2), pinned: true), 0);
        if (++_epoch == 0)
        {
            Array.Clear(_marks);
            _epoch = 1;
        }
        fixed (ulong* pool = _pool) Pool = pool;
        fixed (byte* marks = _marks) Marks = marks;
        fixed (int* fresh = _fresh) Fresh = fresh;
        Count = 0;
        Nodes = nodes;
        _beyond.Clear();
    }

    /// <summary>Makes room for more keys beside those that are there.</summary>
    internal void Widen(int ef)
    {
        if (_pool.Length >= ef) return;
        ulong[] wider = GC.AllocateUninitializedArray<ulong>(ef, pinned: true);
        Found.CopyTo(wider);
        _pool = wider;
        fixed (ulong* pool = _pool) Pool = pool;
    }

    /// <summary>Room for a query or a decoded row.</summary>
    internal float* Query(int floats)
    {
        if (_query.Length < floats) _query = GC.AllocateUninitializedArray<float>(floats, pinned: true);
        fixed (float* query = _query) return query;
    }

    /// <summary>Room for distances or estimates of them.</summary>
    internal float* Bounds(int count)
    {
        if (_bounds.Length < count) _bounds = GC.AllocateUninitializedArray<float>(2 * count, pinned: true);
        fixed (float* bounds = _bounds) return bounds;
    }

    /// <summary>Room for keys of members of a cell.</summary>
    internal Span<ulong> Keys(int count)
    {
        if (_keys.Length < count) _keys = new ulong[2 * count];
        return _keys.AsSpan(0, count);
    }

    /// <summary>Room for the tables of a query.</summary>
    internal byte* Tables(int bytes)
    {
        if (_tables.Length < bytes) _tables = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        fixed (byte* tables = _tables) return tables;
    }

    /// <summary>Puts a key where it belongs among at most <paramref name="ef"/>; the farthest falls out.</summary>
    /// <returns>Its place, or <paramref name="ef"/> where it is too far.</returns>
    internal int Insert(ulong key, int ef)
    {
        ulong* pool = Pool;
        int count = Count;
        if (count == ef && key >= pool[ef - 1]) return ef;
        int low = 0;
        for (int length = count; length > 0;)
        {
            int half = length >> 1;
            bool isAfter = pool[low + half] < key;
            low = isAfter ? low + half + 1 : low;
            length = isAfter ? length - half - 1 : half;
        }
        if (count < ef) Count = ++count;
        Buffer.MemoryCopy(pool + low, pool + low + 1, (count - 1 - low) * sizeof(ulong), (count - 1 - low) * sizeof(ulong));
        pool[low] = key;
        return low;
    }

    /// <summary>The same, where what falls out is kept aside.</summary>
    internal int InsertOrKeep(ulong key, int ef)
    {
        if (Count == ef) _beyond.Add(Math.Max(key, Pool[ef - 1]));
        return Insert(key, ef);
    }

    /// <summary>Takes the nearest of what was kept aside into a pool that is to hold more.</summary>
    internal void TakeBack(int ef)
    {
        Widen(ef);
        var beyond = CollectionsMarshal.AsSpan(_beyond);
        int count = Math.Min(ef - Count, beyond.Length);
        // The least come last, where they are taken from.
        Partition(beyond, beyond.Length - count);
        var nearest = beyond[(beyond.Length - count)..];
        nearest.Sort();
        nearest.CopyTo(new(Pool + Count, count));
        Count += count;
        _beyond.RemoveRange(beyond.Length - count, count);
    }

    /// <summary>Puts the greatest keys first, as many as are said, in any order.</summary>
    static void Partition(Span<ulong> keys, int count)
    {
        int from = 0, to = keys.Length - 1;
        while (from < to)
        {
            ulong middle = keys[from + (to - from) / 2];
            int i = from, j = to;
            while (i <= j)
            {
                while (keys[i] > middle) i++;
                while (keys[j] < middle) j--;
                if (i > j) break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                i++;
                j--;
            }
            if (count <= j) to = j;
            else if (count >= i) from = i;
            else return;
        }
    }
}
