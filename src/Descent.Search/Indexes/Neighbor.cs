namespace Descent.Search;

/// <summary>A vector that a search found, and how far it is from the query.</summary>
/// <remarks>Ordered by distance, equally near ones by id; a distance that is not a number counts as the farthest.</remarks>
public readonly record struct Neighbor(long Id, float Distance) : IComparable<Neighbor>
{
    /// <summary>What stands in a batch's results where fewer were found than asked for: id −1 at an infinite distance.</summary>
    public static Neighbor None => new(-1, float.PositiveInfinity);

    /// <inheritdoc/>
    public int CompareTo(Neighbor other) =>
        Distance < other.Distance ? -1 : Distance > other.Distance ? 1
        : float.IsNaN(Distance) == float.IsNaN(other.Distance) ? Id.CompareTo(other.Id) : float.IsNaN(Distance) ? 1 : -1;

    /// <summary>Whether <paramref name="a"/> comes before <paramref name="b"/>.</summary>
    public static bool operator <(Neighbor a, Neighbor b) => a.CompareTo(b) < 0;

    /// <summary>Whether <paramref name="a"/> comes after <paramref name="b"/>.</summary>
    public static bool operator >(Neighbor a, Neighbor b) => a.CompareTo(b) > 0;

    /// <summary>Whether <paramref name="a"/> does not come after <paramref name="b"/>.</summary>
    public static bool operator <=(Neighbor a, Neighbor b) => a.CompareTo(b) <= 0;

    /// <summary>Whether <paramref name="a"/> does not come before <paramref name="b"/>.</summary>
    public static bool operator >=(Neighbor a, Neighbor b) => a.CompareTo(b) >= 0;
}
