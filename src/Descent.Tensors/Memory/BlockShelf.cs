namespace Descent.Tensors;

/// <summary>
/// Small blocks that were returned to a thread and that it keeps for itself, as asking the cache costs more than a small
/// operation does.
/// </summary>
sealed class BlockShelf
{
    /// <summary>Up to so many bytes, and so many of each size, are kept.</summary>
    const int MostBytes = 16 << 10, MostOfSize = 4;

    static readonly int s_classes = BlockCache.ClassOf(MostBytes) + 1;
    static readonly List<WeakReference<BlockShelf>> s_shelves = [];

    [ThreadStatic] static BlockShelf? t_shelf;

    readonly Block?[] _tops = new Block?[s_classes];
    long _bytes;

    BlockShelf()
    {
        lock (s_shelves)
        {
            s_shelves.RemoveAll(shelf => !shelf.TryGetTarget(out _));
            s_shelves.Add(new(this));
        }
    }

    /// <summary>Bytes that all threads keep, as far as can be seen from this one.</summary>
    internal static long Bytes
    {
        get
        {
            long bytes = 0;
            lock (s_shelves)
                foreach (var reference in s_shelves)
                    if (reference.TryGetTarget(out var shelf)) bytes += Volatile.Read(ref shelf._bytes);
            return bytes;
        }
    }

    /// <summary>A kept block of at least so many bytes.</summary>
    internal static Block? TryTake(long bytes)
    {
        if (bytes > MostBytes || t_shelf is not { } shelf) return null;
        int size = BlockCache.ClassOf(bytes);
        if (shelf._tops[size] is not { } block) return null;
        shelf._tops[size] = block.Below;
        shelf._bytes -= BlockCache.SizeOf(size);
        block.Below = null;
        return block;
    }

    /// <summary>Keeps a block that nobody else knows any more, if it is small and there are few like it.</summary>
    internal static bool TryKeep(Block block)
    {
        int size = block.SizeClass;
        if (size >= s_classes) return false;
        var shelf = t_shelf ??= new();
        var top = shelf._tops[size];
        int height = top is null ? 1 : top.Height + 1;
        if (height > MostOfSize) return false;
        (block.Below, block.Height) = (top, height);
        shelf._tops[size] = block;
        shelf._bytes += BlockCache.SizeOf(size);
        return true;
    }

    /// <summary>Returns to the cache what this thread keeps.</summary>
    internal static void Clear()
    {
        if (t_shelf is not { } shelf) return;
        t_shelf = null;
        foreach (var top in shelf._tops)
            for (var block = top; block is not null; block = block.Below) block.ReturnToCache();
        shelf._bytes = 0;
    }
}
