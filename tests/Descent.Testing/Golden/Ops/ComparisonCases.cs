using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Comparisons, logic, classification and selection by masks.</summary>
static class ComparisonCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
    };
}
