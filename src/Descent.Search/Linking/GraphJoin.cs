namespace Descent.Search;

/// <summary>Nodes that join one layer together: each looks for its edges in the graph as it was and among the others, then edges are made back.</summary>
/// <remarks>What each does depends on no other's order, so that the graph is the same for any number of threads.</remarks>
/// <param name="layer">Holds the nodes already, without edges.</param>
/// <param name="kernels">What measures.</param>
/// <param name="nodes">Those that join.</param>
/// <param name="degree">Edges that each of them chooses.</param>
sealed unsafe class GraphJoin(GraphLayer layer, GraphKernels kernels, int[] nodes, int degree)
{
    // Nearest nodes that are considered as parent.
    const int Suitors = 8;

    // Edges that come to one node at once, but for hubs.
    const int Few = 64;

    readonly int[] _suitors = new int[nodes.Length * Suitors];
    int _spare;

    internal int[] Nodes => nodes;

    /// <summary>Chooses edges for one of the nodes from what its search left in the pool, and from the others that join.</summary>
    internal void Choose(int index, float* query, int ef, SearchScratch scratch)
    {
        kernels.Offer(layer, query, nodes.AsSpan(0, index), ef, scratch);
        kernels.Offer(layer, query, nodes.AsSpan(index + 1), ef, scratch);
        int node = nodes[index], count = 0;
        var suitors = _suitors.AsSpan(index * Suitors, Suitors);
        suitors.Fill(-1);
        foreach (ulong key in scratch.Found)
        {
            int candidate = NodeKey.Node(key), place = Array.BinarySearch(nodes, candidate);
            // A node that joins too may be the parent if it has its own already by then.
            if (place < 0 || place < index) suitors[count++] = candidate;
            if (count == Suitors) break;
        }
        var chosen = layer.LinkRow(node);
        chosen[kernels.Choose(layer, node, scratch.Found, degree, chosen)..].Fill(-1);
    }

    /// <summary>Finds a parent for each node, and makes the edges back.</summary>
    internal void Finish()
    {
        var edges = new List<ulong>(nodes.Length * (degree + 2));
        for (int i = 0; i < nodes.Length; i++)
        {
            int node = nodes[i];
            foreach (int to in layer.Edges(node)) edges.Add(Edge(to, node));
            if (layer.Root < 0) layer.Root = node;
            if (layer.Root == node) continue;
            int parent = FindParent(i);
            layer.SetParent(node, parent);
            edges.Add(Edge(parent, node));
            edges.Add(Edge(node, parent));
        }
        Connect(layer, kernels, edges);
    }

    /// <summary>Adds edges, and where a list is too long then, chooses among it.</summary>
    /// <param name="edges">As <see cref="Edge"/> makes them; equal ones count once.</param>
    internal static void Connect(GraphLayer layer, GraphKernels kernels, List<ulong> edges, Course? course = null)
    {
        edges.Sort();
        var starts = new List<int>();
        for (int i = 0; i < edges.Count; i++)
            if (i == 0 || edges[i] >> 32 != edges[i - 1] >> 32) starts.Add(i);
        starts.Add(edges.Count);
        (course ?? Course.None).For(starts.Count - 1, group =>
        {
            int from = (int)(edges[starts[group]] >> 32), count = 0, most = starts[group + 1] - starts[group];
            Span<int> added = most <= Few ? stackalloc int[most] : new int[most];
            var there = layer.Edges(from);
            for (int i = starts[group]; i < starts[group + 1]; i++)
                if ((int)(uint)edges[i] is var to && !there.Contains(to) && !added[..count].Contains(to)) added[count++] = to;
            added = added[..count];
            if (there.Length + count <= layer.Capacity) layer.Exchange(from, [], added);
            else if (count <= Few && layer.Entrances is { } entrances && !layer.IsStale(from)) PackedEdges.Squeeze(layer, kernels, entrances.Codec, from, added);
            else Rewrite(layer, kernels, from, [.. there, .. added]);
        });
    }

    /// <summary>Gives a node those of some edges that are chosen, as they are too many.</summary>
    static void Rewrite(GraphLayer layer, GraphKernels kernels, int from, ReadOnlySpan<int> edges)
    {
        ulong[] keys = new ulong[edges.Length];
        kernels.Sort(layer, from, edges, keys);
        Span<int> chosen = stackalloc int[layer.Capacity];
        layer.Write(from, chosen[..kernels.Choose(layer, from, keys, layer.Capacity, chosen)]);
    }

    internal static ulong Edge(int from, int to) => (ulong)(uint)from << 32 | (uint)to;

    int FindParent(int index)
    {
        foreach (int suitor in _suitors.AsSpan(index * Suitors, Suitors))
            if (suitor >= 0 && layer.Children(suitor) < layer.MostChildren) return suitor;
        // Where all near ones are taken, as among equal vectors, anyone of the tree does; its leaves have room.
        while (!layer.IsInTree(_spare) || layer.Children(_spare) == layer.MostChildren) _spare = (_spare + 1) % layer.Numbers;
        return _spare;
    }
}
