using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// A product of bfloat16 pairs, or of bytes by four, cut into blocks of C. An item packs a block of A, which stays in the second cache, and for
/// one group of panels of B after the other multiplies: a panel of B (24 KiB) stays in the first cache while A streams by.
/// </summary>
/// <remarks>Every element is one chain over k, cut at the same k whatever the grid: the number of threads shows in no bit.</remarks>
unsafe struct PairJob<TA, TB, TC>(
    int m, int n, int k, TA a, TB b, GemmOutput<TC> c, GemmBias<float> bias, bool accumulate) : IParallelBody
    where TA : struct, IPairSource
    where TB : struct, IPairSource
    where TC : unmanaged
{
    const int TileRows = PairKernels.MostRows;
    const int Lanes = 16;
    const int TileColumns = PairKernels.MostVectors * Lanes;
    const int WordsOfBlock = 128;
    const int PanelsOfGroup = 8;
    const int MostRowsOfBlock = 512;
    const int MostRowsBesideSums = 256;
    const int MostColumnsBesideSums = PanelsOfGroup * TileColumns;

    GemmGrid _grid;
    int _gridColumns;

    static PairKind Kind => TA.OfWord == 2 ? PairKind.BFloat16 : PairKind.Bytes;

    static bool IsNarrow => typeof(TC) == typeof(BFloat16);

    readonly int Parts => Math.Max(1, (k + WordsOfBlock * TA.OfWord - 1) / (WordsOfBlock * TA.OfWord));

    /// <summary>Whether sums stay beside C between blocks of k: C cannot hold them, or not in neighbouring columns.</summary>
    readonly bool HasSums => Parts > 1 && (IsNarrow || !c.IsContiguous(0, n));

    public void Run()
    {
        _grid = PairGrid.Choose(m, n, k, HasSums ? MostRowsBesideSums : MostRowsOfBlock, HasSums ? MostColumnsBesideSums : int.MaxValue,
            TileRows, TileColumns, Numerics.Threads);
        _gridColumns = (n + _grid.Columns - 1) / _grid.Columns;
        int items = _gridColumns * ((m + _grid.Rows - 1) / _grid.Rows);
        if (items == 1) Invoke(0);
        else WorkerPool.For(items, in this);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Invoke(int index)
    {
        int top = index / _gridColumns * _grid.Rows, left = index % _gridColumns * _grid.Columns;
        int rows = Math.Min(_grid.Rows, m - top), columns = Math.Min(_grid.Columns, n - left);
        int parts = Parts, depth = GemmGrid.RoundUp(k, parts, TA.OfWord), words = depth / TA.OfWord, group = Math.Min(columns, PanelsOfGroup * TileColumns);
        uint* panelsA = Scratch.Get<uint>(ScratchSlot.LeftPanel, (nint)GemmGrid.RoundUp(rows, 1, TileRows) * words + Packing.Slack);
        uint* panelsB = Scratch.Get<uint>(ScratchSlot.RightPanels, (nint)GemmGrid.RoundUp(group, 1, Lanes) * words + Packing.Slack);
        int sumsRow = GemmGrid.RoundUp(columns, 1, Lanes);
        float* sums = HasSums ? Scratch.Get<float>(ScratchSlot.Sums, (nint)rows * sumsRow) : null;
        for (int part = 0; part < parts; part++)
        {
            int k0 = part * depth, kc = Math.Min(depth, k - k0), pairs = (kc + TA.OfWord - 1) / TA.OfWord;
            a.Pack(panelsA, top, rows, TileRows, TileRows, k0, kc);
            for (int g = 0; g < columns; g += group)
            {
                int width = Math.Min(group, columns - g);
                b.Pack(panelsB, left + g, width, TileColumns, Lanes, k0, kc);
                for (int j = 0; j < width; j += TileColumns)
                    for (int i = 0; i < rows; i += TileRows)
                    {
                        PairTile tile = new() { A = panelsA + (nint)i * pairs, B = panelsB + (nint)j * pairs, Pairs = pairs };
                        Tile(ref tile, top + i, Math.Min(TileRows, rows - i), left + g + j, Math.Min(TileColumns, width - j),
                            sums == null ? null : sums + (nint)i * sumsRow + g + j, sumsRow, part == 0, part == parts - 1);
                    }
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Tile(ref PairTile tile, int i, int rows, int j, int width, float* sums, int sumsRow, bool first, bool last)
    {
        float* start = stackalloc float[TileRows * TileColumns];
        tile.LastColumns = (width - 1) % Lanes + 1;
        int vectors = (width + Lanes - 1) / Lanes;
        if (!first && sums != null) StartFrom(ref tile, sums, sumsRow);
        else if (!first || accumulate) StartFrom(ref tile, (float*)c.At(i, j), c.Row);
        else if (bias.Values != null && !bias.PerRow) StartFrom(ref tile, bias.Values + j, 0);
        else
        {
            for (int r = 0; r < rows; r++) new Span<float>(start + r * TileColumns, TileColumns).Fill(bias.Values == null ? 0 : bias.Values[i + r]);
            StartFrom(ref tile, start, TileColumns);
        }

        if (!last && sums != null)
        {
            tile.C = sums;
            tile.Row = sumsRow * (nint)sizeof(float);
        }
        else if (c.IsContiguous(j, width))
        {
            tile.C = c.At(i, j);
            tile.Row = c.Row * sizeof(TC);
        }
        else
        {
            // Columns that are not neighbours are computed beside C and copied.
            TC* beside = stackalloc TC[TileRows * TileColumns];
            tile.C = beside;
            tile.Row = TileColumns * sizeof(TC);
            Run(ref tile, new(Kind, rows, vectors, IsNarrow));
            for (int at = 0; at < width;)
            {
                int length = c.InRun(j + at, width - at);
                TC* to = c.At(i, j + at);
                for (int r = 0; r < rows; r++)
                    for (int x = 0; x < length; x++) to[r * c.Row + x * c.Column] = beside[r * TileColumns + at + x];
                at += length;
            }
            return;
        }
        Run(ref tile, new(Kind, rows, vectors, IsNarrow && last));
    }

    static void StartFrom(ref PairTile tile, float* start, nint row)
    {
        tile.Start = start;
        tile.StartRow = row * sizeof(float);
    }

    static void Run(ref PairTile tile, PairSpecification specification)
    {
        fixed (PairTile* p = &tile)
            if (Kind == PairKind.Bytes && !PairKernels.HasBytes) ByteTile.Run(specification.Rows, specification.Vectors, p);
            else PairKernels.Run(specification, p);
    }
}
