using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>A matrix product cut into blocks of C; an item packs what its block needs and computes it, over all of k.</summary>
/// <remarks>
/// As every element is one chain over k (<see cref="GemmTile{T, V, L}"/>), the grid may follow the number of threads
/// without any effect on the bits.
/// </remarks>
unsafe struct GemmJob<T, V, L, TA, TB>(
    int m, int n, int k, T alpha, TA a, TB b, T beta, GemmOutput<T> c, GemmBias<T> bias) : IParallelBody
    where T : unmanaged, INumberBase<T>
    where V : struct
    where L : IVectorLanes<T, V>
    where TA : struct, IPanelSource<T>
    where TB : struct, IPanelSource<T>
{
    // A panel of A (8 × 256 floats, 8 KiB) stays in L1, a block of B (256 × 528 floats, 528 KiB) in L2.
    const int DepthOfBlock = 256;
    const int BytesOfBlock = 528 * 1024;

    GemmGrid _grid;
    int _gridColumns;

    static int TileColumns => GemmTile<T, V, L>.MostVectors * L.Count;

    static int TileRows => GemmTile<T, V, L>.MostRows;

    public void Run()
    {
        int widest = BytesOfBlock / sizeof(T) / DepthOfBlock / TileColumns * TileColumns;
        _grid = GemmGrid.Choose(m, n, k, TileRows, TileColumns, L.Count, widest, Numerics.Threads);
        _gridColumns = (n + _grid.Columns - 1) / _grid.Columns;
        int items = _gridColumns * ((m + _grid.Rows - 1) / _grid.Rows);
        if (items == 1)
            Invoke(0);
        else
            WorkerPool.For(items, in this);
    }

    public readonly void Invoke(int index)
    {
        int top = index / _gridColumns * _grid.Rows, left = index % _gridColumns * _grid.Columns;
        int rows = Math.Min(_grid.Rows, m - top), columns = Math.Min(_grid.Columns, n - left);
        int parts = (k + DepthOfBlock - 1) / DepthOfBlock;
        int depth = parts == 0 ? 0 : (k + parts - 1) / parts;

        T* panels = Scratch.Get<T>(ScratchSlot.RightPanels, (nint)depth * GemmGrid.RoundUp(columns, 1, L.Count) + Packing.Slack);
        T* panel = Scratch.Get<T>(ScratchSlot.LeftPanel, (nint)depth * TileRows + Packing.Slack);
        TileStart start = bias.Start;
        if (beta != T.Zero)
        {
            start = TileStart.Output;
            if (beta != T.One)
                Scale(top, rows, left, columns);
        }

        int k0 = 0;
        do
        {
            int kc = Math.Min(depth, k - k0);
            b.Pack(panels, left, columns, TileColumns, L.Count, k0, kc);
            for (int i = 0; i < rows; i += TileRows)
            {
                int count = Math.Min(TileRows, rows - i);
                int height = GemmTile<T, V, L>.RowsFor(count);
                a.Pack(panel, top + i, count, height, height, k0, kc);
                if (alpha != T.One)
                    for (nint e = 0; e < (nint)height * kc; e++)
                        panel[e] *= alpha;
                for (int j = 0; j < columns; j += TileColumns)
                    Tile(top + i, count, height, left + j, Math.Min(TileColumns, columns - j),
                        kc, panel, panels + (nint)j * kc, start);
            }
            start = TileStart.Output;
            k0 += depth;
        }
        while (k0 < k);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly void Tile(int i, int count, int height, int j, int width, int kc, T* panelA, T* panelB, TileStart start)
    {
        int vectors = (width + L.Count - 1) / L.Count;
        if (count == height && width == vectors * L.Count && c.IsContiguous(j, width))
            GemmTile<T, V, L>.Run(height, vectors, kc, panelA, panelB, c.At(i, j), c.Row, start,
                bias.Values + (bias.PerRow ? i : j));
        else
            EdgeTile(i, count, height, j, width, vectors, kc, panelA, panelB, start);
    }

    /// <summary>A tile that hangs over the edge of C, or whose columns are not neighbours, is computed beside C and copied.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    readonly void EdgeTile(
        int i, int count, int height, int j, int width, int vectors, int kc, T* panelA, T* panelB, TileStart start)
    {
        T* tile = Scratch.Get<T>(ScratchSlot.Tile, TileRows * TileColumns);
        int pitch = vectors * L.Count;
        for (int r = 0; start != TileStart.Zero && r < count; r++)
            for (int at = 0; at < width;)
            {
                int length = c.InRun(j + at, width - at);
                T* to = tile + r * pitch + at;
                if (start == TileStart.Output)
                    Copy(c.At(i + r, j + at), c.Column, to, 1, length);
                else if (start == TileStart.ColumnBias)
                    Copy(bias.Values + j + at, 1, to, 1, length);
                else
                    Copy(bias.Values + i + r, 0, to, 1, length);
                at += length;
            }

        GemmTile<T, V, L>.Run(height, vectors, kc, panelA, panelB, tile, pitch,
            start == TileStart.Zero ? start : TileStart.Output, null);

        for (int at = 0; at < width;)
        {
            int length = c.InRun(j + at, width - at);
            T* to = c.At(i, j + at);
            for (int r = 0; r < count; r++)
                Copy(tile + r * pitch + at, 1, to + r * c.Row, c.Column, length);
            at += length;
        }
    }

    readonly void Scale(int top, int rows, int left, int columns)
    {
        for (int i = top; i < top + rows; i++)
            for (int j = left; j < left + columns; j++)
                *c.At(i, j) *= beta;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy(T* from, nint fromStride, T* to, nint toStride, int count)
    {
        if (fromStride == 1 && toStride == 1)
            Packing.Copy(from, to, count);
        else
            for (int x = 0; x < count; x++)
                to[x * toStride] = from[x * fromStride];
    }
}
