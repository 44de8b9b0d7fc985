using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Products of matrices, and distances.</summary>
static class LinearCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["matmul"] = c => c["input"].MatMul(c["other"]),
        ["bmm"] = c => c["input"].Bmm(c["mat2"]),
        ["addmm"] = c => c["input"].Addmm(c["mat1"], c["mat2"], c.Number("beta"), c.Number("alpha")),
        ["baddbmm"] = c => c["input"].Baddbmm(c["batch1"], c["batch2"], c.Number("beta"), c.Number("alpha")),
        ["outer"] = c => c["input"].Outer(c["vec2"]),
        ["tensordot"] = c => c["input"].Tensordot(c["other"], c.Int("dims")),
        ["einsum"] = c => Tensor.Einsum(c.Text("equation"), c.List("operands")),
        ["cdist"] = c => c["x1"].Cdist(c["x2"], c.Double("p")),
        ["cosine_similarity"] = c => F.CosineSimilarity(c["x1"], c["x2"], c.Int("dim"), c.Double("eps")),
    };
}
