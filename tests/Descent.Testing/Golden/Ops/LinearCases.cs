using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Products of matrices, and distances.</summary>
static class LinearCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["matmul"] = c => c["input"].MatMul(c["other"]),
        ["bmm"] = c => c["input"].Bmm(c["mat2"]),
    };
}
