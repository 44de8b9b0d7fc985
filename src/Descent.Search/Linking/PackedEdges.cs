namespace Descent.Search;

/// <summary>
/// Exchanges edges in lists that have codes, where the codes tell nearly how long edges are: what would be measured to choose among
/// all again is most of the work of a change.
/// </summary>
static unsafe class PackedEdges
{
    // The farthest edges that are looked at, and the nearest that may make them needless.
    const int Looked = 16, Guides = 12;

    /// <summary>Puts edges into a list where there is no room for all: of the farthest those go first for which a near one leads nearer.</summary>
    /// <param name="codec">By which the codes of the list were made, of all its edges.</param>
    /// <param name="added">Not in the list yet.</param>
    internal static void Squeeze(GraphLayer layer, GraphKernels kernels, EdgeCodec codec, int from, ReadOnlySpan<int> added)
    {
        var edges = layer.Edges(from);
        Span<ulong> keys = stackalloc ulong[edges.Length + added.Length];
        Estimate(layer, kernels, codec, from, from, keys);
        kernels.Sort(layer, from, added, keys[edges.Length..]);
        keys.Sort();
        int surplus = keys.Length - layer.Capacity;
        Span<int> guides = stackalloc int[Math.Min(Guides, keys.Length)];
        for (int i = 0; i < guides.Length; i++) guides[i] = NodeKey.Node(keys[i]);
        Span<int> dropped = stackalloc int[surplus];
        int count = 0;
        for (int i = keys.Length - 1; i >= guides.Length && i >= keys.Length - Looked - surplus && count < surplus; i--)
            if (NodeKey.Node(keys[i]) is var node && !layer.IsTree(from, node) && kernels.LeadsNearer(layer, from, node, guides)) dropped[count++] = node;
        for (int i = keys.Length - 1; count < surplus; i--)
            if (NodeKey.Node(keys[i]) is var node && !layer.IsTree(from, node) && !dropped[..count].Contains(node)) dropped[count++] = node;
        layer.Exchange(from, dropped, added);
    }

    /// <summary>Leaves edges out of a list, and for each puts in one that it led on to, the one that seems nearest.</summary>
    /// <param name="codec">By which the codes of all lists were made.</param>
    internal static void Replace(GraphLayer layer, GraphKernels kernels, EdgeCodec codec, int from, ReadOnlySpan<int> dropped, bool[] isLeaving)
    {
        Span<int> added = stackalloc int[dropped.Length];
        Span<ulong> keys = stackalloc ulong[layer.Capacity];
        int count = 0;
        foreach (int node in dropped)
        {
            var beyond = keys[..layer.Edges(node).Length];
            Estimate(layer, kernels, codec, from, node, beyond);
            ulong least = ulong.MaxValue;
            foreach (ulong key in beyond)
                if (key < least && NodeKey.Node(key) is var to && to != from && !isLeaving[to] && !layer.Edges(from).Contains(to) && !added[..count].Contains(to)) least = key;
            if (least != ulong.MaxValue) added[count++] = NodeKey.Node(least);
        }
        layer.Exchange(from, dropped, added[..count]);
    }

    /// <summary>Keys of the nodes that the list of one leads to by their distances from another, as the codes tell them.</summary>
    static void Estimate(GraphLayer layer, GraphKernels kernels, EdgeCodec codec, int from, int of, Span<ulong> keys)
    {
        var scratch = SearchScratch.Rent();
        kernels.Sort(layer, from, [of], keys);
        var scan = codec.Prepare(kernels.AsQuery(from, scratch), scratch);
        float* estimates = scratch.Bounds(layer.Capacity);
        scan.Estimate(layer.Links(of), layer.Capacity, NodeKey.Distance(keys[0]), estimates);
        var edges = layer.Edges(of);
        for (int i = 0; i < edges.Length; i++) keys[i] = NodeKey.Of(estimates[i], edges[i]);
        scratch.Return();
    }
}
