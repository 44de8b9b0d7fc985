namespace Descent.Search;

/// <summary>Finds a tree over a layer among edges that lead both ways, and makes those that lack.</summary>
/// <param name="layer">Has edges, and no tree yet.</param>
/// <param name="kernels">What measures.</param>
/// <param name="ef">How many near nodes are kept in view where one is looked for that the rest hangs on.</param>
sealed class SpanningTree(GraphLayer layer, GraphKernels kernels, int ef)
{
    readonly Queue<int> _open = [];
    readonly List<ulong> _missing = [];
    readonly ParentSearch _parents = new(layer, kernels, ef);

    /// <param name="nodes">Those of the layer.</param>
    internal void Grow(int root, ReadOnlySpan<int> nodes, Course course)
    {
        layer.Root = root;
        _open.Enqueue(root);
        Spread();
        for (int i = 0; i < nodes.Length; i++)
        {
            int node = nodes[i];
            if (layer.IsInTree(node)) continue;
            course.Reach((double)i / nodes.Length);
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
        int parent = _parents.Find(node);
        layer.SetParent(node, parent);
        _missing.Add(GraphJoin.Edge(parent, node));
        _missing.Add(GraphJoin.Edge(node, parent));
        _open.Enqueue(node);
    }
}
