using System.Numerics;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>How the units of a step, and its sequences where threads outnumber the units' blocks, are cut for the threads.</summary>
/// <param name="Vectors">Registers that hold all units.</param>
/// <param name="UnitBlocks">Blocks of one to three registers.</param>
/// <param name="GroupRows">Sequences of a group, whole tiles.</param>
/// <param name="Groups">Groups of sequences.</param>
/// <param name="Threads">Threads worth having.</param>
readonly record struct RecurrentGrid(int Vectors, int UnitBlocks, int GroupRows, int Groups, int Threads)
{
    // Multiply-adds of a step, about 2 µs, below which a further thread costs more than it does.
    const long LeastWork = 96 * 1024;

    /// <param name="units">Columns of a product.</param>
    /// <param name="batch">Its rows.</param>
    /// <param name="work">Multiply-adds of a step.</param>
    /// <param name="lanes">Columns of a register.</param>
    /// <param name="tileRows">Rows of a tile.</param>
    /// <param name="mostVectors">Registers of a tile's row.</param>
    public static RecurrentGrid Choose(int units, int batch, long work, int lanes, int tileRows, int mostVectors)
    {
        int threads = (int)Math.Clamp(work / LeastWork, 1, Numerics.Threads);
        int vectors = (units + lanes - 1) / lanes, least = (vectors + mostVectors - 1) / mostVectors;
        int blocks = Math.Min(vectors, (least + threads - 1) / threads * threads);
        int tiles = Math.Max(1, (batch + tileRows - 1) / tileRows), groups = Math.Min(tiles, (threads + blocks - 1) / blocks);
        int rows = (tiles + groups - 1) / groups * tileRows;
        return new(vectors, blocks, rows, (tiles * tileRows + rows - 1) / rows, threads);
    }

    /// <summary>The first register of a block of units.</summary>
    public int FirstVector(int block) => (int)((long)block * Vectors / UnitBlocks);
}

/// <summary>
/// A matrix that each step's rows are multiplied with, packed once for the whole sequence, and two sets of those rows, one
/// that a step reads and one that it leaves for the next.
/// </summary>
/// <param name="grid">How the columns are cut.</param>
/// <param name="columns">Columns of each of the matrix's parts.</param>
/// <param name="parts">Parts side by side: a block holds its columns of every part.</param>
/// <param name="depth">Length of the sums.</param>
/// <param name="batch">The most rows of a step.</param>
/// <param name="workspace">Room for <see cref="Length"/> elements.</param>
unsafe readonly struct RecurrentPanels<T, V, L>(RecurrentGrid grid, int columns, int parts, int depth, int batch, T* workspace)
    where T : unmanaged, INumberBase<T>
    where V : struct
    where L : IVectorLanes<T, V>
{
    // A tile's rows of such a depth stay in L1, a block's columns in L2.
    const int DepthOfBlock = 256;

    public static int TileRows => GemmTile<T, V, L>.MostRows;

    /// <summary>Rows of a product that are made before they are used, so that they are still in the nearest cache.</summary>
    public static int ChunkRows => 4 * TileRows;

    /// <summary>Elements of the workspace.</summary>
    public static nint Length(int columns, int parts, int depth, int batch) =>
        (nint)parts * depth * Padded(columns, L.Count) + 2 * (nint)depth * Padded(batch, TileRows) + Packing.Slack;

    static int Padded(int length, int step) => (length + step - 1) / step * step;

    /// <summary>The first column of a block, and how many there are and their width in whole registers.</summary>
    public (int First, int Count, int Width) Columns(int block)
    {
        int first = grid.FirstVector(block) * L.Count, width = grid.FirstVector(block + 1) * L.Count - first;
        return (first, Math.Min(width, columns - first), width);
    }

    T* Weights(int block) => workspace + (nint)parts * depth * grid.FirstVector(block) * L.Count;

    T* Rows(int set) => workspace + (nint)parts * depth * grid.Vectors * L.Count + set * (nint)depth * Padded(batch, TileRows);

    /// <summary>Packs a block of the matrix whose element (k, part, column) lies at <c>source + k · kStride + part · partStride + column · stride</c>.</summary>
    public void PackWeights(int block, T* source, nint partStride, nint stride, nint kStride)
    {
        var (first, count, width) = Columns(block);
        for (int part = 0; part < parts; part++)
            Packing.Panel(source + part * partStride + first * stride, stride, kStride, Weights(block) + (nint)part * depth * width, count, width, width, depth);
    }

    /// <summary>Packs elements <c>[k, k + count)</c> of the rows from <paramref name="first"/>, a tile's start, to <paramref name="end"/>.</summary>
    public void PackRows(int set, int first, int end, T* source, nint stride, int k, int count)
    {
        for (int row = first; row < end; row += TileRows)
        {
            int height = GemmTile<T, V, L>.RowsFor(Math.Min(TileRows, end - row));
            Packing.Panel(source + row * stride, stride, 1, Rows(set) + (nint)row * depth + k * height, Math.Min(TileRows, end - row), height, height, count);
        }
    }

    /// <summary>
    /// The product of the rows from <paramref name="first"/>, a tile's start, to <paramref name="end"/> with a block of the
    /// matrix: <c>(parts, ChunkRows, width)</c>.
    /// </summary>
    public void Multiply(int set, int first, int end, int block, T* product)
    {
        int width = Columns(block).Width;
        for (int part = 0; part < parts; part++)
        {
            T* right = Weights(block) + (nint)part * depth * width, to = product + (nint)part * ChunkRows * width;
            for (int k = 0; k < depth; k += DepthOfBlock)
                for (int row = first; row < end; row += TileRows)
                {
                    int height = GemmTile<T, V, L>.RowsFor(Math.Min(TileRows, end - row));
                    GemmTile<T, V, L>.Run(height, width / L.Count, Math.Min(DepthOfBlock, depth - k), Rows(set) + (nint)row * depth + k * height,
                        right + (nint)k * width, to + (nint)(row - first) * width, width, k == 0 ? TileStart.Zero : TileStart.Output, null);
                }
        }
    }

    /// <summary>This thread's room for a product.</summary>
    public T* Product(int block) => Scratch.Get<T>(ScratchSlot.Tile, (nint)parts * ChunkRows * Columns(block).Width);
}
