namespace Descent.Search;

/// <summary>
/// Builds a graph of lists that are full: for each node edges as in an MRNG among its nearest and those that it is among the
/// nearest of, then the nearest of the rest. Where edges are scanned 32 at once, those in the rest cost nothing.
/// </summary>
/// <remarks>Gou et al., "SymphonyQG", SIGMOD 2025, fill lists for the same reason.</remarks>
/// <param name="layer">Of all vectors, without edges yet.</param>
/// <param name="kernels">What measures.</param>
/// <param name="nearest">The graph of nearest neighbours.</param>
sealed class FillingUp(GraphLayer layer, GraphKernels kernels, NearestLists nearest)
{
    // So many candidates for each place; a vector may be among the nearest of any number.
    const int MostCandidates = 4;

    internal void Run(Course course)
    {
        var (starts, back) = Reverse();
        course.For(nearest.Count, i => Fill(i, back.AsSpan(starts[i]..starts[i + 1])));
    }

    /// <summary>The keys of those that each number is among the nearest of.</summary>
    (int[] Starts, ulong[] Keys) Reverse()
    {
        int[] starts = new int[nearest.Count + 1];
        for (int i = 0; i < nearest.Count; i++)
            foreach (ulong key in nearest.Known(i)) starts[NodeKey.Node(key) + 1]++;
        for (int i = 0; i < nearest.Count; i++) starts[i + 1] += starts[i];
        ulong[] keys = new ulong[starts[^1]];
        int[] next = starts[..^1];
        for (int i = 0; i < nearest.Count; i++)
            foreach (ulong key in nearest.Known(i)) keys[next[NodeKey.Node(key)]++] = NodeKey.Of(NodeKey.Distance(key), i);
        return (starts, keys);
    }

    void Fill(int i, ReadOnlySpan<ulong> back)
    {
        var own = nearest.Known(i);
        var keys = new ulong[own.Length + back.Length].AsSpan();
        for (int j = 0; j < own.Length; j++) keys[j] = OfSlot(own[j]);
        for (int j = 0; j < back.Length; j++) keys[own.Length + j] = OfSlot(back[j]);
        keys.Sort();
        int count = 0;
        foreach (ulong key in keys)
            if (count == 0 || NodeKey.Node(key) != NodeKey.Node(keys[count - 1])) keys[count++] = key;
        keys = keys[..Math.Min(count, MostCandidates * layer.Capacity)];
        Span<int> edges = stackalloc int[layer.Capacity];
        layer.Write(nearest.Slot(i), edges[..kernels.Choose(layer, nearest.Slot(i), keys, layer.Capacity, edges)]);
    }

    ulong OfSlot(ulong key) => NodeKey.Of(NodeKey.Distance(key), nearest.Slot(NodeKey.Node(key)));
}
