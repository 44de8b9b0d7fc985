namespace Descent.Search;

/// <summary>How an <see cref="HnswIndex"/> builds its graph.</summary>
public sealed record HnswOptions
{
    /// <summary>Edges that a vector chooses when it is added; it may come to have as many, and twice as many on the lowest layer.</summary>
    public int M { get; init => field = Check.Within(4, 512, value); } = 16;

    /// <summary>How many near vectors are kept in view while edges are looked for: more builds more slowly and a better graph.</summary>
    public int EfConstruction { get; init => field = Check.Within(1, 1 << 20, value); } = 200;

    /// <summary>By which codes of the vectors searches walk the graph; what they find is ranked again by the vectors.</summary>
    public VectorCode Code { get; init; }

    /// <summary>Decides which vectors are in the upper layers: the same seed, ids and vectors give the same graph.</summary>
    public ulong Seed { get; init; }
}
