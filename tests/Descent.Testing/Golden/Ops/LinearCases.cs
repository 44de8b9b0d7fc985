using System.Text.Json;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Products of matrices, and distances.</summary>
static class LinearCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["matmul"] = c => c["input"].MatMul(c["other"]),
        ["bmm"] = c => c["input"].Bmm(c["mat2"]),
        ["addmm"] = c => c["input"].Addmm(c["mat1"], c["mat2"], c.MaybeNumber("beta") ?? 1, c.MaybeNumber("alpha") ?? 1),
        ["baddbmm"] = c => c["input"].Baddbmm(c["batch1"], c["batch2"], c.MaybeNumber("beta") ?? 1, c.MaybeNumber("alpha") ?? 1),
        ["outer"] = c => c["input"].Outer(c["vec2"]),
        ["tensordot"] = c => c.Arg("dims").ValueKind == JsonValueKind.Number ? c["input"].Tensordot(c["other"], c.Int("dims"))
            : c["input"].Tensordot(c["other"], Axes(c.Arg("dims")[0]), Axes(c.Arg("dims")[1])),
        ["einsum"] = c => Tensor.Einsum(c.Text("equation"), c.List("operands")),
        ["cdist"] = c => c["x1"].Cdist(c["x2"], c.Double("p", 2)),
        ["cosine_similarity"] = c => F.CosineSimilarity(c["x1"], c["x2"], c.Int("dim", 1), c.Double("eps", 1e-8)),
    };

    static int[] Axes(JsonElement list) => [.. list.EnumerateArray().Select(axis => axis.GetInt32())];
}
