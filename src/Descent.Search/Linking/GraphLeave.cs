using System.Buffers;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>Takes nodes out of a layer: who had an edge to one of them gets edges among those that it led to.</summary>
sealed unsafe class GraphLeave
{
    // So few are looked for in a list one by one.
    const int Few = 4;

    // Lists that memory is asked for before their turn.
    const int Ahead = 8;

    readonly GraphLayer _layer;
    readonly GraphKernels _kernels;
    readonly HashSet<int> _leaving;
    readonly Dictionary<int, List<int>> _adopted = [];
    bool[] _isLeaving = [];

    internal GraphLeave(GraphLayer layer, GraphKernels kernels, IEnumerable<int> nodes) =>
        (_layer, _kernels, _leaving) = (layer, kernels, [.. nodes]);

    internal void Run()
    {
        foreach (int node in _leaving.Order()) MendTree(node);
        var edges = new List<ulong>();
        foreach (var (parent, children) in _adopted)
            foreach (int child in children)
            {
                if (_layer.Parent(child) != parent || _leaving.Contains(parent) || _leaving.Contains(child)) continue;
                edges.Add(GraphJoin.Edge(parent, child));
                edges.Add(GraphJoin.Edge(child, parent));
            }
        _isLeaving = ArrayPool<bool>.Shared.Rent(_layer.Numbers);
        Array.Clear(_isLeaving);
        foreach (int node in _leaving) _isLeaving[node] = true;
        MendLists();
        ArrayPool<bool>.Shared.Return(_isLeaving);
        GraphJoin.Connect(_layer, _kernels, edges);
        foreach (int node in _leaving) _layer.Drop(node);
    }

    /// <summary>One child takes the place of the node in the tree, the others go under it.</summary>
    void MendTree(int node)
    {
        int parent = _layer.Parent(node);
        List<int> children = Children(node);
        _layer.SetParent(node, -1);
        if (_layer.Root == node) _layer.Root = children.Count > 0 ? children[0] : -1;
        if (children.Count == 0) return;
        Adopt(parent, children[0]);
        var open = new Queue<int>([children[0]]);
        foreach (int child in children.Skip(1))
        {
            while (_layer.Children(open.Peek()) >= _layer.MostChildren)
                foreach (int next in Children(open.Dequeue())) open.Enqueue(next);
            Adopt(open.Peek(), child);
        }
    }

    void Adopt(int parent, int child)
    {
        _layer.SetParent(child, parent);
        if (parent < 0) return;
        if (!_adopted.TryGetValue(parent, out var children)) _adopted[parent] = children = [];
        children.Add(child);
    }

    /// <summary>Those its list leads to, and those it has only been given here.</summary>
    List<int> Children(int node)
    {
        var children = new List<int>();
        foreach (int to in _layer.Edges(node))
            if (_layer.Parent(to) == node) children.Add(to);
        if (_adopted.TryGetValue(node, out var adopted))
            foreach (int child in adopted)
                if (_layer.Parent(child) == node && !children.Contains(child)) children.Add(child);
        return children;
    }

    void MendLists()
    {
        const int block = 1024;
        int blocks = (_layer.Numbers + block - 1) / block;
        // What a list is to become is read from lists as they were.
        var mended = new List<(int Node, int[] Edges)>[blocks];
        WorkerPool.For(blocks, b =>
        {
            mended[b] = [];
            int end = Math.Min(_layer.Numbers, (b + 1) * block);
            for (int node = b * block; node < end; node++)
            {
                if (node + Ahead < end) DistanceKernels.Prefetch((byte*)_layer.Links(node + Ahead), _layer.Capacity * sizeof(int));
                if (!_layer.IsUsed(node) || _isLeaving[node] || !Leads(node)) continue;
                if (_layer.Entrances is { } entrances) MendPacked(entrances.Codec, node);
                else mended[b].Add((node, Mended(node)));
            }
        });
        foreach (var list in mended)
            foreach (var (node, edges) in list) _layer.Write(node, edges);
    }

    /// <summary>By the codes that lists have, in place: nobody else reads the list of a node that stays.</summary>
    void MendPacked(EdgeCodec codec, int node)
    {
        Span<int> dropped = stackalloc int[_layer.Capacity];
        int count = 0;
        foreach (int to in _layer.Edges(node))
            if (_isLeaving[to]) dropped[count++] = to;
        PackedEdges.Replace(_layer, _kernels, codec, node, dropped[..count], _isLeaving);
    }

    bool Leads(int node)
    {
        if (_leaving.Count > Few)
        {
            foreach (int to in _layer.Edges(node))
                if (_isLeaving[to]) return true;
            return false;
        }
        // No edge is among what stands behind the last.
        var row = _layer.LinkRow(node);
        foreach (int to in _leaving)
            if (row.Contains(to)) return true;
        return false;
    }

    int[] Mended(int node)
    {
        var candidates = new HashSet<int>();
        foreach (int to in _layer.Edges(node))
        {
            if (!_isLeaving[to]) candidates.Add(to);
            else
                foreach (int beyond in _layer.Edges(to))
                    if (beyond != node && !_isLeaving[beyond]) candidates.Add(beyond);
        }
        int[] nodes = [.. candidates];
        ulong[] keys = new ulong[nodes.Length];
        _kernels.Sort(_layer, node, nodes, keys);
        int[] chosen = new int[Math.Max(_layer.Capacity, nodes.Length)];
        return chosen[.._kernels.Choose(_layer, node, keys, _layer.Capacity, chosen)];
    }
}
