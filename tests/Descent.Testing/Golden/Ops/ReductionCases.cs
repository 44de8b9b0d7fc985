using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Reductions over all elements or over dimensions.</summary>
static class ReductionCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
    };
}
