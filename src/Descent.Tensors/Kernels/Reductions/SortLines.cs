using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The stable order of the elements along the middle dimension of (outer, n, inner): each element becomes a number
/// that sorts like it, with its position below, so equals keep their order and plain sorting does. A NaN is the greatest.
/// </summary>
static unsafe class SortLines
{
    /// <summary>order[o, r, i] = the position of the r-th smallest (or greatest) of x[o, ·, i], for the first <paramref name="take"/>.</summary>
    internal static void Order<T>(ReadOnlySpan<T> x, Span<long> order, int outer, int n, int inner, int take, bool descending) where T : unmanaged, INumber<T>
    {
        if (order.IsEmpty) return;
        fixed (T* px = x)
        fixed (long* po = order)
        {
            int lines = outer * inner, group = Math.Clamp(Elementwise.Grain / 16 / n, 1, lines), pieces = (lines + group - 1) / group;
            if (sizeof(T) <= 4) Run(pieces, new Body<T, ulong, Packed> { X = px, Y = po, Lines = lines, N = n, Inner = inner, Take = take, Group = group, Descending = descending });
            else Run(pieces, new Body<T, Wide, Beside> { X = px, Y = po, Lines = lines, N = n, Inner = inner, Take = take, Group = group, Descending = descending });
        }
    }

    static void Run<TBody>(int pieces, in TBody body) where TBody : struct, IParallelBody
    {
        if (pieces > 1) WorkerPool.For(pieces, body);
        else body.Invoke(0);
    }

    /// <summary>A number that compares as the element does: −0 as 0, a NaN above all.</summary>
    static ulong KeyOf<T>(T value) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
        {
            if (T.IsNaN(value)) return uint.MaxValue;
            uint bits = Unsafe.BitCast<T, uint>(T.IsZero(value) ? T.Zero : value);
            return (bits >> 31) != 0 ? ~bits : bits | 0x8000_0000;
        }
        if (typeof(T) == typeof(double))
        {
            if (T.IsNaN(value)) return ulong.MaxValue;
            ulong bits = Unsafe.BitCast<T, ulong>(T.IsZero(value) ? T.Zero : value);
            return (bits >> 63) != 0 ? ~bits : bits | 0x8000_0000_0000_0000;
        }
        long number = long.CreateTruncating(value);
        return sizeof(T) == 8 ? (ulong)number ^ 0x8000_0000_0000_0000 : (uint)(number + 0x8000_0000);
    }

    interface IEntry<TEntry>
    {
        static abstract TEntry Make(ulong key, int index);

        static abstract int IndexOf(TEntry entry);
    }

    /// <summary>A 32-bit key above a 32-bit position.</summary>
    readonly struct Packed : IEntry<ulong>
    {
        public static ulong Make(ulong key, int index) => key << 32 | (uint)index;

        public static int IndexOf(ulong entry) => (int)(uint)entry;
    }

    readonly struct Beside : IEntry<Wide>
    {
        public static Wide Make(ulong key, int index) => new(key, index);

        public static int IndexOf(Wide entry) => entry.Index;
    }

    /// <summary>A 64-bit key and a position.</summary>
    readonly record struct Wide(ulong Key, int Index) : IComparable<Wide>
    {
        public int CompareTo(Wide other) => Key != other.Key ? Key < other.Key ? -1 : 1 : Index.CompareTo(other.Index);
    }

    struct Body<T, TEntry, E> : IParallelBody where T : unmanaged, INumber<T> where TEntry : struct, IComparable<TEntry> where E : struct, IEntry<TEntry>
    {
        internal T* X;
        internal long* Y;
        internal int Lines, N, Inner, Take, Group;
        internal bool Descending;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            var rented = ArrayPool<TEntry>.Shared.Rent(N);
            var entries = rented.AsSpan(0, N);
            for (int line = index * Group, end = Math.Min(Lines, line + Group); line < end; line++)
            {
                (int o, int i) = Math.DivRem(line, Inner);
                T* x = X + (nint)o * N * Inner + i;
                for (int r = 0; r < N; r++)
                {
                    ulong key = KeyOf(x[(nint)r * Inner]);
                    if (Descending) key = sizeof(T) == 8 ? ~key : uint.MaxValue - key;
                    entries[r] = E.Make(key, r);
                }
                var first = Take <= N / 8 ? Least(entries, Take) : entries;
                first.Sort();
                long* y = Y + (nint)o * Take * Inner + i;
                for (int r = 0; r < Take; r++) y[(nint)r * Inner] = E.IndexOf(first[r]);
            }
            ArrayPool<TEntry>.Shared.Return(rented);
        }

        /// <summary>Moves the least entries to the front: a heap whose greatest is replaced by what is less.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static Span<TEntry> Least(Span<TEntry> entries, int count)
        {
            var heap = entries[..count];
            if (count == 0) return heap;
            for (int i = count / 2 - 1; i >= 0; i--) Sink(heap, i);
            for (int i = count; i < entries.Length; i++)
                if (entries[i].CompareTo(heap[0]) < 0)
                {
                    (heap[0], entries[i]) = (entries[i], heap[0]);
                    Sink(heap, 0);
                }
            return heap;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Sink(Span<TEntry> heap, int at)
        {
            for (int child; (child = 2 * at + 1) < heap.Length; at = child)
            {
                if (child + 1 < heap.Length && heap[child + 1].CompareTo(heap[child]) > 0) child++;
                if (heap[child].CompareTo(heap[at]) <= 0) return;
                (heap[at], heap[child]) = (heap[child], heap[at]);
            }
        }
    }
}
