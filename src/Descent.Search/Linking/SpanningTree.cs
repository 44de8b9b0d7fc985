namespace Descent.Search;

/// <summary>Finds a tree over a layer among edges that lead both ways, and makes those that lack.</summary>
/// <param name="layer">Has edges, and no tree yet.</param>
/// <param name="kernels">What measures.</param>
/// <param name="ef">How many near nodes are kept in view where one is looked for that the rest hangs on.</param>
sealed unsafe class SpanningTree(GraphLayer layer, GraphKernels kernels, int ef)
{
    readonly Queue<int> _open = [];
    readonly List<ulong> _missing = [];
    int _spare;

    /// <param name="nodes">Those of the layer.</param>
    internal void Grow(int root, ReadOnlySpan<int> nodes)
    {
        layer.Root = root;
        _open.Enqueue(root);
        Spread();
        foreach (int node in nodes)
        {
            if (layer.IsInTree(node)) continue;
            Attach(node);
            Spread();
        }
        GraphJoin.Connect(layer, kernels, _missing);
    }

    void Spread()
    {
        while (_open.TryDequeue(out int node))
            foreach (int to in layer.Edges(node))
            {
                if (layer.Children(node) == layer.MostChildren) break;
                if (layer.IsInTree(to) || !layer.Edges(to).Contains(node)) continue;
                layer.SetParent(to, node);
                _open.Enqueue(to);
            }
    }

    void Attach(int node)
    {
        int parent = FindParent(node);
        layer.SetParent(node, parent);
        _missing.Add(GraphJoin.Edge(parent, node));
        _missing.Add(GraphJoin.Edge(node, parent));
        _open.Enqueue(node);
    }

    int FindParent(int node)
    {
        var scratch = SearchScratch.Rent();
        kernels.Explore(layer, kernels.AsQuery(node, scratch), layer.Root, ef, scratch);
        int parent = -1;
        foreach (ulong key in scratch.Found)
            if (NodeKey.Node(key) is var near && HasRoom(near))
            {
                parent = near;
                break;
            }
        scratch.Return();
        // Where all near ones are taken, any of the tree does; its leaves have room.
        while (parent < 0)
        {
            if (HasRoom(_spare)) parent = _spare;
            else _spare = (_spare + 1) % layer.Numbers;
        }
        return parent;
    }

    bool HasRoom(int node) => layer.IsInTree(node) && layer.Children(node) < layer.MostChildren;
}
