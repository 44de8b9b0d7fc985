using System.Numerics;

namespace Descent.Tensors;

/// <summary>
/// 64-byte-aligned native blocks in size classes (four to an octave, so at most a quarter is slack). Returned blocks
/// wait in their class for the next request.
/// </summary>
/// <remarks>
/// The collector cannot see native bytes, so the cache watches them for it: when a request would take the outstanding
/// bytes past the budget, the young generations are collected and the finalizers of unreachable storages return their
/// blocks, before the operating system is asked for more.
/// </remarks>
static unsafe class BlockCache
{
    const int ClassesPerOctave = 4, MinimumLog2 = 10, Classes = (48 - MinimumLog2) * ClassesPerOctave;
    internal const long MinimumBudget = 128L << 20;

    static readonly Stack<nint>[] s_free = [.. Enumerable.Range(0, Classes).Select(_ => new Stack<nint>())];
    static readonly long[] s_lastUsed = new long[Classes];
    static readonly Lock s_collecting = new();
    static long s_outstanding, s_cached, s_peak, s_allocations, s_misses, s_collections, s_floor;
    static long s_budget = MinimumBudget;

    internal static MemoryStatistics Statistics => new()
    {
        OutstandingBytes = Volatile.Read(ref s_outstanding),
        CachedBytes = Volatile.Read(ref s_cached),
        PeakBytes = Volatile.Read(ref s_peak),
        BudgetBytes = Volatile.Read(ref s_budget),
        Allocations = Volatile.Read(ref s_allocations),
        SystemAllocations = Volatile.Read(ref s_misses),
        Collections = Volatile.Read(ref s_collections),
    };

    internal static byte* Rent(long bytes, out int sizeClass)
    {
        sizeClass = ClassOf(bytes);
        long size = SizeOf(sizeClass);
        Interlocked.Increment(ref s_allocations);
        if (!TryPop(sizeClass, out byte* block))
        {
            if (Volatile.Read(ref s_outstanding) + size > Volatile.Read(ref s_budget)) Reclaim(size);
            if (!TryPop(sizeClass, out block)) block = Miss(ref sizeClass, size);
            size = SizeOf(sizeClass);
        }
        long outstanding = Interlocked.Add(ref s_outstanding, size);
        for (long peak = Volatile.Read(ref s_peak); outstanding > peak;)
        {
            long seen = Interlocked.CompareExchange(ref s_peak, outstanding, peak);
            if (seen == peak) break;
            peak = seen;
        }
        return block;
    }

    static byte* Miss(ref int sizeClass, long size)
    {
        // Within the budget memory is taken as asked for; past it, what the cache holds in other sizes must do, or go.
        // The quarter on top keeps blocks for a step whose sizes come in another order.
        long budget = Volatile.Read(ref s_budget);
        long excess = Volatile.Read(ref s_outstanding) + Volatile.Read(ref s_cached) + size - budget - budget / 4;
        if (excess > 0)
        {
            for (int larger = sizeClass + 1; larger <= Math.Min(sizeClass + ClassesPerOctave / 2, Classes - 1); larger++)
                if (TryPop(larger, out byte* block))
                {
                    sizeClass = larger;
                    return block;
                }
            Trim(excess);
        }
        return Allocate(size);
    }

    internal static void Return(byte* block, int sizeClass)
    {
        long size = SizeOf(sizeClass);
        var free = s_free[sizeClass];
        lock (free) free.Push((nint)block);
        Interlocked.Add(ref s_cached, size);
        Interlocked.Add(ref s_outstanding, -size);
    }

    /// <summary>Gives cached blocks back to the operating system, those of the classes unused for longest first.</summary>
    /// <param name="bytes">At least so many, if there are.</param>
    internal static void Trim(long bytes)
    {
        // Classes last used before the bound go first; then the bound moves on, until all may go.
        long now = Volatile.Read(ref s_allocations);
        for (long age = 1 << 16; bytes > 0; age = age > 1 ? age >> 4 : -1)
        {
            for (int c = Classes - 1; c >= 0 && bytes > 0; c--)
            {
                if (now - Volatile.Read(ref s_lastUsed[c]) < age) continue;
                while (bytes > 0 && TryPop(c, out byte* block, use: false))
                {
                    SystemMemory.Free(block, SizeOf(c));
                    bytes -= SizeOf(c);
                }
            }
            if (age < 0) return;
        }
    }

    static bool TryPop(int sizeClass, out byte* block, bool use = true)
    {
        if (use) Volatile.Write(ref s_lastUsed[sizeClass], Volatile.Read(ref s_allocations));
        var free = s_free[sizeClass];
        lock (free)
        {
            bool found = free.TryPop(out nint p);
            block = (byte*)p;
            if (found) Interlocked.Add(ref s_cached, -SizeOf(sizeClass));
            return found;
        }
    }

    static byte* Allocate(long size)
    {
        Interlocked.Increment(ref s_misses);
        try
        {
            return SystemMemory.Allocate(size);
        }
        catch (OutOfMemoryException)
        {
            // Everything unreachable must be returned before giving up.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Trim(long.MaxValue);
            return SystemMemory.Allocate(size);
        }
    }

    static void Reclaim(long size)
    {
        lock (s_collecting)
        {
            // Another thread may have collected while this one waited.
            if (Volatile.Read(ref s_outstanding) + size <= s_budget) return;
            // What an earlier collection met alive has aged, so a young one leaves some of the garbage: only where that is
            // too much do the older generations follow, and only what survives them all is in use.
            for (int generation = 0; generation <= 2; generation++)
            {
                Collect(generation);
                if (Volatile.Read(ref s_outstanding) + size <= s_budget / 6 * 5) return;
            }
            // Leave half as much again, which is enough to make collections rare beside the work on it, for what a step
            // throws away before the next one, as far as the machine's memory goes.
            long live = Volatile.Read(ref s_outstanding) + size;
            long most = Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3, live + live / 8);
            Volatile.Write(ref s_budget, Math.Max(MinimumBudget, Math.Min(live + live / 2, most)));
        }
    }

    /// <summary>
    /// The end of a backward pass: what the step computed is mostly unreachable by now, and still young. Collecting here,
    /// where it would soon have to be, spares a collection amid the next step, which would age what that step still uses.
    /// </summary>
    internal static void EndOfPass()
    {
        if (!IsHalfway) return;
        lock (s_collecting)
            if (IsHalfway) Collect(0);
    }

    /// <summary>Whether half of what may pile up between collections has.</summary>
    static bool IsHalfway
    {
        get
        {
            long floor = Volatile.Read(ref s_floor);
            return Volatile.Read(ref s_outstanding) - floor > (Volatile.Read(ref s_budget) - floor) / 2;
        }
    }

    static void Collect(int generation)
    {
        Interlocked.Increment(ref s_collections);
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        Volatile.Write(ref s_floor, Volatile.Read(ref s_outstanding));
    }

    internal static int ClassOf(long bytes)
    {
        if (bytes <= 1L << MinimumLog2) return 0;
        int log2 = BitOperations.Log2((ulong)(bytes - 1));
        long quarter = 1L << (log2 - 2);
        int step = (int)((bytes - (1L << log2) + quarter - 1) / quarter);
        return (log2 - MinimumLog2) * ClassesPerOctave + step;
    }

    internal static long SizeOf(int sizeClass)
    {
        int log2 = MinimumLog2 + sizeClass / ClassesPerOctave;
        return (1L << log2) + (long)(sizeClass % ClassesPerOctave) * (1L << (log2 - 2));
    }
}
