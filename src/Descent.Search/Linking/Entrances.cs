using System.Runtime.CompilerServices;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>
/// Nodes where searches begin, as many as all can be estimated for each query: the edges of a node at the centre, as it were.
/// Half are drawn by lot, and half are each as far as can be from those before, so that clusters have one; more are where searches fail.
/// </summary>
sealed unsafe class Entrances
{
    // Nodes per √n, and how many are looked at for each that is taken.
    const int PerRoot = 4, Drawn = 4;

    const int Least = 32;

    readonly EdgeCodec _codec;
    readonly int[] _nodes;
    readonly byte[] _list;

    /// <param name="nodes">The entrances.</param>
    /// <param name="chosenFrom">Vectors that there were when they were chosen.</param>
    internal Entrances(EdgeCodec codec, VectorStore store, int[] nodes, int chosenFrom)
    {
        (_codec, _nodes, ChosenFrom) = (codec, nodes, chosenFrom);
        Capacity = (nodes.Length + FastScan.Codes - 1) / FastScan.Codes * FastScan.Codes;
        // Never moves.
        _list = GC.AllocateArray<byte>(EdgeCodec.ListBytes(store.Codec, Capacity), pinned: true);
        nodes.CopyTo(new Span<int>(List, Capacity));
        new Span<int>(List, Capacity)[nodes.Length..].Fill(-1);
        codec.Encode(store.Rows, -1, List, Capacity);
    }

    internal ReadOnlySpan<int> Nodes => _nodes;

    internal int ChosenFrom { get; }

    internal int Capacity { get; }

    internal long Bytes => _list.Length;

    /// <summary>As <see cref="EdgeCodec"/> writes it.</summary>
    internal int* List => (int*)Unsafe.AsPointer(ref _list[0]);

    internal EdgeCodec Codec => _codec;

    /// <param name="slots">Those of all vectors.</param>
    internal static Entrances Choose(EdgeCodec codec, VectorStore store, int[] slots, ulong seed)
    {
        int count = Math.Min(slots.Length, CountOf(slots.Length));
        int[] drawn = Draw(slots, Drawn * count, seed);
        return new(codec, store, count == drawn.Length ? drawn : Spread(store, drawn, count), slots.Length);
    }

    /// <summary>Some of all, by lot; fewer of them are the first of more.</summary>
    internal static int[] Draw(int[] slots, int count, ulong seed)
    {
        long[] order = new long[slots.Length];
        new Generator(seed).Permutation(order);
        return [.. order.AsSpan(0, Math.Min(slots.Length, count)).ToArray().Select(i => slots[i])];
    }

    /// <summary>The same and some others, as long as there are not twice as many as are chosen.</summary>
    internal Entrances With(VectorStore store, ReadOnlySpan<int> others)
    {
        int room = Math.Max(0, 2 * CountOf(ChosenFrom) - _nodes.Length);
        return new(_codec, store, [.. _nodes, .. others[..Math.Min(others.Length, room)]], ChosenFrom);
    }

    static int CountOf(int vectors) => Math.Max(Least, (int)(PerRoot * Math.Sqrt(vectors)));

    /// <summary>The same with others in the place of nodes that leave.</summary>
    /// <param name="substitute">Another node for one that leaves; −1 where there is none.</param>
    /// <returns>Null where none is left.</returns>
    internal Entrances? Without(VectorStore store, Func<int, bool> isLeaving, Func<int, int> substitute)
    {
        var kept = new HashSet<int>();
        foreach (int node in _nodes)
            if ((isLeaving(node) ? substitute(node) : node) is var other and >= 0) kept.Add(other);
        return kept.Count == 0 ? null : new(_codec, store, [.. kept], ChosenFrom);
    }

    /// <summary>The same and those of some new nodes that are drawn by lot, as many as there are more to be of more vectors.</summary>
    /// <returns>Null where none is drawn.</returns>
    internal Entrances? With(VectorStore store, ReadOnlySpan<int> slots, ulong seed)
    {
        // What 4 √n grows by with n.
        double share = Math.Min(1, PerRoot / (2 * Math.Sqrt(store.Count)));
        var drawn = new List<int>(_nodes);
        Span<double> uniform = stackalloc double[1];
        foreach (int slot in slots)
        {
            new Generator(seed, (ulong)store.Ids[slot]).Uniform(uniform);
            if (uniform[0] < share) drawn.Add(slot);
        }
        return drawn.Count == _nodes.Length ? null : new(_codec, store, [.. drawn], ChosenFrom);
    }

    static int[] Spread(VectorStore store, int[] drawn, int count)
    {
        int width = store.Codec.QueryFloats, chosen = count / 2;
        float[] vectors = GC.AllocateUninitializedArray<float>(drawn.Length * width, pinned: true), distances = new float[drawn.Length];
        float* start = (float*)Unsafe.AsPointer(ref vectors[0]);
        for (int i = 0; i < drawn.Length; i++) store.Codec.Decode(store.Rows.Row(drawn[i]), vectors.AsSpan(i * width, width));
        Array.Fill(distances, float.PositiveInfinity);
        WorkerPool.For(drawn.Length, i =>
        {
            for (int j = 0; j < chosen; j++) distances[i] = Math.Min(distances[i], Distance(start, i, j, width));
        });
        while (chosen < count)
        {
            int farthest = 0;
            for (int i = 1; i < distances.Length; i++)
                if (distances[i] > distances[farthest]) farthest = i;
            // Those taken have the distance 0 from themselves.
            (drawn[chosen], drawn[farthest]) = (drawn[farthest], drawn[chosen]);
            (distances[chosen], distances[farthest]) = (distances[farthest], distances[chosen]);
            float* a = start + (nint)chosen * width, b = start + (nint)farthest * width;
            for (int j = 0; j < width; j++) (a[j], b[j]) = (b[j], a[j]);
            for (int i = 0; i < distances.Length; i++) distances[i] = Math.Min(distances[i], Distance(start, i, chosen, width));
            chosen++;
        }
        return drawn[..count];
    }

    static float Distance(float* vectors, int i, int j, int width) =>
        DistanceKernels.Distance<float, SingleElements, SquaredEuclideanMeasure>(vectors + (nint)i * width, vectors + (nint)j * width, width);
}
