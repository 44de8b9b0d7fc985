namespace Descent.Search;

/// <summary>How an <see cref="NsgIndex"/> builds its graph.</summary>
public sealed record NsgOptions
{
    /// <summary>Edges that a vector may have.</summary>
    public int Degree { get; init => field = Check.Within(4, 1024, value); } = 64;

    /// <summary>Neighbours of each vector in the approximate graph of nearest neighbours on which candidates are searched for, where exact ones would take longer.</summary>
    public int Neighbors { get; init => field = Check.Within(1, 1024, value); } = 48;

    /// <summary>How many near vectors are candidates for edges: more builds more slowly and a better graph.</summary>
    public int EfConstruction { get; init => field = Check.Within(1, 1 << 20, value); } = 150;

    /// <summary>By which codes of the vectors searches walk the graph; what they find is ranked again by the vectors.</summary>
    public VectorCode Code { get; init; }

    /// <summary>Decides what is drawn by lot: the same seed, ids and vectors give the same graph.</summary>
    public ulong Seed { get; init; }
}
