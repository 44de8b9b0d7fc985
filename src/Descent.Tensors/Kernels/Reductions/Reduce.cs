using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>An associative operation that a reduction repeats.</summary>
interface IFold
{
    /// <summary>What an empty reduction gives.</summary>
    static abstract T Identity<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T>;

    static abstract T Combine<T>(T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T>;

    static abstract Vector<T> Combine<T>(Vector<T> a, Vector<T> b) where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>Where a reduction finds its elements.</summary>
unsafe interface IElements<T> where T : unmanaged
{
    /// <summary>A row of elements, which stays until the thread asks for the next one.</summary>
    T* At(nint first, int count);
}

/// <summary>Elements in memory.</summary>
readonly unsafe struct StoredElements<T>(T* x) : IElements<T> where T : unmanaged
{
    public T* At(nint first, int count) => x + first;
}

/// <summary>
/// Folds the middle dimension of an array (outer, n, inner). Blocks of lanes are combined pairwise, so the rounding
/// error of a sum grows with the logarithm of n; all cuts follow from the shape, so the bits do not depend on threads.
/// </summary>
static unsafe class Reduce
{
    /// <summary>Elements of a row that are folded straight through.</summary>
    internal const int Block = 1024;

    /// <summary>Rows that are folded straight through, column by column.</summary>
    const int RowBlock = 64;

    /// <summary>Columns of one strip.</summary>
    const int Strip = 256;

    /// <summary>y[o, i] = x[o, 0, i] ∘ … ∘ x[o, n − 1, i].</summary>
    internal static void Fold<T, F>(ReadOnlySpan<T> x, Span<T> y, int outer, int n, int inner)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold
    {
        if (y.IsEmpty) return;
        if (n == 0)
        {
            y.Fill(F.Identity<T>());
            return;
        }
        fixed (T* px = x, py = y)
            Fold<T, F, StoredElements<T>>(new(px), py, outer, n, inner);
    }

    /// <summary>The same of elements from anywhere, by rows if inner is 1, for n of at least 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Fold<T, F, S>(S x, T* y, int outer, int n, int inner)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold where S : struct, IElements<T>
    {
        int strips = (inner + Strip - 1) / Strip;
        long total = (long)outer * n * inner;
        if (total < 2 * Elementwise.Grain)
        {
            for (int o = 0; o < outer; o++)
                for (int s = 0; s < strips; s++)
                    Piece<T, F, S>(x, (nint)o * n * inner + s * Strip, y + (nint)o * inner + s * Strip, n, inner, Math.Min(Strip, inner - s * Strip));
            return;
        }

        // Cut the folded dimension only where the others do not make enough pieces.
        long pieceSize = (long)n * Math.Min(inner, Strip);
        long pieces = (long)outer * strips;
        int cuts = pieces >= 64 ? 1 : (int)Math.Clamp(pieceSize / Elementwise.Grain, 1, n);
        int group = (int)Math.Clamp(Elementwise.Grain / Math.Max(1, pieceSize / cuts), 1, int.MaxValue);
        var body = new Body<T, F, S> { X = x, Outer = outer, N = n, Inner = inner, Strips = strips, Cuts = cuts, Group = group };
        int items = (int)((pieces * cuts + group - 1) / group);
        if (cuts == 1)
        {
            body.Y = y;
            WorkerPool.For(items, body);
            return;
        }
        var partial = System.Buffers.ArrayPool<byte>.Shared.Rent(checked((int)((long)outer * cuts * inner * sizeof(T))));
        fixed (byte* p = partial)
        {
            body.Y = (T*)p;
            WorkerPool.For(items, body);
            Fold<T, F, StoredElements<T>>(new((T*)p), y, outer, cuts, inner);
        }
        System.Buffers.ArrayPool<byte>.Shared.Return(partial);
    }

    struct Body<T, F, S> : IParallelBody where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold where S : struct, IElements<T>
    {
        internal S X;
        internal T* Y;
        internal int Outer, N, Inner, Strips, Cuts, Group;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int first = index * Group, last = (int)Math.Min((long)first + Group, (long)Outer * Strips * Cuts);
            for (int i = first; i < last; i++)
            {
                (int rest, int strip) = Math.DivRem(i, Strips);
                (int o, int cut) = Math.DivRem(rest, Cuts);
                int from = (int)((long)N * cut / Cuts), to = (int)((long)N * (cut + 1) / Cuts);
                Piece<T, F, S>(X, ((nint)o * N + from) * Inner + strip * Strip, Y + ((nint)o * Cuts + cut) * Inner + strip * Strip,
                    to - from, Inner, Math.Min(Strip, Inner - strip * Strip));
            }
        }
    }

    static void Piece<T, F, S>(S x, nint first, T* y, int n, int stride, int columns)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold where S : struct, IElements<T>
    {
        if (stride == 1) *y = Row<T, F, S>(x, first, n);
        else Columns<T, F>(x.At(first, columns), y, n, stride, columns);
    }

    /// <summary>x[0] ∘ … ∘ x[n − 1] for n of at least 1.</summary>
    internal static T Row<T, F>(T* x, int n) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold =>
        Row<T, F, StoredElements<T>>(new(x), 0, n);

    static T Row<T, F, S>(S x, nint first, int n)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold where S : struct, IElements<T>
    {
        if (n <= Block) return ShortRow<T, F>(x.At(first, n), n);
        int half = (n / 2 + Block - 1) / Block * Block;
        return F.Combine(Row<T, F, S>(x, first, half), Row<T, F, S>(x, first + half, n - half));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T ShortRow<T, F>(T* x, int n) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold
    {
        int w = Vector<T>.Count, i = w;
        if (n < w)
        {
            T few = x[0];
            for (i = 1; i < n; i++) few = F.Combine(few, x[i]);
            return few;
        }
        var a = Vector.Load(x);
        if (n >= 4 * w)
        {
            var (b, c, d) = (Vector.Load(x + w), Vector.Load(x + 2 * w), Vector.Load(x + 3 * w));
            for (i = 4 * w; i + 4 * w <= n; i += 4 * w)
            {
                a = F.Combine(a, Vector.Load(x + i));
                b = F.Combine(b, Vector.Load(x + i + w));
                c = F.Combine(c, Vector.Load(x + i + 2 * w));
                d = F.Combine(d, Vector.Load(x + i + 3 * w));
            }
            a = F.Combine(F.Combine(a, b), F.Combine(c, d));
        }
        for (; i + w <= n; i += w) a = F.Combine(a, Vector.Load(x + i));
        T all = a[0];
        for (int k = 1; k < w; k++) all = F.Combine(all, a[k]);
        for (; i < n; i++) all = F.Combine(all, x[i]);
        return all;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Columns<T, F>(T* x, T* y, int n, int stride, int columns)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IFold
    {
        if (n > RowBlock)
        {
            int half = (n / 2 + RowBlock - 1) / RowBlock * RowBlock;
            T* second = stackalloc T[Strip];
            Columns<T, F>(x, y, half, stride, columns);
            Columns<T, F>(x + (nint)half * stride, second, n - half, stride, columns);
            int k = 0;
            for (; k + Vector<T>.Count <= columns; k += Vector<T>.Count)
                F.Combine(Vector.Load(y + k), Vector.Load(second + k)).Store(y + k);
            for (; k < columns; k++) y[k] = F.Combine(y[k], second[k]);
            return;
        }
        int w = Vector<T>.Count, c = 0;
        for (; c + 4 * w <= columns; c += 4 * w)
        {
            T* p = x + c;
            var (s0, s1, s2, s3) = (Vector.Load(p), Vector.Load(p + w), Vector.Load(p + 2 * w), Vector.Load(p + 3 * w));
            for (int r = 1; r < n; r++)
            {
                p += stride;
                s0 = F.Combine(s0, Vector.Load(p));
                s1 = F.Combine(s1, Vector.Load(p + w));
                s2 = F.Combine(s2, Vector.Load(p + 2 * w));
                s3 = F.Combine(s3, Vector.Load(p + 3 * w));
            }
            s0.Store(y + c);
            s1.Store(y + c + w);
            s2.Store(y + c + 2 * w);
            s3.Store(y + c + 3 * w);
        }
        for (; c + w <= columns; c += w)
        {
            T* p = x + c;
            var s = Vector.Load(p);
            for (int r = 1; r < n; r++) s = F.Combine(s, Vector.Load(p += stride));
            s.Store(y + c);
        }
        for (; c < columns; c++)
        {
            T* p = x + c;
            T s = *p;
            for (int r = 1; r < n; r++) s = F.Combine(s, *(p += stride));
            y[c] = s;
        }
    }
}
