namespace Descent.Search;

/// <summary>Figures of a collection at this moment.</summary>
public sealed record CollectionStatistics
{
    /// <summary>Records in it.</summary>
    public required int Count { get; init; }

    /// <summary>The number of the last change.</summary>
    public required long Sequence { get; init; }

    /// <summary>Segments that hold records.</summary>
    public required int Segments { get; init; }

    /// <summary>Bytes of the segments.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>Bytes of the log that is written now; 0 for a reader.</summary>
    public required long LogBytes { get; init; }

    /// <summary>The index of many records; null while all are measured.</summary>
    public required IndexStatistics? Index { get; init; }

    /// <summary>Records that are not in the index yet, and are measured in every search.</summary>
    public required int Unindexed { get; init; }

    /// <summary>What was found when the collection was opened, or went wrong in the background since: a log's torn end that was cut off, an index built anew.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
