using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>Nodes and their lists of edges, of fixed capacity, −1 behind the last; and a tree over the nodes that keeps all reachable.</summary>
/// <remarks>
/// Every node but the root has a parent. Both edges between them are never pruned, so that from each node a path leads to each
/// other one, whatever the vectors are. Searches read the count of nodes, the root, the links, and of nodes their slot and the same
/// node below; what else there is belongs to the one that changes the layer.
/// </remarks>
/// <param name="capacity">Edges of a node at most.</param>
/// <param name="epochs">Who may still come by nodes that are dropped; null where one alone uses the layer.</param>
/// <param name="listBytes">Bytes of a node's list where something stands behind its edges, which is stale when they change; 0 where nothing does.</param>
/// <param name="below">The layer whose nodes these are a part of; null where nodes are the slots of the vectors.</param>
sealed unsafe class GraphLayer(int capacity, Epochs? epochs = null, GraphLayer? below = null, int listBytes = 0) : IDisposable
{
    const int NoParent = -1, Unused = -2;

    readonly RowMemory _links = new(Math.Max(capacity * sizeof(int), listBytes), epochs);
    readonly Dictionary<int, int> _nodeOfSlot = [];
    readonly Stack<int> _free = [];
    int[] _parents = [], _slots = [], _below = [];
    byte[] _children = [], _isStale = [];
    // A bit for each place of a list whose edge has other codes than its own, where there are codes.
    ulong[] _stale = [];
    Entrances? _entrances;
    // What to throw where lists in a file are damaged; null where they are not in a file.
    Func<int, string, Exception>? _damage;
    bool _isUnchecked;
    int _numbers, _root = -1;

    internal int Capacity => capacity;

    /// <summary>Children that a node may have, so that most edges are left to nearness.</summary>
    internal int MostChildren => Math.Max(2, capacity / 4);

    /// <summary>How many times as great a distance counts, where it decides that there is another way than an edge: 1, or more for more edges.</summary>
    internal float Slack { get; set; } = 1;

    /// <summary>Nodes there are.</summary>
    internal int Count { get; private set; }

    /// <summary>Numbers from 0 on that are or were in use. A search loads it before addresses, and passes over what comes to be beyond.</summary>
    internal int Numbers => Volatile.Read(ref _numbers);

    /// <summary>The root of the tree, where searches begin; −1 in an empty layer.</summary>
    internal int Root
    {
        get => Volatile.Read(ref _root);
        set => Volatile.Write(ref _root, value);
    }

    /// <summary>Where searches by estimates begin; null where lists have no codes.</summary>
    internal Entrances? Entrances
    {
        get => Volatile.Read(ref _entrances);
        set => Volatile.Write(ref _entrances, value);
    }

    /// <summary>Where the vectors of nodes lie; null where nodes are slots.</summary>
    internal int[]? SlotsOfNodes => below is null ? null : Volatile.Read(ref _slots);

    int Words => (capacity + 63) / 64;

    internal long Bytes => (long)_links.Capacity * _links.Stride + (_parents.Length + (long)_slots.Length + _below.Length) * sizeof(int) + _children.Length + _isStale.Length + (long)_stale.Length * sizeof(ulong);

    public void Dispose() => _links.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int* Links(int node) => (int*)_links.Row(node);

    /// <summary>Whether lists are to have as many edges as fit, since those of a list cost as much whatever there are.</summary>
    internal bool IsFull => listBytes > 0;

    /// <summary>Bytes from one list to the next.</summary>
    internal int Stride => _links.Stride;

    internal Span<int> LinkRow(int node) => new(Links(node), capacity);

    /// <summary>The edges that a node has.</summary>
    internal ReadOnlySpan<int> Edges(int node)
    {
        var row = LinkRow(node);
        int end = row.IndexOf(-1);
        return end < 0 ? row : row[..end];
    }

    /// <summary>Gives a node other edges, one by one: a search that reads them meanwhile finds some of both.</summary>
    internal void Write(int node, ReadOnlySpan<int> edges)
    {
        if (IsFull)
        {
            Merge(node, edges);
            return;
        }
        int* links = Links(node);
        for (int i = 0; i < capacity; i++) Volatile.Write(ref links[i], i < edges.Length ? edges[i] : -1);
    }

    /// <summary>The nodes some of whose edges have changed since this was asked last, and how many edges those are at most.</summary>
    internal (int[] Nodes, long Edges) TakeStale()
    {
        var stale = new List<int>();
        long edges = 0;
        var left = _isStale.AsSpan(0, Numbers);
        for (int node = 0; left[node..].IndexOf((byte)1) is var next and >= 0; left[node++] = 0)
        {
            if (!IsUsed(node += next)) continue;
            stale.Add(node);
            foreach (ulong places in StalePlaces(node)) edges += BitOperations.PopCount(places);
        }
        return ([.. stale], edges);
    }

    /// <summary>Whether some edges of a node have changed that have no codes yet.</summary>
    internal bool IsStale(int node) => _isStale[node] != 0;

    /// <summary>A bit for each place of a node's list that has changed; whoever mends what stands behind it clears them.</summary>
    internal Span<ulong> StalePlaces(int node) => _stale.AsSpan(node * Words, Words);

    /// <summary>Where the vector of a node lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Slot(int node) => below is null ? node : _slots[node];

    /// <summary>The same node in the layer below.</summary>
    internal int Below(int node) => Volatile.Read(ref _below)[node];

    internal bool TryFind(int slot, out int node)
    {
        node = slot;
        return below is null ? slot < Numbers && _parents[slot] != Unused : _nodeOfSlot.TryGetValue(slot, out node);
    }

    /// <summary>Whether the vector of a slot is in the layer below, as it must be.</summary>
    internal bool IsBelow(int slot) => below is null || below.TryFind(slot, out _);

    internal bool IsUsed(int node) => _parents[node] != Unused;

    internal bool IsInTree(int node) => _parents[node] >= 0 || node == Root;

    internal int Parent(int node) => _parents[node];

    internal int Children(int node) => _children[node];

    /// <summary>Whether an edge belongs to the tree.</summary>
    internal bool IsTree(int from, int to) => _parents[to] == from || _parents[from] == to;

    internal void SetParent(int node, int parent)
    {
        if (_parents[node] >= 0) _children[_parents[node]]--;
        _parents[node] = parent;
        if (parent >= 0) _children[parent]++;
    }

    /// <summary>A new node without edges.</summary>
    internal int Add(int slot)
    {
        int node = below is null ? slot : _free.TryPop(out int free) ? free : Numbers;
        Reserve(node + 1);
        if (below is not null)
        {
            if (!below.TryFind(slot, out _below[node])) throw new InvalidOperationException("A node is missing in the layer below.");
            _slots[node] = slot;
            _nodeOfSlot.Add(slot, node);
        }
        _parents[node] = NoParent;
        _children[node] = 0;
        if (IsFull)
        {
            // What stands behind the last edge is in files too.
            new Span<byte>(Links(node), Stride).Clear();
            _isStale[node] = 1;
            StalePlaces(node).Fill(ulong.MaxValue);
        }
        LinkRow(node).Fill(-1);
        Count++;
        Volatile.Write(ref _numbers, Math.Max(_numbers, node + 1));
        return node;
    }

    /// <summary>Nodes from 0 on, with the numbers of their slots, in an empty layer; their lists are still to come.</summary>
    internal void AddAll(int count, bool hasMemory)
    {
        if (hasMemory) _links.Reserve(count);
        Resize(Math.Max(count, _links.Capacity));
        _parents.AsSpan(0, count).Fill(NoParent);
        Count = count;
        Volatile.Write(ref _numbers, count);
    }

    /// <summary>Takes all lists from a file, in which they may be damaged.</summary>
    /// <param name="lists">Those of as many nodes as there are.</param>
    /// <param name="damage">What to throw where a node's list is damaged.</param>
    internal void Adopt(Storage lists, Func<int, string, Exception> damage)
    {
        _links.Adopt(lists);
        (_damage, _isUnchecked) = (damage, true);
    }

    /// <summary>Whoever is to use lists otherwise than to search may rely on them: those in a file are looked at first.</summary>
    /// <exception cref="InvalidDataException">One is damaged.</exception>
    internal void Verify()
    {
        if (_isUnchecked) GraphFile.CheckLists(this, _damage!);
        _isUnchecked = false;
    }

    /// <summary>Whoever is to change lists may rely on them, and that they stay as they are: those in a file are copied, then looked at.</summary>
    /// <exception cref="InvalidDataException">One is damaged.</exception>
    internal void Own()
    {
        if (_damage is null) return;
        _links.Own();
        GraphFile.CheckLists(this, _damage);
        (_damage, _isUnchecked) = (null, false);
    }

    /// <summary>Forgets a node that no edge leads to; its links stay for searches that have come by it.</summary>
    internal void Drop(int node)
    {
        SetParent(node, Unused);
        Count--;
        if (below is null) return;
        _nodeOfSlot.Remove(_slots[node]);
        if (epochs is null) _free.Push(node);
        else epochs.Retire(() => _free.Push(node));
    }

    internal void Reserve(int nodes)
    {
        _links.Reserve(nodes);
        Resize(_links.Capacity);
    }

    void Resize(int size)
    {
        int before = _parents.Length;
        if (size <= before) return;
        Array.Resize(ref _parents, size);
        Array.Resize(ref _children, size);
        _parents.AsSpan(before).Fill(Unused);
        if (IsFull)
        {
            Array.Resize(ref _isStale, size);
            Array.Resize(ref _stale, size * Words);
        }
        if (below is null) return;
        int[] slots = _slots, belows = _below;
        Array.Resize(ref slots, size);
        Array.Resize(ref belows, size);
        Volatile.Write(ref _slots, slots);
        Volatile.Write(ref _below, belows);
    }

    /// <summary>The same layer in memory of its own, which nobody reads yet, so that all numbers that are not in use are free; nothing of it may be stale.</summary>
    /// <param name="below">What the clone stands on.</param>
    internal GraphLayer Clone(GraphLayer? below)
    {
        var clone = new GraphLayer(capacity, epochs, below, listBytes) { Slack = Slack, Entrances = Entrances, Root = Root, Count = Count };
        clone.Reserve(Numbers);
        clone._numbers = Numbers;
        Buffer.MemoryCopy(_links.Start, clone._links.Start, (long)clone._links.Capacity * Stride, (long)Numbers * Stride);
        foreach (var (from, to) in ((Array, Array)[])[(_parents, clone._parents), (_children, clone._children), (_slots, clone._slots), (_below, clone._below)])
            Array.Copy(from, to, Math.Min(from.Length, Numbers));
        if (below is null) return clone;
        for (int node = Numbers - 1; node >= 0; node--)
        {
            if (clone.IsUsed(node)) clone._nodeOfSlot.Add(_slots[node], node);
            else clone._free.Push(node);
        }
        return clone;
    }

    /// <summary>The layer by the ids that are in the slots.</summary>
    internal IndexLayer Copy(ReadOnlySpan<long> idOfSlot)
    {
        int[] places = new int[Numbers];
        var nodes = new List<int>(Count);
        for (int node = 0; node < Numbers; node++)
        {
            if (!IsUsed(node)) continue;
            places[node] = nodes.Count;
            nodes.Add(node);
        }
        var ids = ImmutableArray.CreateBuilder<long>(nodes.Count);
        var edges = ImmutableArray.CreateBuilder<ImmutableArray<int>>(nodes.Count);
        foreach (int node in nodes)
        {
            ids.Add(idOfSlot[Slot(node)]);
            int[] to = Edges(node).ToArray();
            edges.Add([.. to.Select(other => places[other])]);
        }
        return new(ids.MoveToImmutable(), edges.MoveToImmutable(), Root < 0 ? 0 : places[Root]);
    }

    /// <summary>Nodes that a path leads to from the root.</summary>
    internal int CountReachable()
    {
        if (Root < 0) return 0;
        bool[] seen = new bool[Numbers];
        var open = new Stack<int>([Root]);
        seen[Root] = true;
        int count = 0;
        while (open.TryPop(out int node))
        {
            count++;
            foreach (int next in Edges(node))
                if (!seen[next])
                {
                    seen[next] = true;
                    open.Push(next);
                }
        }
        return count;
    }

    /// <summary>Puts edges in the places of others, and what are more at the end. What is both dropped and added stays as it is.</summary>
    internal void Exchange(int node, ReadOnlySpan<int> dropped, ReadOnlySpan<int> added)
    {
        int* links = Links(node);
        int count = Edges(node).Length, next = 0;
        foreach (int gone in dropped)
        {
            int place = new ReadOnlySpan<int>(links, count).IndexOf(gone);
            if (place < 0) continue;
            if (FindNext(added, dropped, ref next)) Put(node, place, added[next++]);
            else
            {
                Put(node, place, links[--count]);
                Put(node, count, -1);
            }
        }
        while (FindNext(added, dropped, ref next)) Put(node, count++, added[next++]);
    }

    /// <summary>Gives a node other edges, of which those that it has keep their places, so that what stands behind them stays right.</summary>
    void Merge(int node, ReadOnlySpan<int> edges)
    {
        int* links = Links(node);
        int count = Edges(node).Length, next = 0;
        for (int i = 0; i < count;)
        {
            if (edges.Contains(links[i])) i++;
            else if (FindNext(edges, new(links, count), ref next)) Put(node, i++, edges[next++]);
            else
            {
                Put(node, i, links[--count]);
                Put(node, count, -1);
            }
        }
        while (FindNext(edges, new(links, count), ref next)) Put(node, count++, edges[next++]);
    }

    /// <summary>Finds the next that is not among others.</summary>
    static bool FindNext(ReadOnlySpan<int> edges, ReadOnlySpan<int> others, ref int next)
    {
        while (next < edges.Length && others.Contains(edges[next])) next++;
        return next < edges.Length;
    }

    void Put(int node, int place, int to)
    {
        Volatile.Write(ref Links(node)[place], to);
        if (!IsFull) return;
        _isStale[node] = 1;
        StalePlaces(node)[place / 64] |= 1UL << place;
    }
}
