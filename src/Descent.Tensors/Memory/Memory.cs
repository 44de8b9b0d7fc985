namespace Descent.Tensors;

/// <summary>What the tensor allocator holds. Nothing here needs to be called; it is for looking.</summary>
public static class Memory
{
    /// <summary>The figures of this moment.</summary>
    public static MemoryStatistics Statistics => BlockCache.Statistics;

    /// <summary>Collects what is unreachable and gives cached blocks back to the operating system.</summary>
    /// <remarks>All but the few, of at most 16 KiB each, that every other thread keeps for its own next operations.</remarks>
    public static void Trim()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // What a finalizer of somebody's kept is free only after another.
        GC.Collect();
        BlockShelf.Clear();
        BlockCache.TrimAll();
    }
}

/// <summary>Figures of the tensor allocator. Tensors under 1 KiB live on the managed heap and are not counted.</summary>
public readonly record struct MemoryStatistics
{
    /// <summary>Bytes in blocks that tensors hold, reachable or not yet collected.</summary>
    public long OutstandingBytes { get; init; }

    /// <summary>Bytes in returned blocks that wait for reuse.</summary>
    public long CachedBytes { get; init; }

    /// <summary>The greatest <see cref="OutstandingBytes"/> so far.</summary>
    public long PeakBytes { get; init; }

    /// <summary>Outstanding bytes at which unreachable tensors are collected before more is taken.</summary>
    public long BudgetBytes { get; init; }

    /// <summary>Blocks handed out so far.</summary>
    public long Allocations { get; init; }

    /// <summary>Blocks that the operating system was asked for.</summary>
    public long SystemAllocations { get; init; }

    /// <summary>Collections that the budget triggered.</summary>
    public long Collections { get; init; }
}
