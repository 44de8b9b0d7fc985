namespace Descent.Search;

/// <summary>How one search goes.</summary>
public sealed record SearchOptions
{
    internal static SearchOptions Default { get; } = new();

    /// <summary>
    /// How many near vectors an approximate search keeps in view: more is slower and finds more. Raised to k where it is less;
    /// null for the index's own <see cref="VectorIndex.DefaultEf"/>.
    /// </summary>
    public int? Ef { get; init => field = value is { } ef ? Check.AtLeast(1, ef) : null; }

    /// <summary>How many cells an <c>ivf</c> index looks through; null for the index's own default.</summary>
    public int? Probes { get; init => field = value is { } probes ? Check.AtLeast(1, probes) : null; }

    /// <summary>Which ids may be found; null for all. Called while the index is locked, so it must not use the index.</summary>
    public Predicate<long>? Filter { get; init; }
}
