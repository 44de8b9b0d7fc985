namespace Descent.Search;

/// <summary>Figures of an index.</summary>
public sealed record IndexStatistics
{
    /// <summary>The kind of index, as its files name it.</summary>
    public required string Kind { get; init; }

    /// <summary>Vectors in it.</summary>
    public required int Count { get; init; }

    /// <summary>Bytes that the vectors take.</summary>
    public required long VectorBytes { get; init; }

    /// <summary>Bytes that copies of the vectors in few bits take; 0 where there are none, or none yet.</summary>
    public long CodeBytes { get; init; }

    /// <summary>Bytes that the graph takes; 0 where there is none.</summary>
    public long GraphBytes { get; init; }

    /// <summary>Edges per vector, on the lowest layer where there are several.</summary>
    public double AverageDegree { get; init; }

    /// <summary>Vectors that a path leads to from where searches begin; all, where there is no graph.</summary>
    public required int Reachable { get; init; }
}
