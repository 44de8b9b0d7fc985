namespace Descent.Search;

/// <summary>How far apart two vectors are; smaller is nearer.</summary>
public enum VectorMetric
{
    /// <summary>Σ (a − b)², the squared Euclidean distance.</summary>
    SquaredEuclidean,

    /// <summary>−a·b.</summary>
    InnerProduct,

    /// <summary>1 − a·b / (‖a‖ ‖b‖); a vector of zeros is at distance 1 from all.</summary>
    Cosine,

    /// <summary>Bits that differ; for <see cref="VectorElement.Binary"/> alone.</summary>
    Hamming,
}

/// <summary>How an index stores the elements of its vectors.</summary>
public enum VectorElement
{
    /// <summary>As they come.</summary>
    Float32,

    /// <summary>Rounded to 11 significant bits.</summary>
    Float16,

    /// <summary>
    /// Rounded to 255 steps of the vector's own greatest magnitude; vectors of whole numbers from −127 to 127 are stored as they are.
    /// </summary>
    Int8,

    /// <summary>One bit: whether the element is greater than 0.</summary>
    Binary,
}
