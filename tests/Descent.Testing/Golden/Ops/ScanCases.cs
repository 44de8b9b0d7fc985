using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Running sums, products and extremes, and differences.</summary>
static class ScanCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["cumsum"] = c => c["input"].Cumsum(c.Int("dim")),
        ["cumprod"] = c => c["input"].Cumprod(c.Int("dim")),
        ["cummax"] = c => c["input"].Cummax(c.Int("dim")),
        ["logcumsumexp"] = c => c["input"].LogCumsumExp(c.Int("dim")),
        ["diff"] = c => c["input"].Diff(c.Int("n", 1), c.Int("dim", -1)),
    };
}
