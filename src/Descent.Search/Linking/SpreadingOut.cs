namespace Descent.Search;

/// <summary>Builds the navigating spreading-out graph of a layer whose nodes have no edges yet.</summary>
/// <param name="layer">Of all vectors.</param>
/// <param name="kernels">What measures.</param>
/// <param name="slots">The slots of all vectors, which are the layer's nodes.</param>
/// <param name="landmarks">Nodes all over the layer, those nearest to a node: where vectors fall into clusters, edges between these.</param>
/// <param name="ef">How many candidates are kept in view.</param>
sealed unsafe class SpreadingOut(GraphLayer layer, GraphKernels kernels, int[] slots, Func<int, int[]> landmarks, int ef)
{
    /// <summary>Chooses the edges of all nodes from what searches for them come by among nearest neighbours of nearest neighbours.</summary>
    internal void Choose(NearestLists nearest, Course course)
    {
        using var known = new GraphLayer(nearest.K);
        for (int i = 0; i < nearest.Count; i++) known.Write(known.Add(nearest.Slot(i)), nearest.Slots(i));
        course.For(slots.Length, i =>
        {
            var scratch = SearchScratch.Rent();
            kernels.Explore(known, kernels.AsQuery(slots[i], scratch), slots[i], ef + 1, scratch);
            ulong[] candidates = scratch.Found.ToArray();
            scratch.Return();
            ChooseAmong(slots[i], candidates);
        });
    }

    /// <summary>Chooses the edges of one node from its nearest, all of them.</summary>
    /// <param name="number">The number of the slot.</param>
    /// <param name="nearest">Keys of numbers, nearest first.</param>
    internal void Choose(int number, ReadOnlySpan<ulong> nearest)
    {
        ulong[] candidates = new ulong[nearest.Length];
        for (int i = 0; i < nearest.Length; i++) candidates[i] = NodeKey.Of(NodeKey.Distance(nearest[i]), slots[NodeKey.Node(nearest[i])]);
        ChooseAmong(slots[number], candidates);
    }

    /// <summary>Makes the nodes with the edges they have chosen one graph.</summary>
    /// <param name="root">The navigating node.</param>
    internal void Finish(int root, Course course)
    {
        var edges = new List<ulong>();
        foreach (int slot in slots)
            foreach (int to in layer.Edges(slot)) edges.Add(GraphJoin.Edge(to, slot));
        edges.Sort();
        course.Reach(0.3);
        GrowTree(root, edges);
        GraphJoin.Connect(layer, kernels, edges, course);
    }

    void ChooseAmong(int node, ulong[] near)
    {
        int[] far = landmarks(node);
        ulong[] candidates = new ulong[near.Length + far.Length];
        kernels.Sort(layer, node, far, candidates);
        near.CopyTo(candidates, far.Length);
        Array.Sort(candidates);
        int count = 0;
        foreach (ulong key in candidates)
            // What is both near and a landmark comes twice, one after the other.
            if (NodeKey.Node(key) != node && (count == 0 || NodeKey.Node(candidates[count - 1]) != NodeKey.Node(key))) candidates[count++] = key;
        var chosen = layer.LinkRow(node);
        chosen[kernels.Choose(layer, node, candidates.AsSpan(0, count), layer.Capacity, chosen)..].Fill(-1);
    }

    /// <summary>A tree from the root along edges, either way; what they do not reach gets an edge from the nearest of the tree.</summary>
    void GrowTree(int root, List<ulong> back)
    {
        int[] starts = Starts(back);
        var parents = new ParentSearch(layer, kernels, ef);
        layer.Root = root;
        var open = new Queue<int>([root]);
        for (int i = -1; i < slots.Length; i++)
        {
            if (i >= 0 && layer.IsInTree(slots[i])) continue;
            if (i >= 0) SetParent(slots[i], parents.Find(slots[i]));
            while (open.TryDequeue(out int node))
            {
                foreach (int to in layer.Edges(node)) Take(node, to);
                for (int e = starts[node]; e < starts[node + 1]; e++) Take(node, (int)(uint)back[e]);
            }
        }

        void Take(int parent, int node)
        {
            if (layer.IsInTree(node) || layer.Children(parent) == layer.MostChildren) return;
            SetParent(node, parent);
        }

        void SetParent(int node, int parent)
        {
            layer.SetParent(node, parent);
            back.Add(GraphJoin.Edge(parent, node));
            back.Add(GraphJoin.Edge(node, parent));
            open.Enqueue(node);
        }
    }

    /// <summary>Where the edges from each node begin in a sorted list.</summary>
    int[] Starts(List<ulong> edges)
    {
        int[] starts = new int[layer.Numbers + 1];
        foreach (ulong edge in edges) starts[(int)(edge >> 32) + 1]++;
        for (int i = 0; i < layer.Numbers; i++) starts[i + 1] += starts[i];
        return starts;
    }
}
