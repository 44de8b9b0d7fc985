using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>A matrix product cut into blocks of C; an item packs what its block needs and computes it, over all of k.</summary>
/// <remarks>
/// As every element is one chain over k (<see cref="GemmTiles{T}"/>), the plan may follow the number of threads and the
/// machine without any effect on the bits.
/// </remarks>
unsafe struct GemmJob<T, TA, TB>(
    GemmTiles<T> tiles, int m, int n, int k, T alpha, TA a, TB b, T beta, GemmOutput<T> c, GemmBias<T> bias, ProductEnd end) : IParallelBody
    where T : unmanaged, INumberBase<T>
    where TA : struct, IPanelSource<T>
    where TB : struct, IPanelSource<T>
{
    // Steps of k are read in place if their lines share few sets of the caches: so many of them can be held at least.
    const int LeastLines = 8;

    GemmPlan _plan;
    int _gridColumns;

    readonly int TileColumns => _plan.Vectors * tiles.Lanes;

    public void Run()
    {
        bool inPlace = LiesInOrder(out var matrix);
        int mostRows = inPlace && matrix.KStride == 1 ? GemmPlan.MostRowsInPlace(matrix.Stride * sizeof(T)) : int.MaxValue;
        _plan = GemmPlan.For(tiles, m, n, k, mostRows, packsLeft: !inPlace);
        GemmGrid grid = _plan.Grid;
        _gridColumns = (n + grid.Columns - 1) / grid.Columns;
        int items = _gridColumns * ((m + grid.Rows - 1) / grid.Rows);
        if (items == 1)
            Invoke(0);
        else
            WorkerPool.For(items, in this);
    }

    public readonly void Invoke(int index)
    {
        GemmGrid grid = _plan.Grid;
        int top = index / _gridColumns * grid.Rows, left = index % _gridColumns * grid.Columns;
        int bottom = Math.Min(m, top + grid.Rows), right = Math.Min(n, left + grid.Columns);
        if (beta != T.Zero && beta != T.One)
            Scale(top, bottom, left, right);

        bool inPlace = LiesInOrder(out _);
        // Blocks of A of about the planned size, all alike: a small last one would cost B's packing once more.
        int blocks = Math.Max(1, (bottom - top + _plan.BlockRows / 2) / _plan.BlockRows);
        int height = inPlace ? bottom - top : GemmGrid.RoundUp(bottom - top, blocks, _plan.Rows);
        int width = Math.Min(_plan.BlockColumns, right - left);
        T* panelsA = inPlace ? null : Scratch.Get<T>(ScratchSlot.LeftPanel, (nint)_plan.Depth * (height + tiles.PanelRows(_plan.Rows)) + Packing.Slack);
        T* panelsB = Scratch.Get<T>(ScratchSlot.RightPanels, (nint)_plan.Depth * GemmGrid.RoundUp(width, 1, tiles.Lanes) + Packing.Slack);
        for (int i = top; i < bottom; i += height)
        {
            var start = beta != T.Zero ? TileStart.Output : bias.Start;
            int k0 = 0;
            do
            {
                int kc = Math.Min(_plan.Depth, k - k0);
                int rows = Math.Min(height, bottom - i);
                if (!inPlace) PackLeft(panelsA, i, rows, k0, kc);
                for (int j = left; j < right; j += width)
                {
                    int columns = Math.Min(width, right - j);
                    b.Pack(panelsB, j, columns, TileColumns, tiles.Lanes, k0, kc);
                    Block(i, rows, j, columns, k0, kc, panelsA, panelsB, start, isLast: k0 + kc >= k);
                }
                start = TileStart.Output;
                k0 += _plan.Depth;
            }
            while (k0 < k);
        }
    }

    /// <summary>Whether A can be read as it lies: its k's or its rows are neighbours, and it is not scaled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly bool LiesInOrder(out StridedSource<T> matrix)
    {
        if (tiles is GeneratedTiles<T> && a is StridedSource<T> found && alpha == T.One
            && (found.KStride == 1 || found.Stride == 1 && CacheLines.MostApart(found.KStride * sizeof(T)) >= LeastLines))
        {
            matrix = found;
            return true;
        }
        matrix = default;
        return false;
    }

    readonly void PackLeft(T* panels, int top, int rows, int k0, int kc)
    {
        // What C# takes beyond the last rows are zeros, up to the next height it has a tile of.
        int whole = rows - rows % _plan.Rows, last = tiles.PanelRows(rows - whole);
        nint length = (nint)whole * kc;
        if (whole > 0) a.Pack(panels, top, whole, _plan.Rows, _plan.Rows, k0, kc);
        if (last > 0) a.Pack(panels + length, top + whole, rows - whole, last, last, k0, kc);
        length += (nint)last * kc;
        if (alpha != T.One)
            for (nint e = 0; e < length; e++)
                panels[e] *= alpha;
    }

    readonly void Block(int top, int rows, int left, int columns, int k0, int kc, T* panelA, T* panelsB, TileStart start, bool isLast)
    {
        bool inPlace = LiesInOrder(out var matrix);
        var form = !inPlace ? TileLeft.Panel : matrix.KStride == 1 ? TileLeft.Rows : TileLeft.Columns;
        for (int i = 0; i < rows; i += _plan.Rows)
        {
            int count = Math.Min(_plan.Rows, rows - i);
            TileCall call = default;
            call.K = kc;
            call.A = inPlace ? matrix.Origin + (top + i) * matrix.Stride + k0 * matrix.KStride : panelA;
            call.ARow = matrix.Stride * sizeof(T);
            call.AStep = matrix.KStride * sizeof(T);
            call.CRow = c.Row * sizeof(T);
            for (int j = 0; j < columns; j += TileColumns)
            {
                int width = Math.Min(TileColumns, columns - j);
                T* panelB = panelsB + (nint)j * kc;
                T* values = bias.Values + (bias.PerRow ? top + i : left + j);
                if (!c.IsContiguous(left + j, width))
                {
                    ScatteredTile(top + i, count, left + j, width, call, form, panelB, start);
                }
                else if (tiles is GeneratedTiles<T> generated)
                {
                    int vectors = (width + tiles.Lanes - 1) / tiles.Lanes;
                    call.B = panelB;
                    call.C = c.At(top + i, left + j);
                    call.Next = j + width < columns ? (T*)call.C + width : i + count < rows ? c.At(top + i + count, left) : call.C;
                    call.Bias = values;
                    call.Tail = width - (vectors - 1) * tiles.Lanes;
                    generated.Find(count, vectors, call.Tail < tiles.Lanes, start, form, TileRight.Panel)(&call);
                }
                else
                {
                    tiles.Run(count, width, kc, panelA, panelB, c.At(top + i, left + j), c.Row, start, values);
                }
            }
            if (!inPlace) panelA += (nint)tiles.PanelRows(count) * kc;
            if (isLast && !end.IsNone)
                for (int r = i; r < i + count; r++) end.ApplyRow(Floats, top + r, left, columns);
        }
    }

    /// <summary>A tile whose columns are not neighbours in C is computed beside it and copied.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    readonly void ScatteredTile(int i, int count, int j, int width, TileCall call, TileLeft form, T* panelB, TileStart start)
    {
        T* tile = Scratch.Get<T>(ScratchSlot.Tile, _plan.Rows * TileColumns);
        for (int r = 0; start != TileStart.Zero && r < count; r++)
            for (int at = 0; at < width;)
            {
                int length = c.InRun(j + at, width - at);
                T* to = tile + r * TileColumns + at;
                if (start == TileStart.Output)
                    Copy(c.At(i + r, j + at), c.Column, to, 1, length);
                else if (start == TileStart.ColumnBias)
                    Copy(bias.Values + j + at, 1, to, 1, length);
                else
                    Copy(bias.Values + i + r, 0, to, 1, length);
                at += length;
            }

        var begin = start == TileStart.Zero ? start : TileStart.Output;
        if (tiles is GeneratedTiles<T> generated)
        {
            int vectors = (width + tiles.Lanes - 1) / tiles.Lanes;
            call.B = panelB;
            call.C = call.Next = tile;
            call.CRow = TileColumns * sizeof(T);
            call.Tail = width - (vectors - 1) * tiles.Lanes;
            generated.Find(count, vectors, call.Tail < tiles.Lanes, begin, form, TileRight.Panel)(&call);
        }
        else
        {
            tiles.Run(count, width, call.K, (T*)call.A, panelB, tile, TileColumns, begin, null);
        }

        for (int at = 0; at < width;)
        {
            int length = c.InRun(j + at, width - at);
            T* to = c.At(i, j + at);
            for (int r = 0; r < count; r++)
                Copy(tile + r * TileColumns + at, 1, to + r * c.Row, c.Column, length);
            at += length;
        }
    }

    /// <summary>The output of a product that has an end, and so is one of floats.</summary>
    readonly GemmOutput<float> Floats
    {
        get
        {
            var output = c;
            return *(GemmOutput<float>*)&output;
        }
    }

    readonly void Scale(int top, int bottom, int left, int right)
    {
        for (int i = top; i < bottom; i++)
            for (int j = left; j < right; j++)
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
