using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>One index for each whole row: the layouts are (outer, size, inner) and (outer, count, inner).</summary>
static unsafe class IndexedRows
{
    /// <summary>Most pieces that the rows written to are cut into; each reads all indices.</summary>
    const int MostParts = 16;

    // Columns of a piece; and how many rows ahead the next are fetched, as they are too short to be foreseen.
    const int LeastColumns = 128, RowsAhead = 8;

    /// <summary>plain[o, k, :] = indexed[o, rows[k], :].</summary>
    internal static void Fetch<T>(ref T indexed, ref long rows, ref T plain, int outer, int size, int inner, int count) where T : unmanaged, INumber<T>
    {
        if (outer == 0 || inner == 0 || count == 0) return;
        fixed (T* x = &indexed, y = &plain)
        fixed (long* r = &rows)
        {
            // Pieces of whole rows that hold about a grain of elements.
            int each = Math.Max(1, Elementwise.Grain / inner), total = outer * count;
            var body = new FetchBody<T> { X = x, Y = y, Rows = r, Size = size, Inner = inner, Count = count, Total = total, Each = each };
            WorkerPool.For((total + each - 1) / each, body);
        }
    }

    /// <summary>indexed[o, rows[k], :] meets plain[o, k, :], for k in rising order.</summary>
    internal static void Update<T, F>(ref T indexed, ref long rows, ref T plain, int outer, int size, int inner, int count)
        where T : unmanaged, INumber<T> where F : struct, IIndexedKernel
    {
        if (outer == 0 || inner == 0 || count == 0) return;
        fixed (T* x = &indexed, y = &plain)
        fixed (long* r = &rows)
        {
            // Cut by columns, or where rows are short by the rows written to: duplicates meet in one piece and in their order.
            long work = (long)count * inner;
            int across = inner / LeastColumns, parts = (int)Math.Clamp(work / Elementwise.Grain, 1, Math.Min(across > 1 ? across : size, MostParts));
            var body = new UpdateBody<T, F> { X = x, Y = y, Rows = r, Size = size, Inner = inner, Count = count, Parts = parts, ByColumns = across > 1 };
            if (work * outer < 2 * Elementwise.Grain)
                for (int i = 0; i < outer * parts; i++) body.Invoke(i);
            else WorkerPool.For(outer * parts, body);
        }
    }

    struct FetchBody<T> : IParallelBody where T : unmanaged, INumber<T>
    {
        internal T* X, Y;
        internal long* Rows;
        internal int Size, Inner, Count, Total, Each;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int end = (int)Math.Min((long)Total, ((long)index + 1) * Each);
            for (int line = index * Each; line < end; line++)
            {
                int o = line / Count, k = line - o * Count;
                T* x = X + ((nint)o * Size + (nint)Rows[k]) * Inner, y = Y + (nint)line * Inner;
                if (Inner == 1) *y = *x;
                else new ReadOnlySpan<T>(x, Inner).CopyTo(new(y, Inner));
            }
        }
    }

    struct UpdateBody<T, F> : IParallelBody where T : unmanaged, INumber<T> where F : struct, IIndexedKernel
    {
        internal T* X, Y;
        internal long* Rows;
        internal int Size, Inner, Count, Parts;
        internal bool ByColumns;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int o = index / Parts, part = index - o * Parts;
            T* x = X + (nint)o * Size * Inner, y = Y + (nint)o * Count * Inner;
            if (ByColumns)
            {
                int first = (int)((long)Inner * part / Parts), columns = (int)((long)Inner * (part + 1) / Parts) - first;
                Columns(x + first, y + first, columns);
                return;
            }
            long from = (long)Size * part / Parts, to = (long)Size * (part + 1) / Parts;
            for (int k = 0; k < Count; k++)
            {
                long row = Rows[k];
                if (row < from || row >= to) continue;
                if (Inner == 1) F.Invoke(ref x[row], ref y[k]);
                else F.Invoke(new Span<T>(x + (nint)row * Inner, Inner), new Span<T>(y + (nint)k * Inner, Inner));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Columns(T* x, T* y, int columns)
        {
            for (int k = 0; k < Count; k++)
            {
                Prefetch.Lines(y + (nint)(k + RowsAhead) * Inner, columns);
                long row = Rows[k];
                if (row >= 0) F.Invoke(new Span<T>(x + (nint)row * Inner, columns), new Span<T>(y + (nint)k * Inner, columns));
            }
        }
    }
}
