using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// A small product with all that follows from its shape and layout worked out: a list of generated tiles, each with where
/// its operands begin. A product of 8 × 8 × 8 is so a lookup and one call.
/// </summary>
/// <remarks>It is made when a shape comes for the second time, and gives the bits of <see cref="GemmDirect{T}"/>.</remarks>
sealed unsafe class SmallProduct<T> where T : unmanaged, INumberBase<T>
{
    // Multiply-adds above which working it out is a small part of the whole.
    const long MostWork = 64 * 64 * 64;

    // Below this no machine shares, and the model need not be asked.
    const long LeastShared = 16 * 1024;
    const int Remembered = 256;

    [ThreadStatic]
    static Slot[]? t_slots;

    readonly Part[] _parts;
    readonly TileCall _call;
    readonly bool _isSwapped;

    // Columns of a panel of B, or 0 where it is read as it lies.
    readonly int _panel;

    readonly long _work;

    SmallProduct(Part[] parts, TileCall call, bool isSwapped, int panel, long work)
    {
        (_parts, _call) = (parts, call);
        (_isSwapped, _panel) = (isSwapped, panel);
        _work = work;
    }

    /// <summary>One tile: its code, its first column, and bytes from the beginning of the operands.</summary>
    readonly record struct Part(nint Entry, int Column, nint A, nint B, nint C, nint Bias, nint Tail);

    struct Slot
    {
        public GeneratedTiles<T> Tiles;
        public nint ARow, ACol, BRow, BCol, CRow, CCol;
        public int M, N, K, Seen;
        public TileStart Start;
        public SmallProduct<T>? Product;
    }

    /// <summary>Does the product if it is small and has been met before; else returns false.</summary>
    public static bool TryMultiply(
        int m, int n, int k,
        T alpha, T* a, nint aRow, nint aCol,
        T* b, nint bRow, nint bCol,
        T beta, T* c, nint cRow, nint cCol, GemmBias<T> bias)
    {
        if (alpha != T.One || (long)m * n * k > MostWork || GemmTiles<T>.Generated is not { } tiles)
            return false;
        var start = bias.Start;
        if (beta == T.One) start = TileStart.Output;
        else if (beta != T.Zero) return false;

        uint hash = (uint)m * 0x9E3779B1 + (uint)n * 0x85EBCA6B + (uint)k * 0xC2B2AE35 + (uint)(aCol + 2 * bCol) * 0x27D4EB2F + (uint)start;
        ref Slot slot = ref (t_slots ??= new Slot[Remembered])[(hash ^ hash >> 15) % Remembered];
        if (slot.M != m || slot.N != n || slot.K != k || slot.Start != start || slot.ARow != aRow || slot.ACol != aCol
            || slot.BRow != bRow || slot.BCol != bCol || slot.CRow != cRow || slot.CCol != cCol || slot.Tiles != tiles)
        {
            slot = new()
            {
                Tiles = tiles, M = m, N = n, K = k, Start = start,
                ARow = aRow, ACol = aCol, BRow = bRow, BCol = bCol, CRow = cRow, CCol = cCol,
            };
            return false;
        }
        if (slot.Seen++ == 0) slot.Product = Make(in slot);
        if (slot.Product is not { } product) return false;
        if (product._isSwapped) product.Run(b, a, aCol, aRow, m, k, c, bias.Values, tiles);
        else product.Run(a, b, bRow, bCol, n, k, c, bias.Values, tiles);
        return true;
    }

    void Run(T* a, T* b, nint bRow, nint bCol, int n, int k, T* c, T* bias, GeneratedTiles<T> tiles)
    {
        var share = new Share(this, 1, tiles, n, k, (nint)a, (nint)b, bRow, bCol, (nint)c, (nint)bias);
        if (_work >= LeastShared && _parts.Length > 1 && CostModel.IsShared(_work))
        {
            int items = Math.Min(Numerics.Threads, _parts.Length);
            WorkerPool.For(items, share with { Items = items });
        }
        else share.Invoke(0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Run(ReadOnlySpan<Part> parts, T* a, T* b, T* c, T* bias)
    {
        TileCall call = _call;
        foreach (ref readonly Part part in parts)
        {
            call.A = (byte*)a + part.A;
            call.B = (byte*)b + part.B;
            call.C = call.Next = (byte*)c + part.C;
            call.Bias = (byte*)bias + part.Bias;
            call.Tail = part.Tail;
            ((delegate* unmanaged[SuppressGCTransition]<TileCall*, void>)part.Entry)(&call);
        }
    }

    /// <summary>Some of the tiles, one thread's; each thread packs what it needs of B, so that it is in its own cache.</summary>
    readonly record struct Share(SmallProduct<T> Product, int Items, GeneratedTiles<T> Tiles, int N, int K, nint A, nint B, nint BRow, nint BCol, nint C, nint Bias) : IParallelBody
    {
        public void Invoke(int index)
        {
            int all = Product._parts.Length, from = (int)((long)index * all / Items), to = (int)((long)(index + 1) * all / Items), panel = Product._panel;
            var parts = Product._parts.AsSpan(from, to - from);
            T* b = (T*)B;
            if (panel > 0)
            {
                int first = parts[0].Column, columns = Math.Min(N, parts[^1].Column + panel) - first;
                b = GemmDirect<T>.Panels(Tiles, columns, K, b + first * BCol, BRow, BCol, panel) - (nint)first * K;
            }
            Product.Run(parts, (T*)A, b, (T*)C, (T*)Bias);
        }
    }

    /// <summary>The list for a shape, or null where another way is taken.</summary>
    static SmallProduct<T>? Make(in Slot slot)
    {
        var (m, n, k, tiles, start) = (slot.M, slot.N, slot.K, slot.Tiles, slot.Start);
        var (aRow, aCol, bRow, bCol, cRow, cCol) = (slot.ARow, slot.ACol, slot.BRow, slot.BCol, slot.CRow, slot.CCol);
        bool isSwapped = Gemm.IsSwapped(m, n, cRow, cCol);
        if (isSwapped)
        {
            (m, n) = (n, m);
            (aRow, aCol, bRow, bCol) = (bCol, bRow, aCol, aRow);
            (cRow, cCol) = (cCol, cRow);
            if (start is TileStart.RowBias or TileStart.ColumnBias) start = start == TileStart.RowBias ? TileStart.ColumnBias : TileStart.RowBias;
        }
        if (cCol != 1 || GemmDots<T>.Takes(m, n, k, aCol, bRow, bCol)
            || !GemmDirect<T>.LiesInOrder(m, k, aRow, aCol) || !GemmDirect<T>.Takes(m, n, k, isScaled: false, aRow, aCol, bCol, T.Zero))
            return null;

        var (rows, vectors) = GemmDirect<T>.Tile(tiles, m, n, k, aRow, aCol);
        var left = GemmDirect<T>.Form(m, k, aCol);
        var right = bCol == 1 ? TileRight.Rows : TileRight.Panel;
        int panel = vectors * tiles.Lanes, count;
        List<Part> parts = [];
        for (int j = 0; j < n; j += panel)
        {
            int width = Math.Min(panel, n - j), across = (width + tiles.Lanes - 1) / tiles.Lanes, tail = width - (across - 1) * tiles.Lanes;
            for (int i = 0; i < m; i += count)
            {
                int down = (m - i + rows - 1) / rows;
                count = (m - i + down - 1) / down;
                nint entry = (nint)tiles.Find(count, across, tail < tiles.Lanes, start, left, right);
                nint b = right == TileRight.Rows ? j : (nint)j * k;
                parts.Add(new(entry, j, i * aRow * sizeof(T), b * sizeof(T), (i * cRow + j) * sizeof(T), (start == TileStart.RowBias ? i : j) * sizeof(T), tail));
            }
        }
        var call = new TileCall
        {
            K = k,
            ARow = aRow * sizeof(T),
            AStep = aCol * sizeof(T),
            BStep = bRow * sizeof(T),
            CRow = cRow * sizeof(T),
        };
        return new([.. parts], call, isSwapped, right == TileRight.Rows ? 0 : panel, (long)m * n * k);
    }
}
