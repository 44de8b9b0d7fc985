using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Pooling and its reverse.</summary>
static class PoolingCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["MaxPool2d"] = c => Indexed(F.MaxPool2dWithIndices(c["input"], c.Pair("kernel_size"), Stride2(c), c.Pair("padding"), c.Pair("dilation"), c.Flag("ceil_mode"))),
    };

    static Pair? Stride2(GoldenCall c) => c.Has("stride") ? c.Pair("stride") : null;

    static GoldenOutputs Indexed((Tensor Values, Tensor Indices) pooled) => new() { ["output"] = pooled.Values, ["indices"] = pooled.Indices };
}
