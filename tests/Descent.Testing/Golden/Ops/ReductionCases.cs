using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Reductions over all elements or over dimensions.</summary>
static class ReductionCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["sum"] = c => c.MaybeInts("dim") is { } dims ? c["input"].Sum(dims, c.Flag("keepdim")) : c["input"].Sum(),
        ["mean"] = c => c.MaybeInts("dim") is { } dims ? c["input"].Mean(dims, c.Flag("keepdim")) : c["input"].Mean(),
        ["softmax"] = c => c["input"].Softmax(c.Int("dim")),
        ["log_softmax"] = c => c["input"].LogSoftmax(c.Int("dim")),
        ["trace"] = c => c["input"].Trace(),
    };
}
