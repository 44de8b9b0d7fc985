using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The register tiles of one tier: what a matrix product, a convolution or a recurrent step runs over packed panels. An
/// A panel is <c>(k, <see cref="PanelRows"/>)</c>, a B panel <c>(k, vectors · <see cref="Lanes"/>)</c> with zeros beyond its columns.
/// </summary>
/// <remarks>
/// Every element of C is one chain of multiply-adds in the order of k, starting from the bias or from what C holds: its
/// bits depend neither on how C is cut into tiles nor on how k is cut into blocks.
/// </remarks>
abstract unsafe class GemmTiles<T> where T : unmanaged
{
    static readonly GemmTiles<T>?[] s_ofTier = new GemmTiles<T>?[(int)IsaTier.Amx + 1];

    /// <summary>The tiles of the tier in use.</summary>
    public static GemmTiles<T> Current => For(Processor.Tier);

    /// <summary>The tiles of the tier in use if they are made at run time.</summary>
    public static GeneratedTiles<T>? Generated => Current as GeneratedTiles<T>;

    /// <summary>The tiles of a tier, or the portable ones where the system lets no code be generated.</summary>
    public static GemmTiles<T> For(IsaTier tier) => s_ofTier[(int)tier] ??= Create(tier);

    /// <summary>Elements of a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Most vectors in a row of a tile.</summary>
    public abstract int MostVectors { get; }

    /// <summary>Most rows of a tile with so many vectors in a row.</summary>
    public abstract int MostRows(int vectors);

    /// <summary>Rows that a packed panel of A has for so many rows of C; those beyond are zeros.</summary>
    public abstract int PanelRows(int rows);

    /// <summary>C (rows, columns), stepped by <paramref name="cRow"/>, gains or becomes the product of two panels.</summary>
    /// <param name="rows">Rows of C, at most <see cref="MostRows"/>.</param>
    /// <param name="columns">Columns of C; nothing beyond them is touched.</param>
    /// <param name="k">Length of the panels.</param>
    /// <param name="a">Panel of A.</param>
    /// <param name="b">Panel of B.</param>
    /// <param name="c">First element of C; columns are neighbours.</param>
    /// <param name="cRow">Elements from one row of C to the next.</param>
    /// <param name="start">What the sums start from.</param>
    /// <param name="bias">Values for the rows or columns of the tile, where they start from such.</param>
    public abstract void Run(int rows, int columns, nint k, T* a, T* b, T* c, nint cRow, TileStart start, T* bias);

    static GemmTiles<T> Create(IsaTier tier)
    {
        if (tier >= IsaTier.Avx2 && GeneratedTiles<T>.TryCreate(tier) is { } generated) return generated;
        return Vector512.IsHardwareAccelerated ? new PortableTiles<T, Vector512<T>, Lanes512<T>>()
            : Vector256.IsHardwareAccelerated ? new PortableTiles<T, Vector256<T>, Lanes256<T>>()
            : new PortableTiles<T, Vector128<T>, Lanes128<T>>();
    }
}

/// <summary>Tiles in C#, as wide as the machine has vectors.</summary>
sealed unsafe class PortableTiles<T, V, L> : GemmTiles<T>
    where T : unmanaged
    where V : struct
    where L : IVectorLanes<T, V>
{
    public override int Lanes => L.Count;

    public override int MostVectors => GemmPortableTile<T, V, L>.MostVectors;

    public override int MostRows(int vectors) => GemmPortableTile<T, V, L>.MostRows;

    public override int PanelRows(int rows) => GemmPortableTile<T, V, L>.RowsFor(rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int rows, int columns, nint k, T* a, T* b, T* c, nint cRow, TileStart start, T* bias)
    {
        int height = PanelRows(rows), vectors = (columns + L.Count - 1) / L.Count;
        if (height == rows && vectors * L.Count == columns)
        {
            GemmPortableTile<T, V, L>.Run(height, vectors, k, a, b, c, cRow, start, bias);
            return;
        }
        // A tile that hangs over the edge of C is computed beside it and copied.
        int pitch = vectors * L.Count;
        T* tile = stackalloc T[height * pitch];
        for (int r = 0; start != TileStart.Zero && r < rows; r++)
            for (int x = 0; x < columns; x++)
                tile[r * pitch + x] = start switch
                {
                    TileStart.Output or TileStart.Sum => c[r * cRow + x],
                    TileStart.RowBias => bias[r],
                    _ => bias[x],
                };
        GemmPortableTile<T, V, L>.Run(height, vectors, k, a, b, tile, pitch, start is TileStart.Zero or TileStart.Sum ? start : TileStart.Output, null);
        for (int r = 0; r < rows; r++)
            Packing.Copy(tile + r * pitch, c + r * cRow, columns);
    }
}

/// <summary>Tiles made at run time for one tier: of any size, with masked edges, over panels or operands as they lie.</summary>
sealed unsafe class GeneratedTiles<T> : GemmTiles<T> where T : unmanaged
{
    const int Starts = 5, Lefts = 3, Rights = 2;

    const int MostDots = 8;

    readonly nint[] _entries;
    readonly nint[] _dots = new nint[MostDots * MostDots * 2];
    readonly nint[] _transpositions = new nint[2 * (64 / sizeof(float) + 1)];
    readonly int[] _first = new int[TileSpecification.MostVectors + 1];
    readonly int[] _mostRows = new int[TileSpecification.MostVectors + 1];

    GeneratedTiles(IsaTier tier)
    {
        Tier = tier;
        Lanes = (tier >= IsaTier.Avx512 ? 64 : 32) / sizeof(T);
        int tiles = 0;
        for (int vectors = 1; vectors <= TileSpecification.MostVectors; vectors++)
        {
            _mostRows[vectors] = TileSpecification.MostRows(tier, vectors);
            _first[vectors] = tiles - 1;
            tiles += _mostRows[vectors];
            if (_mostRows[vectors] > 0) MostVectors = vectors;
        }
        _entries = new nint[tiles * 2 * Starts * Lefts * Rights];
    }

    public IsaTier Tier { get; }

    public override int Lanes { get; }

    public override int MostVectors { get; }

    public override int MostRows(int vectors) => _mostRows[vectors];

    public override int PanelRows(int rows) => rows;

    internal static GeneratedTiles<T>? TryCreate(IsaTier tier)
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) return null;
        var tiles = new GeneratedTiles<T>(tier);
        return tiles.Find(1, 1, hasTail: false, TileStart.Zero, TileLeft.Panel, TileRight.Panel) == null ? null : tiles;
    }

    public override void Run(int rows, int columns, nint k, T* a, T* b, T* c, nint cRow, TileStart start, T* bias)
    {
        int vectors = (columns + Lanes - 1) / Lanes, tail = columns - (vectors - 1) * Lanes;
        TileCall call;
        call.K = k;
        call.A = a;
        call.B = b;
        call.C = c;
        call.CRow = cRow * sizeof(T);
        call.Bias = bias;
        call.Tail = tail;
        call.Next = c;
        Find(rows, vectors, tail < Lanes, start, TileLeft.Panel, TileRight.Panel)(&call);
    }

    /// <summary>The code of a tile.</summary>
    public delegate* unmanaged[SuppressGCTransition]<TileCall*, void> Find(
        int rows, int vectors, bool hasTail, TileStart start, TileLeft left, TileRight right)
    {
        ref nint entry = ref _entries[((((_first[vectors] + rows) * 2 + (hasTail ? 1 : 0)) * Starts + (int)start) * Lefts + (int)left) * Rights + (int)right];
        if (entry == 0)
            entry = new TileSpecification(Tier, sizeof(T) == sizeof(double), rows, vectors, hasTail, start, left, right).FindEntry();
        return (delegate* unmanaged[SuppressGCTransition]<TileCall*, void>)entry;
    }

    /// <summary>The code of a block of dot products.</summary>
    public delegate* unmanaged[SuppressGCTransition]<DotsCall*, void> FindDots(int rows, int columns, bool hasTail)
    {
        ref nint entry = ref _dots[((rows - 1) * MostDots + columns - 1) * 2 + (hasTail ? 1 : 0)];
        if (entry == 0) entry = new DotsSpecification(Tier, sizeof(T) == sizeof(double), rows, columns, hasTail).FindEntry();
        return (delegate* unmanaged[SuppressGCTransition]<DotsCall*, void>)entry;
    }

    /// <summary>The code that turns so many rows into columns, or null on tiers without it.</summary>
    public delegate* unmanaged[SuppressGCTransition]<TransposeCall*, void> FindTransposition(int rows, bool isPadded)
    {
        if (Tier < IsaTier.Avx512) return null;
        ref nint entry = ref _transpositions[2 * rows + (isPadded ? 1 : 0)];
        if (entry == 0) entry = new TransposeSpecification(sizeof(T) == sizeof(double), rows, isPadded).FindEntry();
        return (delegate* unmanaged[SuppressGCTransition]<TransposeCall*, void>)entry;
    }
}
