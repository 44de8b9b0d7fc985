using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Sorting, selecting by rank, and searching.</summary>
static class OrderCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["sort"] = c => c["input"].Sort(c.Int("dim", -1), c.Flag("descending")),
        ["argsort"] = c => c["input"].Argsort(c.Int("dim", -1), c.Flag("descending")),
        ["topk"] = c => c["input"].Topk(c.Int("k"), c.Int("dim", -1), !c.Has("largest") || c.Flag("largest")),
        ["kthvalue"] = c => c["input"].Kthvalue(c.Int("k"), c.Int("dim", -1), c.Flag("keepdim")),
        ["median"] = c => c["input"].Median(c.Int("dim"), c.Flag("keepdim")),
        ["unique"] = c => c["input"].Unique(),
        ["searchsorted"] = c => c["sorted_sequence"].Searchsorted(c["values"], c.Flag("right")),
        ["bincount"] = c => c["input"].Bincount(null, c.Int("minlength", 0)),
        ["histc"] = c => c["input"].Histc(c.Int("bins", 100), c.Double("min", 0), c.Double("max", 0)),
    };
}
