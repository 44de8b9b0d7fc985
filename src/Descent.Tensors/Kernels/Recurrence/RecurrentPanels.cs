using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>How the units of a step, and its sequences where threads outnumber the units' blocks, are cut for the threads.</summary>
/// <param name="Vectors">Registers that hold all units.</param>
/// <param name="UnitBlocks">Blocks of one to three registers.</param>
/// <param name="GroupRows">Sequences of a group, whole panels.</param>
/// <param name="Groups">Groups of sequences.</param>
/// <param name="Threads">Threads worth having.</param>
readonly record struct RecurrentGrid(int Vectors, int UnitBlocks, int GroupRows, int Groups, int Threads)
{
    // Multiply-adds of a step, about 2 µs, below which a further thread costs more than it does.
    const long LeastWork = 96 * 1024;

    /// <param name="hidden">Units.</param>
    /// <param name="gates">Products with the state that each takes.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="lanes">Columns of a register.</param>
    /// <param name="panelRows">Rows that belong together.</param>
    /// <param name="mostVectors">Registers of a tile's row.</param>
    public static RecurrentGrid Choose(int hidden, int gates, int batch, int lanes, int panelRows, int mostVectors)
    {
        int threads = (int)Math.Clamp((long)batch * gates * hidden * hidden / LeastWork, 1, Numerics.Threads);
        int vectors = (hidden + lanes - 1) / lanes, least = (vectors + mostVectors - 1) / mostVectors;
        int blocks = Math.Min(vectors, (least + threads - 1) / threads * threads);
        int tiles = Math.Max(1, (batch + panelRows - 1) / panelRows), groups = Math.Min(tiles, (threads + blocks - 1) / blocks);
        int rows = (tiles + groups - 1) / groups * panelRows;
        return new(vectors, blocks, rows, (tiles * panelRows + rows - 1) / rows, threads);
    }

    /// <summary>The first register of a block of units.</summary>
    public int FirstVector(int block) => (int)((long)block * Vectors / UnitBlocks);
}

/// <summary>
/// A matrix that each step's rows are multiplied with, packed once for the whole sequence. It has a slice for each gate:
/// forward the slices give the gates' products, backward these are the sums' parts. Generated tiles read the rows as they lie;
/// for others there are two sets of packed rows, one that a step reads and one that it leaves for the next.
/// </summary>
/// <param name="tiles">The register tiles.</param>
/// <param name="grid">How the units are cut.</param>
/// <param name="hidden">Units, and the length of a slice's sums.</param>
/// <param name="slices">Slices.</param>
/// <param name="sums">The slices' products are summed.</param>
/// <param name="batch">The most rows of a step.</param>
/// <param name="workspace">Room for <see cref="Length"/> elements.</param>
unsafe readonly struct RecurrentPanels<T>(GemmTiles<T> tiles, RecurrentGrid grid, int hidden, int slices, bool sums, int batch, T* workspace)
    where T : unmanaged, INumberBase<T>
{
    /// <summary>The most rows of a band.</summary>
    public const int BandRows = 24;

    readonly int _depth = sums ? slices * hidden : hidden;

    /// <summary>Rows that are packed as one panel; groups of sequences are whole panels.</summary>
    public static int PanelRows(GemmTiles<T> tiles) => tiles is GeneratedTiles<T> ? 8 : tiles.MostRows(tiles.MostVectors);

    /// <summary>
    /// Registers of a tile's row. A generated tile with two reads the matrix least often, as it has up to 14 rows, and leaves
    /// more blocks for the threads.
    /// </summary>
    public static int MostVectors(GemmTiles<T> tiles) => tiles is GeneratedTiles<T> ? 2 : tiles.MostVectors;

    /// <summary>Elements of the workspace.</summary>
    public static nint Length(GemmTiles<T> tiles, int hidden, int slices, bool sums, int batch) =>
        (nint)slices * hidden * GemmGrid.RoundUp(hidden, 1, tiles.Lanes) + Packing.Slack
        + (tiles is GeneratedTiles<T> ? 0 : 2 * (nint)(sums ? slices * hidden : hidden) * GemmGrid.RoundUp(batch, 1, PanelRows(tiles)));

    /// <summary>The first unit of a block, and how many there are and their width in whole registers.</summary>
    public (int First, int Count, int Width) Units(int block)
    {
        int first = grid.FirstVector(block) * tiles.Lanes, width = grid.FirstVector(block + 1) * tiles.Lanes - first;
        return (first, Math.Min(width, hidden - first), width);
    }

    T* Weights(int block) => workspace + (nint)slices * hidden * grid.FirstVector(block) * tiles.Lanes;

    T* Rows(int set) => workspace + (nint)slices * hidden * grid.Vectors * tiles.Lanes + (nint)set * _depth * GemmGrid.RoundUp(batch, 1, PanelRows(tiles));

    /// <summary>Packs a block of the weight, (slices · hidden, hidden): its units are rows where each slice gives products, else columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PackWeights(int block, T* weight)
    {
        var (first, count, width) = Units(block);
        var (stride, along) = sums ? (1, hidden) : (hidden, 1);
        for (int slice = 0; slice < slices; slice++)
            Packing.Panel(weight + (nint)slice * hidden * hidden + (nint)first * stride, stride, along, Weights(block) + (nint)slice * hidden * width,
                count, width, width, hidden);
    }

    /// <summary>Packs elements <c>[k, k + count)</c> of the rows from <paramref name="first"/>, a panel's start, to <paramref name="end"/>, if the tiles need it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PackRows(int set, int first, int end, T* source, nint stride, int k, int count)
    {
        if (tiles is GeneratedTiles<T>) return;
        int rows = PanelRows(tiles);
        for (int row = first; row < end; row += rows)
        {
            int some = Math.Min(rows, end - row), height = tiles.PanelRows(some);
            Packing.Panel(source + row * stride, stride, 1, Rows(set) + (nint)row * _depth + (nint)k * height, some, height, height, count);
        }
    }

    /// <summary>Rows of the next band of a block: one tile, and bands differ by one row at most.</summary>
    public int Band(int block, int rows)
    {
        int most = tiles is GeneratedTiles<T> ? tiles.MostRows(Units(block).Width / tiles.Lanes) : PanelRows(tiles);
        int bands = (rows + most - 1) / most;
        return tiles is GeneratedTiles<T> ? (rows + bands - 1) / bands : Math.Min(rows, most);
    }

    /// <summary>The product of a band with a slice of a block, <c>(rows, width)</c>: one of <c>(slices, BandRows, width)</c>, or added to the one of them all.</summary>
    /// <param name="set">Where the rows are packed.</param>
    /// <param name="source">Where they lie: the step's first.</param>
    /// <param name="stride">From one of them to the next.</param>
    /// <param name="first">The band's first row.</param>
    /// <param name="rows">The number of its rows.</param>
    /// <param name="block">The block of units.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="product">What <see cref="Product"/> gave.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(int set, T* source, nint stride, int first, int rows, int block, int slice, T* product)
    {
        int width = Units(block).Width, k = sums ? slice * hidden : 0;
        T* right = Weights(block) + (nint)slice * hidden * width, to = sums ? product : product + (nint)slice * BandRows * width;
        var start = sums && slice > 0 ? TileStart.Output : TileStart.Zero;
        if (tiles is GeneratedTiles<T> generated)
        {
            TileCall call = default;
            call.K = hidden;
            call.A = source + first * stride + k;
            call.ARow = stride * sizeof(T);
            call.B = right;
            call.C = call.Next = to;
            call.CRow = (nint)width * sizeof(T);
            generated.Find(rows, width / tiles.Lanes, hasTail: false, start, TileLeft.Rows, TileRight.Panel)(&call);
        }
        else
        {
            tiles.Run(rows, width, hidden, Rows(set) + (nint)first * _depth + (nint)k * tiles.PanelRows(rows), right, to, width, start, null);
        }
    }

    /// <summary>This thread's room for the products of a band.</summary>
    public T* Product(int block) => Scratch.Get<T>(ScratchSlot.Tile, (nint)(sums ? 1 : slices) * BandRows * Units(block).Width);
}
