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
        if (!t.Has<bool>(0)) throw t.Unsupported("places have a counterpart where tensors of integers name them, not slices or masks");
        string?[] coordinates = [.. Enumerable.Range(2, t.Inputs - 2).Select(i => t.Add("Unsqueeze", [t.As(i, DType.Int64), t.Graph.Integers(-1)]))];
        if (Enumerable.Range(2, t.Inputs - 2).Any(i => t.In(i).Shape != t.In(2).Shape)) throw t.Unsupported("its tensors of indices have several shapes");
        string places = coordinates.Length == 1 ? coordinates[0]! : t.Add("Concat", coordinates, ("axis", -1L));
        string values = t.Add("Expand", [t.As(1, t.Out().DType), t.Add("Shape", [t.Add("GatherND", [t[0], places])])]);
        t.Give("ScatterND", [t[0], places, values], ("reduction", t.Attribute<bool>(0) ? "add" : "none"));
    }
}
