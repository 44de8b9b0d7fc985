namespace Descent.Search;

/// <summary>How one search of a collection goes.</summary>
public sealed record CollectionSearchOptions
{
    internal static CollectionSearchOptions Default { get; } = new();

    /// <summary>What must hold for the payloads; null for no condition.</summary>
    public PayloadFilter? Filter { get; init; }

    /// <summary>How many near vectors an approximate search keeps in view: more is slower and finds more. Raised to k where it is less.</summary>
    public int Ef { get; init => field = Check.AtLeast(1, value); } = 64;

    /// <summary>Whether what is found comes with its vector.</summary>
    public bool IncludeVectors { get; init; }
}
