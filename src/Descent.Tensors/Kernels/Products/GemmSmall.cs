using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>Products too small to be worth packing or threads: straight from the operands, on the calling thread.</summary>
static unsafe class GemmSmall
{
    // Multiply-adds above which packing and threads pay (Zen 4): 32³ runs unpacked at 104, packed at 75 GFLOP/s.
    const long MostByColumns = 64 * 1024;
    const long MostByDots = 8 * 1024;
    const int Longest = 256;
    const int FewestToOrder = 4;

    /// <summary>Whether a product is small, or has a k of 0.</summary>
    public static bool Takes<T>(int m, int n, int k, nint bCol, nint cCol) where T : unmanaged, INumberBase<T>
    {
        long work = (long)m * n * k;
        if (work > MostByColumns || k > 0 && (m > Longest || n > Longest || k > Longest))
            return false;
        return work <= MostByDots || HasVectors<T>(n, cCol) && (bCol == 1 || m >= FewestToOrder);
    }

    /// <summary>Does a product that it <see cref="Takes"/>.</summary>
    public static void Multiply<T>(
        int m, int n, int k,
        T alpha, T* a, nint aRow, nint aCol,
        T* b, nint bRow, nint bCol,
        T beta, T* c, nint cRow, nint cCol, GemmBias<T> bias)
        where T : unmanaged, INumberBase<T>
    {
        var finish = new Finish<T>(alpha, beta, bias);
        bool byColumns = HasVectors<T>(n, cCol);
        // Used often enough, B is worth putting in order.
        if (byColumns && bCol != 1 && m >= FewestToOrder)
        {
            T* ordered = Scratch.Get<T>(ScratchSlot.RightPanels, (nint)n * k);
            Packing.Panel(b, bCol, bRow, ordered, n, n, n, k);
            b = ordered;
            (bRow, bCol) = (n, 1);
        }
        if (byColumns && bCol == 1)
        {
            int j = 0;
            if (Vector512.IsHardwareAccelerated)
                j = Columns<T, Vector512<T>, Lanes512<T>>(j, m, n, k, a, aRow, aCol, b, bRow, c, cRow, finish);
            if (Vector256.IsHardwareAccelerated)
                j = Columns<T, Vector256<T>, Lanes256<T>>(j, m, n, k, a, aRow, aCol, b, bRow, c, cRow, finish);
            j = Columns<T, Vector128<T>, Lanes128<T>>(j, m, n, k, a, aRow, aCol, b, bRow, c, cRow, finish);
            Scalars(j, m, n, k, a, aRow, aCol, b, bRow, 1, c, cRow, 1, finish);
        }
        else if (aCol == 1 && bRow == 1 && k >= Vector128<T>.Count && Vector128.IsHardwareAccelerated)
        {
            if (Vector256.IsHardwareAccelerated && k >= Vector256<T>.Count)
                Dots<T, Vector256<T>, Lanes256<T>>(m, n, k, a, aRow, b, bCol, c, cRow, cCol, finish);
            else
                Dots<T, Vector128<T>, Lanes128<T>>(m, n, k, a, aRow, b, bCol, c, cRow, cCol, finish);
        }
        else
        {
            Scalars(0, m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, cCol, finish);
        }
    }

    static bool HasVectors<T>(int n, nint cCol) where T : unmanaged =>
        cCol == 1 && n >= Vector128<T>.Count && Vector128.IsHardwareAccelerated;

    /// <summary>Columns j to n, a vector of them at a time; returns the first that is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Columns<T, V, L>(
        int j, int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, Finish<T> finish)
        where T : unmanaged, INumberBase<T>
        where V : struct
        where L : IVectorLanes<T, V>
    {
        T* sums = stackalloc T[4 * L.Count];
        for (; j + L.Count <= n; j += L.Count)
        {
            int i = 0;
            for (; i + 4 <= m; i += 4)
            {
                V s0 = default, s1 = default, s2 = default, s3 = default;
                T* p = a + i * aRow;
                T* q = b + j;
                for (int step = 0; step < k; step++, p += aCol, q += bRow)
                {
                    V x = L.Load(q);
                    s0 = L.MultiplyAdd(L.Broadcast(p[0]), x, s0);
                    s1 = L.MultiplyAdd(L.Broadcast(p[aRow]), x, s1);
                    s2 = L.MultiplyAdd(L.Broadcast(p[2 * aRow]), x, s2);
                    s3 = L.MultiplyAdd(L.Broadcast(p[3 * aRow]), x, s3);
                }
                T* to = c + i * cRow + j;
                Store<T, V, L>(s0, to, i, j, sums, finish);
                Store<T, V, L>(s1, to + cRow, i + 1, j, sums, finish);
                Store<T, V, L>(s2, to + 2 * cRow, i + 2, j, sums, finish);
                Store<T, V, L>(s3, to + 3 * cRow, i + 3, j, sums, finish);
            }
            for (; i < m; i++)
            {
                V s = default;
                T* p = a + i * aRow;
                T* q = b + j;
                for (int step = 0; step < k; step++, p += aCol, q += bRow)
                    s = L.MultiplyAdd(L.Broadcast(*p), L.Load(q), s);
                Store<T, V, L>(s, c + i * cRow + j, i, j, sums, finish);
            }
        }
        return j;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<T, V, L>(V sum, T* c, int i, int j, T* sums, Finish<T> finish)
        where T : unmanaged, INumberBase<T>
        where V : struct
        where L : IVectorLanes<T, V>
    {
        if (finish.IsPlain)
        {
            L.Store(sum, c);
            return;
        }
        L.Store(sum, sums);
        for (int x = 0; x < L.Count; x++)
            finish.Store(sums[x], c + x, i, j + x);
    }

    /// <summary>Each element a dot product of two contiguous vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Dots<T, V, L>(
        int m, int n, int k, T* a, nint aRow, T* b, nint bCol, T* c, nint cRow, nint cCol, Finish<T> finish)
        where T : unmanaged, INumberBase<T>
        where V : struct
        where L : IVectorLanes<T, V>
    {
        int whole = k - k % L.Count;
        for (nint i = 0; i < m; i++)
            for (nint j = 0; j < n; j++)
            {
                T* p = a + i * aRow;
                T* q = b + j * bCol;
                V s = default;
                int x = 0;
                for (; x < whole; x += L.Count)
                    s = L.MultiplyAdd(L.Load(p + x), L.Load(q + x), s);
                T sum = L.Sum(s);
                for (; x < k; x++)
                    sum += p[x] * q[x];
                finish.Store(sum, c + i * cRow + j * cCol, i, j);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scalars<T>(
        int first, int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, nint bCol,
        T* c, nint cRow, nint cCol, Finish<T> finish)
        where T : unmanaged, INumberBase<T>
    {
        for (nint i = 0; i < m; i++)
            for (nint j = first; j < n; j++)
            {
                T* p = a + i * aRow;
                T* q = b + j * bCol;
                T sum = T.Zero;
                for (int step = 0; step < k; step++, p += aCol, q += bRow)
                    sum += *p * *q;
                finish.Store(sum, c + i * cRow + j * cCol, i, j);
            }
    }
}

/// <summary>The last step of an element: α·sum, plus β·C or the bias.</summary>
unsafe readonly struct Finish<T>(T alpha, T beta, GemmBias<T> bias) where T : unmanaged, INumberBase<T>
{
    public bool IsPlain => alpha == T.One && beta == T.Zero && bias.Values == null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T sum, T* c, nint i, nint j)
    {
        if (alpha != T.One)
            sum *= alpha;
        if (beta != T.Zero)
            sum += beta * *c;
        else if (bias.Values != null)
            sum += bias.Values[bias.PerRow ? i : j];
        *c = sum;
    }
}
