using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Sorting, selecting by rank, and searching.</summary>
static class OrderCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
    };
}
