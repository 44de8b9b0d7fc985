using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Size of a register tile: rows, and vectors in each row. Constants to the JIT, which drops what a tile lacks.</summary>
interface ITileShape
{
    static abstract int Rows { get; }

    static abstract int Vectors { get; }
}

/// <summary>
/// The innermost loop of the matrix product: one tile of C, held in registers, gains the products of a packed panel of
/// A, <c>(k, rows)</c>, and a packed panel of B, <c>(k, vectors)</c>.
/// </summary>
/// <remarks>
/// Every element is one chain of multiply-adds in the order of k, starting from the bias or from what C holds. So its
/// bits depend neither on how C is cut into tiles nor on how k is cut into blocks.
/// </remarks>
static unsafe class GemmPortableTile<T, V, L>
    where T : unmanaged
    where V : struct
    where L : IVectorLanes<T, V>
{
    /// <summary>The most vectors in a row of a tile.</summary>
    public const int MostVectors = 3;

    /// <summary>The most rows of a tile: with 3 vectors, 24 accumulators of 32 registers or 12 of 16.</summary>
    public static int MostRows => L.ManyRegisters ? 8 : 4;

    /// <summary>Rows of the smallest tile that holds <paramref name="rows"/> rows.</summary>
    public static int RowsFor(int rows) => rows > 4 ? 8 : rows > 2 ? 4 : rows;

    // rows: 1, 2, 4 or 8, at most MostRows; vectors: 1 to 3.
    public static void Run(
        int rows, int vectors, nint k, T* a, T* b, T* c, nint cRow, TileStart start, T* bias)
    {
        switch (rows * 4 + vectors)
        {
            case 8 * 4 + 3: Run<Tile8x3>(k, a, b, c, cRow, start, bias); break;
            case 8 * 4 + 2: Run<Tile8x2>(k, a, b, c, cRow, start, bias); break;
            case 8 * 4 + 1: Run<Tile8x1>(k, a, b, c, cRow, start, bias); break;
            case 4 * 4 + 3: Run<Tile4x3>(k, a, b, c, cRow, start, bias); break;
            case 4 * 4 + 2: Run<Tile4x2>(k, a, b, c, cRow, start, bias); break;
            case 4 * 4 + 1: Run<Tile4x1>(k, a, b, c, cRow, start, bias); break;
            case 2 * 4 + 3: Run<Tile2x3>(k, a, b, c, cRow, start, bias); break;
            case 2 * 4 + 2: Run<Tile2x2>(k, a, b, c, cRow, start, bias); break;
            case 2 * 4 + 1: Run<Tile2x1>(k, a, b, c, cRow, start, bias); break;
            case 1 * 4 + 3: Run<Tile1x3>(k, a, b, c, cRow, start, bias); break;
            case 1 * 4 + 2: Run<Tile1x2>(k, a, b, c, cRow, start, bias); break;
            default: Run<Tile1x1>(k, a, b, c, cRow, start, bias); break;
        }
    }

    // Accumulators are separate locals, as only those live in registers; cIJ is row I, vector J.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<S>(nint k, T* a, T* b, T* c, nint cRow, TileStart start, T* bias)
        where S : struct, ITileShape
    {
        V c00 = default, c01 = default, c02 = default;
        V c10 = default, c11 = default, c12 = default;
        V c20 = default, c21 = default, c22 = default;
        V c30 = default, c31 = default, c32 = default;
        V c40 = default, c41 = default, c42 = default;
        V c50 = default, c51 = default, c52 = default;
        V c60 = default, c61 = default, c62 = default;
        V c70 = default, c71 = default, c72 = default;

        if (start == TileStart.RowBias)
        {
            c00 = c01 = c02 = L.Broadcast(bias[0]);
            if (S.Rows > 1) c10 = c11 = c12 = L.Broadcast(bias[1]);
            if (S.Rows > 2) c20 = c21 = c22 = L.Broadcast(bias[2]);
            if (S.Rows > 2) c30 = c31 = c32 = L.Broadcast(bias[3]);
            if (S.Rows > 4) c40 = c41 = c42 = L.Broadcast(bias[4]);
            if (S.Rows > 4) c50 = c51 = c52 = L.Broadcast(bias[5]);
            if (S.Rows > 4) c60 = c61 = c62 = L.Broadcast(bias[6]);
            if (S.Rows > 4) c70 = c71 = c72 = L.Broadcast(bias[7]);
        }
        else if (start is TileStart.Output or TileStart.ColumnBias)
        {
            T* p = start == TileStart.Output ? c : bias;
            nint row = start == TileStart.Output ? cRow : 0;
            Load<S>(p, ref c00, ref c01, ref c02);
            if (S.Rows > 1) Load<S>(p + row, ref c10, ref c11, ref c12);
            if (S.Rows > 2) Load<S>(p + row * 2, ref c20, ref c21, ref c22);
            if (S.Rows > 2) Load<S>(p + row * 3, ref c30, ref c31, ref c32);
            if (S.Rows > 4) Load<S>(p + row * 4, ref c40, ref c41, ref c42);
            if (S.Rows > 4) Load<S>(p + row * 5, ref c50, ref c51, ref c52);
            if (S.Rows > 4) Load<S>(p + row * 6, ref c60, ref c61, ref c62);
            if (S.Rows > 4) Load<S>(p + row * 7, ref c70, ref c71, ref c72);
        }

        for (; k > 0; k--)
        {
            V b0 = L.Load(b), b1 = default, b2 = default;
            if (S.Vectors > 1) b1 = L.Load(b + L.Count);
            if (S.Vectors > 2) b2 = L.Load(b + L.Count * 2);

            V x = L.Broadcast(a[0]);
            c00 = L.MultiplyAdd(x, b0, c00);
            if (S.Vectors > 1) c01 = L.MultiplyAdd(x, b1, c01);
            if (S.Vectors > 2) c02 = L.MultiplyAdd(x, b2, c02);
            if (S.Rows > 1)
            {
                x = L.Broadcast(a[1]);
                c10 = L.MultiplyAdd(x, b0, c10);
                if (S.Vectors > 1) c11 = L.MultiplyAdd(x, b1, c11);
                if (S.Vectors > 2) c12 = L.MultiplyAdd(x, b2, c12);
            }
            if (S.Rows > 2)
            {
                x = L.Broadcast(a[2]);
                c20 = L.MultiplyAdd(x, b0, c20);
                if (S.Vectors > 1) c21 = L.MultiplyAdd(x, b1, c21);
                if (S.Vectors > 2) c22 = L.MultiplyAdd(x, b2, c22);
                x = L.Broadcast(a[3]);
                c30 = L.MultiplyAdd(x, b0, c30);
                if (S.Vectors > 1) c31 = L.MultiplyAdd(x, b1, c31);
                if (S.Vectors > 2) c32 = L.MultiplyAdd(x, b2, c32);
            }
            if (S.Rows > 4)
            {
                x = L.Broadcast(a[4]);
                c40 = L.MultiplyAdd(x, b0, c40);
                if (S.Vectors > 1) c41 = L.MultiplyAdd(x, b1, c41);
                if (S.Vectors > 2) c42 = L.MultiplyAdd(x, b2, c42);
                x = L.Broadcast(a[5]);
                c50 = L.MultiplyAdd(x, b0, c50);
                if (S.Vectors > 1) c51 = L.MultiplyAdd(x, b1, c51);
                if (S.Vectors > 2) c52 = L.MultiplyAdd(x, b2, c52);
                x = L.Broadcast(a[6]);
                c60 = L.MultiplyAdd(x, b0, c60);
                if (S.Vectors > 1) c61 = L.MultiplyAdd(x, b1, c61);
                if (S.Vectors > 2) c62 = L.MultiplyAdd(x, b2, c62);
                x = L.Broadcast(a[7]);
                c70 = L.MultiplyAdd(x, b0, c70);
                if (S.Vectors > 1) c71 = L.MultiplyAdd(x, b1, c71);
                if (S.Vectors > 2) c72 = L.MultiplyAdd(x, b2, c72);
            }
            a += S.Rows;
            b += L.Count * S.Vectors;
        }

        if (start == TileStart.Sum)
        {
            AddFrom<S>(c, ref c00, ref c01, ref c02);
            if (S.Rows > 1) AddFrom<S>(c + cRow, ref c10, ref c11, ref c12);
            if (S.Rows > 2) AddFrom<S>(c + cRow * 2, ref c20, ref c21, ref c22);
            if (S.Rows > 2) AddFrom<S>(c + cRow * 3, ref c30, ref c31, ref c32);
            if (S.Rows > 4) AddFrom<S>(c + cRow * 4, ref c40, ref c41, ref c42);
            if (S.Rows > 4) AddFrom<S>(c + cRow * 5, ref c50, ref c51, ref c52);
            if (S.Rows > 4) AddFrom<S>(c + cRow * 6, ref c60, ref c61, ref c62);
            if (S.Rows > 4) AddFrom<S>(c + cRow * 7, ref c70, ref c71, ref c72);
        }
        Store<S>(c, c00, c01, c02);
        if (S.Rows > 1) Store<S>(c + cRow, c10, c11, c12);
        if (S.Rows > 2) Store<S>(c + cRow * 2, c20, c21, c22);
        if (S.Rows > 2) Store<S>(c + cRow * 3, c30, c31, c32);
        if (S.Rows > 4) Store<S>(c + cRow * 4, c40, c41, c42);
        if (S.Rows > 4) Store<S>(c + cRow * 5, c50, c51, c52);
        if (S.Rows > 4) Store<S>(c + cRow * 6, c60, c61, c62);
        if (S.Rows > 4) Store<S>(c + cRow * 7, c70, c71, c72);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Load<S>(T* p, ref V v0, ref V v1, ref V v2) where S : struct, ITileShape
    {
        v0 = L.Load(p);
        if (S.Vectors > 1) v1 = L.Load(p + L.Count);
        if (S.Vectors > 2) v2 = L.Load(p + L.Count * 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddFrom<S>(T* p, ref V v0, ref V v1, ref V v2) where S : struct, ITileShape
    {
        v0 = L.Add(v0, L.Load(p));
        if (S.Vectors > 1) v1 = L.Add(v1, L.Load(p + L.Count));
        if (S.Vectors > 2) v2 = L.Add(v2, L.Load(p + L.Count * 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<S>(T* p, V v0, V v1, V v2) where S : struct, ITileShape
    {
        L.Store(v0, p);
        if (S.Vectors > 1) L.Store(v1, p + L.Count);
        if (S.Vectors > 2) L.Store(v2, p + L.Count * 2);
    }

    readonly struct Tile8x3 : ITileShape { public static int Rows => 8; public static int Vectors => 3; }
    readonly struct Tile8x2 : ITileShape { public static int Rows => 8; public static int Vectors => 2; }
    readonly struct Tile8x1 : ITileShape { public static int Rows => 8; public static int Vectors => 1; }
    readonly struct Tile4x3 : ITileShape { public static int Rows => 4; public static int Vectors => 3; }
    readonly struct Tile4x2 : ITileShape { public static int Rows => 4; public static int Vectors => 2; }
    readonly struct Tile4x1 : ITileShape { public static int Rows => 4; public static int Vectors => 1; }
    readonly struct Tile2x3 : ITileShape { public static int Rows => 2; public static int Vectors => 3; }
    readonly struct Tile2x2 : ITileShape { public static int Rows => 2; public static int Vectors => 2; }
    readonly struct Tile2x1 : ITileShape { public static int Rows => 2; public static int Vectors => 1; }
    readonly struct Tile1x3 : ITileShape { public static int Rows => 1; public static int Vectors => 3; }
    readonly struct Tile1x2 : ITileShape { public static int Rows => 1; public static int Vectors => 2; }
    readonly struct Tile1x1 : ITileShape { public static int Rows => 1; public static int Vectors => 1; }
}
