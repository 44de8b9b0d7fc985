namespace Descent.Search;

/// <summary>Which of the records that a filter leaves are wanted, and how.</summary>
public sealed record CollectionGetOptions
{
    internal static CollectionGetOptions Default { get; } = new();

    /// <summary>How many of the first are left out.</summary>
    public int Skip { get; init => field = Check.AtLeast(0, value); }

    /// <summary>By what they are in order, the first before the second; none for the order in which they were last written.</summary>
    public IReadOnlyList<PayloadOrder> OrderBy { get; init; } = [];

    /// <summary>Whether they come with their vectors.</summary>
    public bool IncludeVectors { get; init; }
}
