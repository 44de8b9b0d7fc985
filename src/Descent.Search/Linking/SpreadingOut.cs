using Descent.Tensors;

namespace Descent.Search;

/// <summary>Builds the navigating spreading-out graph of a layer whose nodes have no edges yet.</summary>
/// <param name="layer">Of all vectors.</param>
/// <param name="kernels">What measures.</param>
/// <param name="nearest">The graph of nearest neighbours.</param>
/// <param name="landmarks">Nodes all over the layer, those nearest to a node: where vectors fall into clusters, edges between these.</param>
/// <param name="ef">How many candidates are kept in view.</param>
sealed unsafe class SpreadingOut(GraphLayer layer, GraphKernels kernels, NearestLists nearest, Func<int, int[]> landmarks, int ef)
{
    /// <param name="root">The navigating node.</param>
    internal void Run(int root)
    {
        using (var known = new GraphLayer(nearest.K))
        {
            for (int i = 0; i < nearest.Count; i++) known.Write(known.Add(nearest.Slot(i)), nearest.Slots(i));
            WorkerPool.For(nearest.Count, i => Choose(known, nearest.Slot(i)));
        }
        var edges = new List<ulong>();
        for (int i = 0; i < nearest.Count; i++)
            foreach (int to in layer.Edges(nearest.Slot(i))) edges.Add(GraphJoin.Edge(to, nearest.Slot(i)));
        edges.Sort();
        GrowTree(root, edges);
        GraphJoin.Connect(layer, kernels, edges);
    }

    /// <summary>The edges of a node, from what a search for it comes by among nearest neighbours of nearest neighbours, and from landmarks.</summary>
    void Choose(GraphLayer known, int node)
    {
        int[] far = landmarks(node);
        var scratch = SearchScratch.Rent();
        float* query = kernels.AsQuery(node, scratch);
        kernels.Explore(known, query, node, ef + 1, scratch);
        kernels.Offer(layer, query, far, ef + 1 + far.Length, scratch);
        ulong[] candidates = new ulong[scratch.Count];
        int count = 0;
        foreach (ulong key in scratch.Found)
            if (NodeKey.Node(key) != node) candidates[count++] = key;
        var chosen = layer.LinkRow(node);
        chosen[kernels.Choose(layer, node, candidates.AsSpan(0, count), layer.Capacity, chosen)..].Fill(-1);
        scratch.Return();
    }

    /// <summary>A tree from the root along edges, either way; what they do not reach gets an edge from the nearest of the tree.</summary>
    void GrowTree(int root, List<ulong> back)
    {
        int[] starts = Starts(back);
        int spare = 0;
        layer.Root = root;
        var open = new Queue<int>([root]);
        for (int i = -1; i < nearest.Count; i++)
        {
            if (i >= 0 && layer.IsInTree(nearest.Slot(i))) continue;
            if (i >= 0) Attach(nearest.Slot(i));
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

        void Attach(int node)
        {
            var scratch = SearchScratch.Rent();
            kernels.Explore(layer, kernels.AsQuery(node, scratch), root, ef, scratch);
            int parent = -1;
            foreach (ulong key in scratch.Found)
                if (NodeKey.Node(key) is var near && layer.IsInTree(near) && layer.Children(near) < layer.MostChildren)
                {
                    parent = near;
                    break;
                }
            scratch.Return();
            while (parent < 0)
            {
                if (layer.IsInTree(spare) && layer.Children(spare) < layer.MostChildren) parent = spare;
                else spare = (spare + 1) % layer.Numbers;
            }
            SetParent(node, parent);
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
