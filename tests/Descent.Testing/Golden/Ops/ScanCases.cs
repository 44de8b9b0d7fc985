using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Running sums, products and extremes, and differences.</summary>
static class ScanCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
    };
}
