using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Reading and writing at indices.</summary>
static class IndexingCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["gather"] = c => c["input"].Gather(c.Int("dim"), c["index"]),
        ["take"] = c => c["input"].Take(c["index"]),
        ["take_along_dim"] = c => c["input"].TakeAlongDim(c["index"], c.Int("dim")),
        ["index_select"] = c => c["input"].IndexSelect(c.Int("dim"), c["index"]),
        ["index_add"] = c => c["input"].IndexAdd(c.Int("dim"), c["index"], c["source"], c.MaybeNumber("alpha") ?? 1),
        ["index_copy"] = c => c["input"].IndexCopy(c.Int("dim"), c["index"], c["source"]),
        ["index_fill"] = c => c["input"].IndexFill(c.Int("dim"), c["index"], c.Number("value")),
        ["scatter"] = c => c["input"].Scatter(c.Int("dim"), c["index"], c["src"]),
        ["scatter_value"] = c => c["input"].Scatter(c.Int("dim"), c["index"], c.Number("value")),
        ["scatter_add"] = c => c["input"].ScatterAdd(c.Int("dim"), c["index"], c["src"]),
        ["nonzero"] = c => c["input"].Nonzero(),
        ["index"] = c => c["input"][Indices(c)],
        ["index_put"] = c => c["input"].IndexPut(Indices(c), c["values"], c.Flag("accumulate")),
        ["scatter_reduce"] = c => c["input"].ScatterReduce(c.Int("dim"), c["index"], c["src"], Enum.Parse<ScatterReduction>(c.Text("reduce"), ignoreCase: true), !c.Has("include_self") || c.Flag("include_self")),
    };

    static TensorIndex[] Indices(GoldenCall c) => Array.ConvertAll(c.List("index"), index => (TensorIndex)index);
}
