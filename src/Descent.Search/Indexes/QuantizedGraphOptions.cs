namespace Descent.Search;

/// <summary>How a <see cref="QuantizedGraphIndex"/> builds its graph.</summary>
public sealed record QuantizedGraphOptions
{
    /// <summary>Edges that a vector may have, a multiple of 32: more find more for each vector visited, and take more memory.</summary>
    public int Degree
    {
        get;
        init => field = Check.Within(32, 1024, value) % 32 == 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(Degree), $"Degree is {value}; it must be a multiple of 32, as edges are scanned 32 at once.");
    } = 64;

    /// <summary>Neighbours of each vector in the graph of nearest neighbours from which edges are chosen.</summary>
    public int Neighbors { get; init => field = Check.Within(1, 1024, value); } = 32;

    /// <summary>How many near vectors are kept in view while edges are looked for of vectors added later: more adds more slowly and a better graph.</summary>
    public int EfConstruction { get; init => field = Check.Within(1, 1 << 20, value); } = 100;

    /// <summary>Decides what is drawn by lot: the same seed, ids and vectors give the same graph.</summary>
    public ulong Seed { get; init; }
}
