namespace Descent.Search;

/// <summary>How a <see cref="VamanaIndex"/> builds its graph.</summary>
public sealed record VamanaOptions
{
    /// <summary>Edges that a vector may have.</summary>
    public int Degree { get; init => field = Check.Within(4, 1024, value); } = 48;

    /// <summary>How many near vectors are kept in view while edges are looked for: more builds more slowly and a better graph.</summary>
    public int EfConstruction { get; init => field = Check.Within(1, 1 << 20, value); } = 100;

    /// <summary>
    /// How many times as far from one chosen before as from the vector itself a candidate may be for there to be no edge to it, as
    /// Euclidean distances: 1 as in HNSW and NSG, more gives more edges and shorter paths. By inner products it is always 1.
    /// </summary>
    public float Alpha { get; init => field = Check.Within(1, 4, value); } = 1.2f;

    /// <summary>By which codes of the vectors searches walk the graph; what they find is ranked again by the vectors.</summary>
    public VectorCode Code { get; init; }

    /// <summary>Decides what is drawn by lot: the same seed, ids and vectors give the same graph.</summary>
    public ulong Seed { get; init; }
}
