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

    /// <summary>Which ids may be found; null for all. It is called while the search is under way, and may use the index.</summary>
    public Predicate<long>? Filter { get; init; }

    /// <summary>The ids that may be found, of which those are that pass <see cref="Filter"/> too; null for all.</summary>
    /// <remarks>A set tells how many it lets pass, so that a small one is measured as it is; a predicate is tried out first.</remarks>
    public IdSet? Among { get; init; }

    /// <summary>The same with one predicate for all that decides which ids may be found.</summary>
    internal SearchOptions Combined => Among is not { } among ? this
        : Filter is not { } filter ? this with { Filter = among.Contains }
        : this with { Filter = id => among.Contains(id) && filter(id), BesideAmong = filter };

    /// <summary>Of <see cref="Combined"/>: what an id of the set has to pass still.</summary>
    internal Predicate<long>? BesideAmong { get; private init; }
}
