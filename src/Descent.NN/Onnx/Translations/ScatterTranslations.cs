using Descent.Tensors;

namespace Descent.NN;

/// <summary>Values put or added at indices.</summary>
static class ScatterTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["Scatter"] = t => t.Give("ScatterElements", [t[0], t[1], t[2]], ("axis", (long)t.Attribute<int>(0))),
        ["ScatterAdd"] = t => t.Give("ScatterElements", [t[0], t[1], t[2]], ("axis", (long)t.Attribute<int>(0)), ("reduction", "add")),
        ["IndexCopy"] = t => Rows(t, "none"),
        ["IndexAdd"] = t => Rows(t, "add"),
        ["IndexPut"] = Put,
    };

    /// <summary>Whole entries along a dimension, which goes to the front for it.</summary>
    static void Rows(Translation t, string reduction)
    {
        int dim = t.Attribute<int>(0);
        long[] order = [.. Enumerable.Range(0, t.In(0).Rank).Select(d => (long)d)];
        (order[0], order[dim]) = (order[dim], order[0]);
        string source = t.In(2).Rank < t.In(0).Rank ? t.Add("Unsqueeze", [t[2], t.Graph.Integers(dim)]) : t[2];
        t.Give(Turned(t.Add("ScatterND", [Turned(t[0]), t.Add("Reshape", [t[1], t.Graph.Integers(-1, 1)]), Turned(source)], ("reduction", reduction))));

        string Turned(string x) => dim == 0 ? x : t.Add("Transpose", [x], ("perm", order));
    }

    /// <summary>Values, broadcast, at places that tensors of indices name for the first dimensions.</summary>
    static void Put(Translation t)
    {
        if (!t.Has<bool>(0)) throw t.Unsupported("masks, and tensors of indices beside slices, have no counterpart");
        if (t.Has<bool[]>(1))
        {
            Assign(t);
            return;
        }
        string?[] coordinates = [.. Enumerable.Range(2, t.Inputs - 2).Select(i => t.Add("Unsqueeze", [t.As(i, DType.Int64), t.Graph.Integers(-1)]))];
        if (Enumerable.Range(2, t.Inputs - 2).Any(i => t.In(i).Shape != t.In(2).Shape)) throw t.Unsupported("its tensors of indices have several shapes");
        string places = coordinates.Length == 1 ? coordinates[0]! : t.Add("Concat", coordinates, ("axis", -1L));
        string values = t.Add("Expand", [t.As(1, t.Out().DType), t.Add("Shape", [t.Add("GatherND", [t[0], places])])]);
        t.Give("ScatterND", [t[0], places, values], ("reduction", t.Attribute<bool>(0) ? "add" : "none"));
    }

    /// <summary>Values, broadcast, in slices: each is gathered to all places that could be its own, and a mask chooses.</summary>
    static void Assign(Translation t)
    {
        var (x, given) = (t.In(0).Shape, t.In(1).Shape);
        bool[] dropped = t.Attribute<bool[]>(1);
        int[] kept = [.. Enumerable.Range(0, x.Rank).Where(d => !dropped[d])];
        if (given.Rank > kept.Length) throw t.Unsupported("its values have more dimensions than the part");
        int[] own = kept[^given.Rank..];
        long[] added = [.. Enumerable.Range(0, x.Rank).Except(own).Select(d => (long)d)];
        string values = t.As(1, t.Out().DType);
        if (added.Length > 0) values = t.Add("Unsqueeze", [values, t.Graph.Integers(added)]);
        var mask = Tensor.Full([], true, DType.Bool);
        for (int dim = 0; dim < x.Rank; dim++)
        {
            int[] at = t.Attribute<int[]>(2 + dim);
            if (at is [-1]) continue;
            if (at.Length == 0) throw t.Unsupported("the part is empty");
            long[] source = [.. Enumerable.Range(0, x[dim]).Select(i => (long)Math.Max(0, Array.IndexOf(at, i)))];
            int[] along = [.. Enumerable.Repeat(1, dim), -1, .. Enumerable.Repeat(1, x.Rank - 1 - dim)];
            mask = mask.LogicalAnd(Tensor.From<bool>([.. Enumerable.Range(0, x[dim]).Select(i => at.Contains(i))]).Reshape(along));
            if (Array.IndexOf(own, dim) is >= 0 and var i && given[i] != 1) values = t.Add("Gather", [values, t.Graph.Integers(source)], ("axis", (long)dim));
        }
        bool adds = t.Attribute<bool>(0);
        string put = t.Add("Where", [t.Graph.Constant(mask), values, adds ? t.Number(0.0) : t[0]]);
        t.Give(adds ? t.Add("Add", [t[0], put]) : put);
    }
}
