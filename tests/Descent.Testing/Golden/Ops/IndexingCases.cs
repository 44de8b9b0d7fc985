using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Reading and writing at indices.</summary>
static class IndexingCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
    };
}
