namespace Descent.Search;

/// <summary>How one search of a collection goes.</summary>
public sealed record CollectionSearchOptions
{
    internal static CollectionSearchOptions Default { get; } = new();

    /// <summary>What must hold for the payloads; null for no condition.</summary>
    public PayloadFilter? Filter { get; init; }

    /// <summary>How many near vectors an approximate search keeps in view: more is slower and finds more. Raised to k where it is less.</summary>
    public int Ef { get; init => field = Check.AtLeast(1, value); } = 64;

    /// <summary>How many of the nearest are left out, as for a second page.</summary>
    public int Skip { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The least <see cref="CollectionHit{TKey}.Score"/> of what is found; null for any.</summary>
    public float? ScoreThreshold { get; init; }

    /// <summary>Whether what is found comes with its vector.</summary>
    public bool IncludeVectors { get; init; }
}
