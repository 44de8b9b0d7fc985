using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Reductions over all elements or over dimensions.</summary>
static class ReductionCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["sum"] = c => c.MaybeInts("dim") is { } dims ? c["input"].Sum(dims, c.Flag("keepdim")) : c["input"].Sum(),
        ["mean"] = c => c.MaybeInts("dim") is { } dims ? c["input"].Mean(dims, c.Flag("keepdim")) : c["input"].Mean(),
        ["prod"] = c => c.MaybeInt("dim") is { } dim ? c["input"].Prod(dim, c.Flag("keepdim")) : c["input"].Prod(),
        ["amax"] = c => c["input"].Amax(c.MaybeInts("dim") ?? [], c.Flag("keepdim")),
        ["amin"] = c => c["input"].Amin(c.MaybeInts("dim") ?? [], c.Flag("keepdim")),
        ["max"] = c => c.MaybeInt("dim") is { } dim ? c["input"].Max(dim, c.Flag("keepdim")) : c["input"].Max(),
        ["min"] = c => c.MaybeInt("dim") is { } dim ? c["input"].Min(dim, c.Flag("keepdim")) : c["input"].Min(),
        ["argmax"] = c => c["input"].Argmax(c.MaybeInt("dim"), c.Flag("keepdim")),
        ["argmin"] = c => c["input"].Argmin(c.MaybeInt("dim"), c.Flag("keepdim")),
        ["all"] = c => c["input"].All(c.MaybeInts("dim") ?? [], c.Flag("keepdim")),
        ["any"] = c => c["input"].Any(c.MaybeInts("dim") ?? [], c.Flag("keepdim")),
        ["count_nonzero"] = c => c["input"].CountNonzero(c.MaybeInts("dim") ?? []),
        ["var"] = c => c["input"].Var(c.MaybeInts("dim") ?? [], c.Double("correction", 1), c.Flag("keepdim")),
        ["std"] = c => c["input"].Std(c.MaybeInts("dim") ?? [], c.Double("correction", 1), c.Flag("keepdim")),
        ["norm"] = c => c["input"].Norm(c.Double("ord", 2), c.MaybeInts("dim") ?? [], c.Flag("keepdim")),
        ["normalize"] = c => F.Normalize(c["input"], c.Double("p", 2), c.Int("dim", 1), c.Double("eps", 1e-12)),
        ["logsumexp"] = c => c["input"].LogSumExp(c.MaybeInts("dim") ?? [], c.Flag("keepdim")),
        ["softmax"] = c => c["input"].Softmax(c.Int("dim")),
        ["log_softmax"] = c => c["input"].LogSoftmax(c.Int("dim")),
        ["trace"] = c => c["input"].Trace(),
    };
}
