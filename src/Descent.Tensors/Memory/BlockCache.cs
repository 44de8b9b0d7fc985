using System.Numerics;
using System.Runtime.InteropServices;

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
    const int Alignment = 64, ClassesPerOctave = 4, MinimumLog2 = 10, Classes = (48 - MinimumLog2) * ClassesPerOctave;
    internal const long MinimumBudget = 64L << 20;

    static readonly Stack<nint>[] s_free = [.. Enumerable.Range(0, Classes).Select(_ => new Stack<nint>())];
    static readonly Lock s_collecting = new();
    static long s_outstanding, s_cached, s_peak, s_allocations, s_misses, s_collections;
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
        if (!TryPop(sizeClass, size, out byte* block))
        {
            if (Volatile.Read(ref s_outstanding) + size > Volatile.Read(ref s_budget)) Reclaim(size);
            if (!TryPop(sizeClass, size, out block))
            {
                // The cache holds other sizes; past the budget they are given back first.
                if (Volatile.Read(ref s_outstanding) + Volatile.Read(ref s_cached) + size > Volatile.Read(ref s_budget)) Trim();
                block = Allocate(size);
            }
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

    internal static void Return(byte* block, int sizeClass)
    {
        long size = SizeOf(sizeClass);
        var free = s_free[sizeClass];
        lock (free) free.Push((nint)block);
        Interlocked.Add(ref s_cached, size);
        Interlocked.Add(ref s_outstanding, -size);
    }

    /// <summary>Gives every cached block back to the operating system.</summary>
    internal static void Trim()
    {
        for (int c = 0; c < Classes; c++)
        {
            var free = s_free[c];
            lock (free)
            {
                while (free.TryPop(out nint block))
                {
                    NativeMemory.AlignedFree((void*)block);
                    Interlocked.Add(ref s_cached, -SizeOf(c));
                }
            }
        }
    }

    static bool TryPop(int sizeClass, long size, out byte* block)
    {
        var free = s_free[sizeClass];
        lock (free)
        {
            bool found = free.TryPop(out nint p);
            block = (byte*)p;
            if (found) Interlocked.Add(ref s_cached, -size);
            return found;
        }
    }

    static byte* Allocate(long size)
    {
        Interlocked.Increment(ref s_misses);
        try
        {
            return (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
        catch (OutOfMemoryException)
        {
            // Everything unreachable must be returned before giving up.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Trim();
            return (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
    }

    static void Reclaim(long size)
    {
        lock (s_collecting)
        {
            for (int generation = 0; generation <= 2; generation++)
            {
                if (Volatile.Read(ref s_outstanding) + size <= s_budget / 2 + (generation == 0 ? -1 : s_budget / 4)) break;
                Interlocked.Increment(ref s_collections);
                GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
                GC.WaitForPendingFinalizers();
            }
            // What survives is in use: leave as much again for what a step throws away before the next collection.
            Volatile.Write(ref s_budget, Math.Max(MinimumBudget, 2 * (Volatile.Read(ref s_outstanding) + size)));
        }
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
