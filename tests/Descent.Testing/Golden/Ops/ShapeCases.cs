using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Views and other arrangements of the same elements.</summary>
static class ShapeCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["reshape"] = c => c["input"].Reshape(c.Ints("shape")),
        ["transpose"] = c => c["input"].Transpose(c.Int("dim0"), c.Int("dim1")),
        ["expand"] = c => c["input"].Expand(c.Ints("sizes")),
    };
}
