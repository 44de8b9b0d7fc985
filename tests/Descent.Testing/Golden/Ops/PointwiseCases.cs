using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Functions of one number.</summary>
static class PointwiseCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
    };
}
