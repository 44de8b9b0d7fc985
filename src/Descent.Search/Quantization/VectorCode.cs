namespace Descent.Search;

/// <summary>Short codes of vectors that a search measures first; the nearest by code are ranked again by the vectors themselves.</summary>
public enum VectorCode
{
    /// <summary>No codes: vectors are measured.</summary>
    None,

    /// <summary>A byte for each element, in 256 steps of a scale of the vector's own.</summary>
    Int8,

    /// <summary>Four bits for each two elements: which of 16 centres of such pairs is nearest.</summary>
    /// <remarks>Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", 2011; 4 bits as in André, Kermarrec and Le Scouarnec, 2015.</remarks>
    Product2,

    /// <summary>Four bits for each four elements.</summary>
    Product4,

    /// <summary>One bit for each element of the vector turned at random: its sign.</summary>
    /// <remarks>Gao and Long, "RaBitQ", SIGMOD 2024; more bits as in Gao et al., "Practical and asymptotically optimal quantization", SIGMOD 2025.</remarks>
    RaBitQ1,

    /// <summary>Two bits for each element of the vector turned at random.</summary>
    RaBitQ2,

    /// <summary>Three bits for each element of the vector turned at random.</summary>
    RaBitQ3,

    /// <summary>Four bits for each element of the vector turned at random.</summary>
    RaBitQ4,

    /// <summary>Five bits for each element of the vector turned at random.</summary>
    RaBitQ5,

    /// <summary>Six bits for each element of the vector turned at random.</summary>
    RaBitQ6,

    /// <summary>Seven bits for each element of the vector turned at random.</summary>
    RaBitQ7,

    /// <summary>Eight bits for each element of the vector turned at random.</summary>
    RaBitQ8,
}
