using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Expressions in which tensors are used more than once, or through views.</summary>
static class GraphCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["graph_reuse"] = c => (c["x"] * c["y"] + c["x"].Exp()) * c["x"].Sum(0) / (1 + c["y"] * c["y"]),
        ["graph_views"] = c => c["x"].Reshape(2, -1).T.MatMul(c["x"].Reshape(2, -1)).Softmax(-1).Diagonal(),
    };
}
