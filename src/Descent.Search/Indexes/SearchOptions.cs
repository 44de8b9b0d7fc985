namespace Descent.Search;

/// <summary>How one search goes.</summary>
public sealed record SearchOptions
{
    internal static SearchOptions Default { get; } = new();

    /// <summary>How many near vectors an approximate search keeps in view: more is slower and finds more. Raised to k where it is less.</summary>
    public int Ef { get; init => field = Check.AtLeast(1, value); } = 64;

    /// <summary>Which ids may be found; null for all. Called while the index is locked, so it must not use the index.</summary>
    public Predicate<long>? Filter { get; init; }
}
