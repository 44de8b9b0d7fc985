using System.Buffers;
using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Sums of rows that are named the same, as the gradient of a table of embeddings is: places are sorted by the name, and each
/// run of one name is a sum in registers. The bits are those of adding row by row in rising order.
/// </summary>
static unsafe class SegmentSums
{
    const int DigitBits = 11, Digits = 1 << DigitBits;

    /// <summary>A name that makes up more than this part of all places has its columns shared out.</summary>
    const int LargePart = 16;

    const int LeastColumns = 64, MostBlocks = 16;

    /// <summary>y[names[k]] += x[k] for rows of <paramref name="width"/>; negative names are left out.</summary>
    /// <param name="names">A row of y for each row of x, or a negative number.</param>
    /// <param name="x">The rows to add.</param>
    /// <param name="y">The sums.</param>
    /// <param name="size">Rows of y.</param>
    /// <param name="width">Length of a row.</param>
    internal static void Add<T>(ReadOnlySpan<long> names, ReadOnlySpan<T> x, Span<T> y, int size, int width) where T : unmanaged, INumber<T>
    {
        int[] places = ArrayPool<int>.Shared.Rent(names.Length), other = ArrayPool<int>.Shared.Rent(names.Length);
        int[] starts = ArrayPool<int>.Shared.Rent(names.Length + 1), pieces = ArrayPool<int>.Shared.Rent(names.Length + 1);
        try
        {
            int count = 0;
            for (int k = 0; k < names.Length; k++)
                if (names[k] >= 0) places[count++] = k;
            if (count == 0) return;
            Sort(names, size, count, ref places, ref other);
            int segments = 0, longest = 0;
            for (int i = 0; i < count; i++)
                if (i == 0 || names[places[i]] != names[places[i - 1]])
                {
                    if (segments > 0) longest = Math.Max(longest, i - starts[segments - 1]);
                    starts[segments++] = i;
                }
            starts[segments] = count;
            longest = Math.Max(longest, count - starts[segments - 1]);

            int each = Math.Max(1, Elementwise.Grain / width), cut = 0;
            pieces[cut++] = 0;
            for (int s = 1; s < segments; s++)
                if (starts[s + 1] - starts[pieces[cut - 1]] > each) pieces[cut++] = s;
            pieces[cut] = segments;
            int blocks = (long)longest * LargePart > count ? Math.Clamp(width / LeastColumns, 1, MostBlocks) : 1;
            fixed (T* px = x, py = y)
            fixed (long* pn = names)
            fixed (int* pp = places, ps = starts, pc = pieces)
                WorkerPool.For(cut * blocks, new Body<T>(pn, px, py, pp, ps, pc, width, blocks));
        }
        finally
        {
            foreach (int[] array in (ReadOnlySpan<int[]>)[places, other, starts, pieces]) ArrayPool<int>.Shared.Return(array);
        }
    }

    /// <summary>Places in the order of their names, those of one name as they were: by digits, from the lowest.</summary>
    static void Sort(ReadOnlySpan<long> names, int size, int count, ref int[] places, ref int[] other)
    {
        Span<int> next = stackalloc int[Digits];
        for (int shift = 0; shift == 0 || (size - 1) >> shift > 0; shift += DigitBits)
        {
            next.Clear();
            for (int i = 0; i < count; i++) next[(int)(names[places[i]] >> shift) & (Digits - 1)]++;
            int sum = 0;
            foreach (ref int n in next) (n, sum) = (sum, sum + n);
            for (int i = 0; i < count; i++) other[next[(int)(names[places[i]] >> shift) & (Digits - 1)]++] = places[i];
            (places, other) = (other, places);
            if (shift + DigitBits > 31) break;
        }
    }

    /// <summary>Some segments, and of these some columns.</summary>
    readonly struct Body<T>(long* names, T* x, T* y, int* places, int* starts, int* pieces, int width, int blocks) : IParallelBody where T : unmanaged, INumber<T>
    {
        public void Invoke(int index)
        {
            (int piece, int block) = Math.DivRem(index, blocks);
            int from = (int)((long)width * block / blocks), to = (int)((long)width * (block + 1) / blocks);
            for (int s = pieces[piece]; s < pieces[piece + 1]; s++)
                Segment(places + starts[s], starts[s + 1] - starts[s], y + (nint)names[places[starts[s]]] * width, from, to);
        }

        void Segment(int* rows, int count, T* sum, int j, int end)
        {
            int lanes = Vector<T>.Count;
            for (; j + 4 * lanes <= end; j += 4 * lanes)
            {
                T* to = sum + j;
                Vector<T> s0 = Vector.Load(to), s1 = Vector.Load(to + lanes), s2 = Vector.Load(to + 2 * lanes), s3 = Vector.Load(to + 3 * lanes);
                for (int i = 0; i < count; i++)
                {
                    T* from = x + (nint)rows[i] * width + j;
                    s0 += Vector.Load(from);
                    s1 += Vector.Load(from + lanes);
                    s2 += Vector.Load(from + 2 * lanes);
                    s3 += Vector.Load(from + 3 * lanes);
                }
                s0.Store(to);
                s1.Store(to + lanes);
                s2.Store(to + 2 * lanes);
                s3.Store(to + 3 * lanes);
            }
            for (; j + lanes <= end; j += lanes)
            {
                var s = Vector.Load(sum + j);
                for (int i = 0; i < count; i++) s += Vector.Load(x + (nint)rows[i] * width + j);
                s.Store(sum + j);
            }
            for (; j < end; j++)
            {
                T s = sum[j];
                for (int i = 0; i < count; i++) s += x[(nint)rows[i] * width + j];
                sum[j] = s;
            }
        }
    }
}
