using System.Diagnostics;
using System.Numerics;

namespace Descent.Tensors;

/// <summary>
/// 64-byte-aligned native blocks in size classes (four to an octave, so at most a quarter is slack). Returned blocks
/// wait in their class for the next request.
/// </summary>
/// <remarks>
/// The collector cannot see native bytes, so the cache watches them for it. After so many bytes handed out (the
/// allowance), the young generations are collected, and what unreachable storages held comes back: seldom enough to cost
/// little, often enough that a loop which drops its results writes to blocks that are still in the processor's cache. Past
/// the budget, all generations are collected before the operating system is asked for more.
/// </remarks>
static unsafe class BlockCache
{
    const int ClassesPerOctave = 4, MinimumLog2 = 10, Classes = (48 - MinimumLog2) * ClassesPerOctave;
    internal const long MinimumBudget = 128L << 20;

    // With the operands of the loop, still in a third-level cache of 32 MiB; a collection takes 20 to 60 µs, writing so much
    // to memory outside the cache a millisecond.
    const long MinimumAllowance = 16L << 20;

    /// <summary>Collections of young objects that there should be to one of all.</summary>
    const int SeldomFull = 32;

    static readonly Stack<nint>[] s_free = [.. Enumerable.Range(0, Classes).Select(_ => new Stack<nint>())];
    static readonly long[] s_lastUsed = new long[Classes];
    static readonly LoanBook s_book = new();

    // The gate guards all that a request touches. Nobody who holds it waits for the other lock or for the collector.
    static readonly Lock s_gate = new(), s_collecting = new();
    static long s_outstanding, s_cached, s_peak, s_allocations, s_misses, s_collections;
    static long s_budget = MinimumBudget, s_allowance = MinimumAllowance, s_bound = MinimumAllowance, s_floor;
    static long s_lastCollection, s_lastFull;

    internal static MemoryStatistics Statistics
    {
        get
        {
            lock (s_gate)
            {
                Sweep();
                long kept = BlockShelf.Bytes;
                return new()
                {
                    OutstandingBytes = s_outstanding - kept,
                    CachedBytes = s_cached + kept,
                    PeakBytes = s_peak,
                    BudgetBytes = s_budget,
                    Allocations = s_allocations,
                    SystemAllocations = s_misses,
                    Collections = s_collections,
                };
            }
        }
    }

    /// <param name="holder">The block is its until it returns it or is collected.</param>
    /// <param name="bytes">The block's size at least.</param>
    /// <param name="loan">The number to return it by.</param>
    internal static byte* Rent(object holder, long bytes, out int loan)
    {
        int sizeClass = ClassOf(bytes);
        long size = SizeOf(sizeClass);
        if (Volatile.Read(ref s_outstanding) + size > Volatile.Read(ref s_bound)) Reclaim(size);
        for (bool last = false; ; last = true)
        {
            lock (s_gate)
            {
                byte* block = Take(ref sizeClass, size);
                if (block != null)
                {
                    s_allocations++;
                    s_outstanding += SizeOf(sizeClass);
                    s_peak = Math.Max(s_peak, s_outstanding);
                    loan = s_book.Lend(holder, block, sizeClass);
                    return block;
                }
            }
            if (last) throw new InsufficientMemoryException(
                $"The operating system gives no block of {size:N0} bytes. Use smaller batches, or a machine with more memory.");
            // Everything unreachable must be returned before giving up.
            Memory.Trim();
        }
    }

    internal static void Return(int loan)
    {
        lock (s_gate) Release(s_book.Settle(loan, out int sizeClass), sizeClass);
    }

    static void Release(byte* block, int sizeClass)
    {
        s_free[sizeClass].Push((nint)block);
        long size = SizeOf(sizeClass);
        s_cached += size;
        s_outstanding -= size;
    }

    /// <summary>Takes back the blocks of storages that the collector has taken since.</summary>
    static void Sweep()
    {
        byte* block;
        for (int from = 0; (block = s_book.NextDead(ref from, out int sizeClass)) != null;) Release(block, sizeClass);
    }

    /// <summary>A block of the class or, where the cache is full of other sizes, of one a little larger; null where the system gives none.</summary>
    static byte* Take(ref int sizeClass, long size)
    {
        s_lastUsed[sizeClass] = s_allocations;
        if (TryPop(sizeClass, out byte* block)) return block;
        // Within the budget memory is taken as asked for; past it, what the cache holds in other sizes must do, or go.
        // The quarter on top keeps blocks for a step whose sizes come in another order.
        long excess = s_outstanding + s_cached + size - s_budget - s_budget / 4;
        if (excess > 0)
        {
            for (int larger = sizeClass + 1; larger <= Math.Min(sizeClass + ClassesPerOctave / 2, Classes - 1); larger++)
                if (TryPop(larger, out block))
                {
                    s_lastUsed[larger] = s_allocations;
                    sizeClass = larger;
                    return block;
                }
            Trim(excess);
        }
        s_misses++;
        return SystemMemory.TryAllocate(size);
    }

    static bool TryPop(int sizeClass, out byte* block)
    {
        bool found = s_free[sizeClass].TryPop(out nint p);
        block = (byte*)p;
        if (found) s_cached -= SizeOf(sizeClass);
        return found;
    }

    /// <summary>Gives all blocks that nobody holds back to the operating system.</summary>
    internal static void TrimAll()
    {
        lock (s_gate)
        {
            Sweep();
            Trim(long.MaxValue);
        }
    }

    /// <summary>Gives cached blocks back to the operating system, those of the classes unused for longest first.</summary>
    /// <param name="bytes">At least so many, if there are.</param>
    static void Trim(long bytes)
    {
        // Classes last used before the bound go first; then the bound moves on, until all may go.
        for (long age = 1 << 16; bytes > 0; age = age > 1 ? age >> 4 : -1)
        {
            for (int c = Classes - 1; c >= 0 && bytes > 0; c--)
            {
                if (s_allocations - s_lastUsed[c] < age) continue;
                while (bytes > 0 && TryPop(c, out byte* block))
                {
                    SystemMemory.Free(block, SizeOf(c));
                    bytes -= SizeOf(c);
                }
            }
            if (age < 0) return;
        }
    }

    // ---- Collecting ------------------------------------------------------------------------------------------------

    static void Reclaim(long size)
    {
        lock (s_collecting)
        {
            // Another thread may have collected while this one waited.
            if (Volatile.Read(ref s_outstanding) + size <= s_bound) return;
            long begin = Stopwatch.GetTimestamp(), before = Volatile.Read(ref s_outstanding), fresh = before - s_floor;
            // Older generations than the first: what an earlier collection met alive is in the second, and collecting that too
            // costs less than letting it fill up.
            Collect(1);
            long spent = Stopwatch.GetTimestamp() - begin, since = begin - s_lastCollection, freed = before - Volatile.Read(ref s_outstanding);
            // Where most was in use, as amid a training step, or looking takes its time, look less often; more often where it pays.
            if (freed < fresh / 2 || 4 * spent > since) s_allowance = Math.Min(2 * s_allowance, Math.Max(MinimumAllowance, s_budget));
            else if (freed > fresh / 8 * 7 && 8 * spent < since) s_allowance = Math.Max(s_allowance / 2, MinimumAllowance);

            if (Volatile.Read(ref s_outstanding) + size > s_budget / 6 * 5)
            {
                Collect(2);
                // Only what survives that is in use. Leave half as much again, which is enough to make collections rare beside
                // the work on it, for what a step throws away before the next one, as far as the machine's memory goes; and
                // up to as much again where it is soon filled, as by a step that a collection meets halfway.
                long live = Volatile.Read(ref s_outstanding) + size, wanted = 0;
                if (live > s_budget / 6 * 5) wanted = live + live / 2;
                else if (s_collections - s_lastFull < SeldomFull) wanted = Math.Min(s_budget + s_budget / 8, 2 * live);
                long most = Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3, live + live / 8);
                s_budget = Math.Max(s_budget, Math.Min(wanted, most));
                s_lastFull = s_collections;
            }
            Settle();
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
        {
            if (!IsHalfway) return;
            Collect(1);
            Settle();
        }
    }

    /// <summary>Whether half of what may pile up between collections has.</summary>
    static bool IsHalfway
    {
        get
        {
            long floor = Volatile.Read(ref s_floor);
            return Volatile.Read(ref s_outstanding) - floor > (Volatile.Read(ref s_bound) - floor) / 2;
        }
    }

    static void Collect(int generation)
    {
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
        lock (s_gate)
        {
            s_collections++;
            Sweep();
        }
    }

    /// <summary>From what is in use now, the next bound.</summary>
    static void Settle()
    {
        Volatile.Write(ref s_floor, Volatile.Read(ref s_outstanding));
        Volatile.Write(ref s_bound, Math.Min(s_floor + s_allowance, s_budget));
        s_lastCollection = Stopwatch.GetTimestamp();
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
