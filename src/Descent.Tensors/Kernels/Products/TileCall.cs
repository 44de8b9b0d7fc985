using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>What the accumulators of a tile start from.</summary>
enum TileStart
{
    Zero,
    Output,
    RowBias,
    ColumnBias,

    /// <summary>Zero, and what the output held is added at the end: sums in blocks, which err less than one long chain.</summary>
    Sum,
}

/// <summary>How a tile finds the operand whose elements it spreads over vectors: element (row, k).</summary>
enum TileLeft
{
    /// <summary>A panel: the rows of a k side by side, and one k after the other.</summary>
    Panel,

    /// <summary>The rows of a k side by side, the k's <see cref="TileCall.AStep"/> apart.</summary>
    Columns,

    /// <summary>The k's of a row side by side, the rows <see cref="TileCall.ARow"/> apart.</summary>
    Rows,
}

/// <summary>How a tile finds the operand that it reads by vectors: element (k, column).</summary>
enum TileRight
{
    /// <summary>A panel: whole vectors, one k after the other.</summary>
    Panel,

    /// <summary>The k's are <see cref="TileCall.BStep"/> apart; what lies beyond the last column is not touched.</summary>
    Rows,
}

/// <summary>The argument of a generated tile. Distances are in bytes; fields that the tile's form has no use for may be anything.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct TileCall
{
    /// <summary>Products in each sum.</summary>
    public nint K;

    public void* A;
    public nint ARow;
    public nint AStep;

    public void* B;
    public nint BStep;

    /// <summary>How far beyond what it reads of B the tile fetches into the caches.</summary>
    public nint Ahead;

    public void* C;
    public nint CRow;

    public void* Bias;

    /// <summary>Columns of the last vector, where it is not whole.</summary>
    public nint Tail;

    /// <summary>The output of the tile after this one, to be fetched into the caches.</summary>
    public void* Next;
}
