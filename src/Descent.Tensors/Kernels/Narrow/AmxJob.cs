using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>A product of tiles cut into blocks of C. A panel of B stays in the first cache, a block of A in the second.</summary>
/// <remarks>
/// Every element is summed in the same order whatever the grid: within blocks of k on the tiles, then block by block in
/// float32. Blocks of 32 × 32 elements whose numbers the tiles cannot take are multiplied in float32. Bytes are summed as
/// int32, in place of float32 throughout.
/// </remarks>
unsafe struct AmxJob<TA, TB, TC, TUnit>(
    int m, int n, int k, TA a, TB b, GemmOutput<TC> c, GemmBias<float> bias, bool accumulate) : IParallelBody
    where TA : struct, IAmxSource
    where TB : struct, IAmxSource
    where TC : unmanaged
    where TUnit : IAmxUnit
{
    const int Tile = 16, Panel = 2 * Tile;
    const int MostRowsOfBlock = 512;
    const int PanelsOfGroup = 8;

    GemmGrid _grid;
    int _gridColumns;

    readonly bool IsInteger => a.Kind == AmxKind.Bytes;

    // Elements in the 64 bytes that a row of a tile has along k.
    readonly int Step => IsInteger ? 4 * Tile : 2 * Tile;

    readonly int Parts => new AmxSpecification(1, 1, a.Kind).Parts;

    // A panel of B, 32 columns of 2 bytes for each part and element, is to leave room in 48 KiB.
    readonly int DepthOfBlock => Parts switch { 3 => 192, 2 => 256, _ => 512 };

    readonly bool IsDirect => typeof(TC) == typeof(float) && c.IsContiguous(0, n);

    public void Run()
    {
        _grid = PairGrid.Choose(m, n, k, MostRowsOfBlock, IsDirect ? int.MaxValue : PanelsOfGroup * Panel, Panel, Panel, Numerics.Threads);
        _gridColumns = (n + _grid.Columns - 1) / _grid.Columns;
        int items = _gridColumns * ((m + _grid.Rows - 1) / _grid.Rows);
        if (items == 1) Invoke(0);
        else WorkerPool.For(items, in this);
    }

    public readonly void Invoke(int index)
    {
        TUnit.Configure();
        try
        {
            Multiply(index / _gridColumns * _grid.Rows, index % _gridColumns * _grid.Columns);
        }
        finally
        {
            TUnit.Release();
        }
    }

    [SkipLocalsInit]
    readonly void Multiply(int top, int left)
    {
        int rows = Math.Min(_grid.Rows, m - top), columns = Math.Min(_grid.Columns, n - left);
        int blocks = Math.Max(1, (k + DepthOfBlock - 1) / DepthOfBlock), depth = GemmGrid.RoundUp(k, blocks, Step);
        int rowPanels = (rows + Panel - 1) / Panel, group = Math.Min((columns + Panel - 1) / Panel, PanelsOfGroup);
        nint panelBytes = (nint)(depth / Step) * 2 * Parts * AmxKernels.TileBytes;
        byte* panelsA = Scratch.Get<byte>(ScratchSlot.LeftPanel, rowPanels * panelBytes), panelsB = Scratch.Get<byte>(ScratchSlot.RightPanels, group * panelBytes);
        float* block = Scratch.Get<float>(ScratchSlot.Tile, Panel * Panel);
        float* sums = IsDirect ? null : Scratch.Get<float>(ScratchSlot.Sums, (nint)rows * columns);
        SplitRange* rangesA = stackalloc SplitRange[rowPanels], rangesB = stackalloc SplitRange[group];
        for (int k0 = 0, part = 0; part < blocks; part++, k0 += depth)
        {
            int kc = Math.Clamp(k - k0, 0, depth);
            for (int i = 0; i < rowPanels; i++)
                rangesA[i] = a.Pack(panelsA + i * panelBytes, top + i * Panel, rows - i * Panel, TilesOf(rows - i * Panel), k0, kc, isLeft: true);
            for (int g = 0; g < columns; g += group * Panel)
            {
                int width = Math.Min(group * Panel, columns - g);
                for (int j = 0; j * Panel < width; j++)
                    rangesB[j] = b.Pack(panelsB + j * panelBytes, left + g + j * Panel, width - j * Panel, TilesOf(width - j * Panel), k0, kc, isLeft: false);
                for (int j = 0; j * Panel < width; j++)
                    for (int i = 0; i < rowPanels; i++)
                    {
                        int height = Math.Min(Panel, rows - i * Panel), across = Math.Min(Panel, width - j * Panel), column = g + j * Panel;
                        if (Parts == 1 || SplitRange.CanSplit(rangesA[i], rangesB[j], kc))
                        {
                            AmxCall call = new() { A = panelsA + i * panelBytes, B = panelsB + j * panelBytes, Steps = (kc + Step - 1) / Step, C = block, Row = Panel * sizeof(float) };
                            TUnit.Run(new(TilesOf(height), TilesOf(across), a.Kind), &call);
                        }
                        else WideBlock.Multiply(a, top + i * Panel, height, b, left + column, across, k0, kc, block);
                        Add(block, top, i * Panel, height, left, column, across, part == 0, sums, columns);
                    }
            }
        }
        if (sums != null) Finish(sums, top, rows, left, columns);
    }

    static int TilesOf(int count) => count > Tile ? 2 : 1;

    /// <summary>Adds a block of sums to what came before it: nothing, the bias, C, or the blocks of earlier k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Add(float* block, int top, int i, int height, int left, int j, int width, bool first, float* sums, int sumsRow)
    {
        for (int r = 0; r < height; r++)
        {
            float* to = sums != null ? sums + (nint)(i + r) * sumsRow + j : (float*)c.At(top + i + r, left + j);
            float* from = block + r * Panel;
            if (!first || (accumulate && sums == null)) Sum(to, from, to, width);
            else if (accumulate) AddOutput(to, from, top + i + r, left + j, width);
            else if (bias.Values == null) Packing.Copy(from, to, width);
            else if (bias.PerRow)
                for (int x = 0; x < width; x++) to[x] = bias.Values[top + i + r] + from[x];
            else Sum(bias.Values + left + j, from, to, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void AddOutput(float* to, float* from, int row, int column, int width)
    {
        for (int x = 0; x < width; x++) to[x] = *(float*)c.At(row, column + x) + from[x];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Sum(float* x, float* y, float* to, int count)
    {
        int i = 0;
        if (IsInteger)
        {
            for (; i < count; i++) ((int*)to)[i] = ((int*)x)[i] + ((int*)y)[i];
            return;
        }
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count) (Vector.Load(x + i) + Vector.Load(y + i)).Store(to + i);
        for (; i < count; i++) to[i] = x[i] + y[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void Finish(float* sums, int top, int rows, int left, int columns)
    {
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns;)
            {
                int length = c.InRun(left + j, columns - j);
                float* from = sums + (nint)i * columns + j;
                TC* to = c.At(top + i, left + j);
                if (typeof(TC) == typeof(BFloat16)) NarrowFloats.Narrow(from, (BFloat16*)to, length);
                else
                    for (int x = 0; x < length; x++) *(float*)(to + x * c.Column) = from[x];
                j += length;
            }
    }
}

/// <summary>A block of 32 × 32 elements in float32.</summary>
static unsafe class WideBlock
{
    const int Panel = 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TA, TB>(TA a, int top, int rows, TB b, int left, int columns, int k0, int kc, float* block)
        where TA : struct, IAmxSource where TB : struct, IAmxSource
    {
        float* x = Scratch.Get<float>(ScratchSlot.Pairs, (nint)2 * kc * Panel + 2 * Packing.Slack), y = x + (nint)kc * Panel + Packing.Slack;
        a.PackWide(x, top, rows, k0, kc);
        b.PackWide(y, left, columns, k0, kc);
        new Span<float>(block, Panel * Panel).Clear();
        for (nint p = 0; p < kc; p++)
            for (int i = 0; i < rows; i++)
            {
                var left1 = new Vector<float>(x[p * Panel + i]);
                float* sums = block + i * Panel;
                for (int j = 0; j < Panel; j += Vector<float>.Count)
                    Vector.MultiplyAddEstimate(left1, Vector.Load(y + p * Panel + j), Vector.Load(sums + j)).Store(sums + j);
            }
    }
}
