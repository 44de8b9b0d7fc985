namespace Descent.Search;

/// <summary>A record that a search found.</summary>
/// <param name="Record">What was found; with its vector where that was asked for.</param>
/// <param name="Distance">From the query, by the collection's metric; smaller is nearer.</param>
/// <param name="Score">Larger is nearer: the cosine, the inner product, or for other metrics the distance with its sign changed.</param>
public sealed record CollectionHit<TKey>(CollectionRecord<TKey> Record, float Distance, float Score) where TKey : notnull
{
    /// <summary>The record's key.</summary>
    public TKey Key => Record.Key;
}
