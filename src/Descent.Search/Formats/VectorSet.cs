using Descent.Tensors;

namespace Descent.Search;

/// <summary>Vectors and what they go by.</summary>
/// <param name="Vectors"><c>(vectors, dimension)</c>, Float32.</param>
/// <param name="Ids">One for each, no two equal; null where the file has none.</param>
public sealed record VectorSet(Tensor Vectors, long[]? Ids)
{
    /// <summary>How many there are.</summary>
    public int Count => Vectors.Shape[0];

    /// <summary>Elements of each.</summary>
    public int Dimension => Vectors.Shape[1];
}
