using Descent.Tensors;

namespace Descent.NN;

/// <summary>Other shapes, orders and parts of the same elements, and several tensors as one.</summary>
static class ShapeTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["Reshape"] = t => t.Give("Reshape", [t[0], t.ResultShape(free: true)]),
        ["View"] = t => t.Give("Reshape", [t[0], t.ResultShape(free: true)]),
        ["Expand"] = t => t.Give("Expand", [t[0], t.ResultShape(free: false)]),
        ["Permute"] = t => t.Give("Transpose", [t[0]], ("perm", Longs(t.Attribute<int[]>(0)))),
        ["Transpose"] = Transpose,
        ["Slice"] = Slice,
        ["Select"] = t => t.Give("Gather", [t[0], t.Graph.Scalar((long)t.Attribute<int>(2), DType.Int64)], ("axis", (long)t.Attribute<int>(1))),
        ["Split"] = Split,
        ["Chunk"] = Split,
        ["Unbind"] = Unbind,
        ["Cat"] = t => t.Give("Concat", [.. Enumerable.Range(0, t.Inputs).Select(i => t.As(i, t.Out().DType))], ("axis", (long)t.Attribute<int>(1))),
        ["IndexSelect"] = t => t.Give("Gather", [t[0], t[1]], ("axis", (long)t.Attribute<int>(0))),
        ["Gather"] = t => t.Give("GatherElements", [t[0], t[1]], ("axis", (long)t.Attribute<int>(0))),
        ["Pad"] = Pad,
        ["Flip"] = Flip,
        ["Tril"] = t => t.Give("Trilu", [t[0], t.Graph.Scalar((long)t.Attribute<int>(0), DType.Int64)], ("upper", 0L)),
        ["Triu"] = t => t.Give("Trilu", [t[0], t.Graph.Scalar((long)t.Attribute<int>(0), DType.Int64)], ("upper", 1L)),
    };

    internal static long[] Longs(int[] values) => Array.ConvertAll(values, v => (long)v);

    static void Transpose(Translation t)
    {
        long[] order = [.. Enumerable.Range(0, t.In(0).Rank).Select(d => (long)d)];
        var (a, b) = (t.Attribute<int>(0), t.Attribute<int>(1));
        (order[a], order[b]) = (b, a);
        t.Give("Transpose", [t[0]], ("perm", order));
    }

    static void Slice(Translation t)
    {
        int dim = t.Attribute<int>(1), start = t.Attribute<int>(2), step = t.Attribute<int>(3), count = t.Out().Shape[dim];
        long end = start + (long)step * count;
        if (t.Varies(dim))
        {
            // Only a part that runs to the end can be longer for a larger batch.
            if (step < 0 || end < t.In(0).Shape[dim]) throw t.Unsupported("its bounds follow the batch");
            end = long.MaxValue;
        }
        if (step < 0 && end < 0) end = long.MinValue;
        t.Give("Slice", [t[0], t.Graph.Integers(start), t.Graph.Integers(end), t.Graph.Integers(dim), t.Graph.Integers(step)]);
    }

    static void Split(Translation t)
    {
        int[] sizes = t.Attribute<int[]>(1);
        string[] pieces = t.Graph.Add("Split", [t[0], t.Graph.Integers(Longs(sizes))], sizes.Length, ("axis", (long)t.Attribute<int>(3)));
        for (int i = 0; i < pieces.Length; i++) t.Give(pieces[i], i);
    }

    static void Unbind(Translation t)
    {
        for (int i = 0; i < t.Operation.Outputs.Count; i++)
            t.Give(t.Add("Gather", [t[0], t.Graph.Scalar((long)i, DType.Int64)], ("axis", (long)t.Attribute<int>(2))), i);
    }

    static void Pad(Translation t)
    {
        int[] before = t.Attribute<int[]>(0);
        var (x, y) = (t.In(0).Shape, t.Out().Shape);
        long[] pads = [.. before.Select(n => (long)n), .. before.Select((n, d) => (long)y[d] - x[d] - n)];
        t.Give("Pad", [t[0], t.Graph.Integers(pads), t.Number(t.Attribute<Scalar>(2))], ("mode", "constant"));
    }

    static void Flip(Translation t)
    {
        int[] axes = t.Attribute<int[]>(0);
        long[] Each(long value) => [.. axes.Select(_ => value)];
        t.Give("Slice", [t[0], t.Graph.Integers(Each(-1)), t.Graph.Integers(Each(long.MinValue)), t.Graph.Integers(Longs(axes)), t.Graph.Integers(Each(-1))]);
    }
}
