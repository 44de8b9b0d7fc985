using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// A product by generated tiles straight from the operands: small ones, and those with so few rows that B would not be
/// read often enough to be worth packing. Items are blocks of columns, and of rows where there are many.
/// </summary>
/// <remarks>The same bits as by packed panels: each element is one chain over k.</remarks>
unsafe struct GemmDirect<T> : IParallelBody where T : unmanaged, INumberBase<T>
{
    // Elements of B that are copied into panels when they do not lie in rows: 128 KiB of floats, a part of L2.
    const int MostPacked = 32 * 1024;

    // Elements of A that are copied when they lie neither in rows nor in columns, or are scaled.
    const int MostCopied = 16 * 1024;

    // Elements of A that are turned where its rows fall on the same cache lines, and columns of C from which this pays.
    const int MostOrdered = 256 * 1024, WorthOrder = 256;

    // B is read where it lies by so few rows that its way through the caches is the most of the work; by some more if it is in
    // L2. Rows of B far apart fall on the same lines of the first cache, so many rows of A want it in panels.
    const int FewRows = 48, FewRowsFromCache = 512;

    // Columns of a B whose rows follow each other closely, so that it needs no panels; then k is cut for the sake of L2.
    const int FewColumns = 128, DepthOfFewColumns = 512;

    // Rows of B that are read side by side when it comes from memory: few enough for the prefetchers to follow.
    const int RowsFromMemory = 16;

    // Blocks for each thread at most.
    const int MostBlocks = 4;

    // Steps of k by which B is fetched ahead of its use from the second or third cache.
    const int StepsAhead = 8;

    [ThreadStatic]
    static ShapeMemory<Key, GemmGrid>? t_grids;

    readonly record struct Key(int M, int N, int K, int Rows, int Vectors, int Lanes, TileRight Right, int Threads);

    GeneratedTiles<T> _tiles;
    int _m, _n, _k, _rows, _vectors, _depth, _itemColumns, _itemRows, _itemsAcross;
    T* _a, _b, _c;
    nint _aRow, _aStep, _bStep, _cRow, _ahead;
    TileLeft _left;
    TileRight _right;
    TileStart _start;
    GemmBias<T> _bias;
    ProductEnd _end;

    /// <summary>Whether this is the way to do a product whose columns of C are neighbours.</summary>
    public static bool Takes(int m, int n, int k, bool isScaled, nint aRow, nint aCol, nint bCol, T beta)
    {
        long elementsOfB = (long)n * k;
        if (beta != T.Zero && beta != T.One) return false;
        if (bCol == 1 ? m > (IsNear(n, k) ? FewRowsFromCache : FewRows) && n > FewColumns : m > FewRows || elementsOfB > MostPacked) return false;
        return !isScaled && LiesInOrder(m, k, aRow, aCol) || (long)m * k <= MostCopied;
    }

    /// <summary>Does a product that it <see cref="Takes"/>.</summary>
    public static void Multiply(
        GeneratedTiles<T> tiles, int m, int n, int k,
        T alpha, T* a, nint aRow, nint aCol,
        T* b, nint bRow, nint bCol,
        T beta, T* c, nint cRow, GemmBias<T> bias, ProductEnd end)
    {
        if (alpha != T.One || !LiesInOrder(m, k, aRow, aCol))
        {
            a = Copy(m, k, alpha, a, aRow, aCol);
            (aRow, aCol) = (k, 1);
        }
        else if (aCol == 1 && m > CacheLines.MostApart(aRow * sizeof(T)) && n >= WorthOrder && (long)m * k <= MostOrdered)
        {
            // Rows that drive each other out of the first cache are turned, so that those of a k are neighbours.
            T* turned = Scratch.Get<T>(ScratchSlot.LeftPanel, (nint)m * k + Packing.Slack);
            Packing.Panel(a, aRow, 1, turned, m, m, m, k);
            a = turned;
            (aRow, aCol) = (1, m);
        }
        GemmDirect<T> job = default;
        job._tiles = tiles;
        (job._m, job._n, job._k) = (m, n, k);
        (job._rows, job._vectors) = Tile(tiles, m, n, k, aRow, aCol);
        job._a = a;
        (job._aRow, job._aStep, job._left) = (aRow, aCol, Form(m, k, aCol));
        job._c = c;
        job._end = end;
        (job._cRow, job._bias, job._start) = (cRow, bias, beta != T.Zero ? TileStart.Output : bias.Start);
        if (bCol == 1)
        {
            bool fromMemory = !IsNear(n, k) && m <= job._rows;
            job._b = b;
            (job._bStep, job._right) = (bRow, TileRight.Rows);
            job._depth = fromMemory ? RowsFromMemory : IsNear(n, k) || m <= FewRows ? k : DepthOfFewColumns;
            job._ahead = fromMemory ? 2 * job._vectors * tiles.Lanes : StepsAhead * bRow;
        }
        else
        {
            job._b = Panels(tiles, n, k, b, bRow, bCol, job._vectors * tiles.Lanes);
            (job._right, job._depth) = (TileRight.Panel, k);
        }
        job.Run();
    }

    static bool IsNear(int n, int k) => (long)n * k * sizeof(T) <= Processor.Caches.L2 / 4;

    public static bool LiesInOrder(int m, int k, nint aRow, nint aCol) => aCol == 1 || aRow == 1 || m == 1 || k == 1;

    /// <summary>How tiles read an A that lies in order.</summary>
    public static TileLeft Form(int m, int k, nint aCol) => (aCol == 1 || k == 1) && m > 1 ? TileLeft.Rows : TileLeft.Columns;

    /// <summary>All of B in panels, where its columns are not neighbours.</summary>
    public static T* Panels(GeneratedTiles<T> tiles, int n, int k, T* b, nint bRow, nint bCol, int panel)
    {
        T* panels = Scratch.Get<T>(ScratchSlot.RightPanels, (nint)k * GemmGrid.RoundUp(n, 1, tiles.Lanes) + Packing.Slack);
        new StridedSource<T>(b, bCol, bRow).Pack(panels, 0, n, panel, tiles.Lanes, 0, k);
        return panels;
    }

    static T* Copy(int m, int k, T alpha, T* a, nint aRow, nint aCol)
    {
        T* copy = Scratch.Get<T>(ScratchSlot.LeftPanel, (nint)m * k);
        for (nint i = 0; i < m; i++)
            for (nint x = 0; x < k; x++)
                copy[i * k + x] = alpha * a[i * aRow + x * aCol];
        return copy;
    }

    /// <summary>Few rows take wide tiles, many rows high ones; tiles of a product differ by a row and a vector at most.</summary>
    public static (int Rows, int Vectors) Tile(GeneratedTiles<T> tiles, int m, int n, int k, nint aRow, nint aCol)
    {
        int all = (n + tiles.Lanes - 1) / tiles.Lanes, most = Math.Min(all, tiles.MostVectors);
        // Rows of A that fall on the same few lines of the first cache must be few, or they drive each other out.
        int mostRows = aCol == 1 && k * sizeof(T) > CacheLines.Line ? GemmPlan.MostRowsInPlace(aRow * sizeof(T)) : int.MaxValue;
        while (most > 1 && tiles.MostRows(most) < Math.Min(m, mostRows) && (most > 3 || all % most == 1 && all < 6)) most--;
        while (tiles.MostRows(most) == 0) most--;
        int across = (all + most - 1) / most, vectors = (all + across - 1) / across;
        int tall = Math.Min(mostRows, tiles.MostRows(vectors)), down = (m + tall - 1) / tall;
        return ((m + down - 1) / down, vectors);
    }

    void Run()
    {
        var grid = CostModel.IsShared((long)_m * _n * _k) ? Grid() : new(_m, _n);
        (_itemColumns, _itemRows) = (grid.Columns, grid.Rows);
        _itemsAcross = (_n + _itemColumns - 1) / _itemColumns;
        int count = _itemsAcross * ((_m + _itemRows - 1) / _itemRows);
        if (count == 1) Invoke(0);
        else WorkerPool.For(count, in this);
    }

    readonly GemmGrid Grid()
    {
        var key = new Key(_m, _n, _k, _rows, _vectors, _tiles.Lanes, _right, Numerics.Threads);
        ref var grid = ref (t_grids ??= new()).Find(_m, _n, _k, key, out bool isKnown);
        if (isKnown) return grid;
        var model = CostModel.Current;
        double right = _right == TileRight.Panel || IsNear(_n, _k) ? BlockCost.FromCache : BlockCost.FromMemory;
        var cost = new BlockCost(_rows, _vectors, _tiles.Lanes, _k, BlockCost.FromCache, right, model.BlockWork / _k / _tiles.Lanes);
        int most = (int)Math.Min(MostBlocks * key.Threads, (long)_m * _n * _k / model.LeastItem);
        // Panels are laid out for all of B: blocks of whole tiles find theirs.
        return grid = GemmGrid.Choose(_m, _n, cost, 1, _right == TileRight.Panel ? _vectors * _tiles.Lanes : _tiles.Lanes, most, key.Threads);
    }

    public readonly void Invoke(int index)
    {
        int left = index % _itemsAcross * _itemColumns, right = Math.Min(_n, left + _itemColumns);
        int top = index / _itemsAcross * _itemRows, bottom = Math.Min(_m, top + _itemRows);
        int lanes = _tiles.Lanes, tileColumns = _vectors * lanes;
        TileCall call = default;
        call.ARow = _aRow * sizeof(T);
        call.AStep = _aStep * sizeof(T);
        call.BStep = _bStep * sizeof(T);
        call.Ahead = _ahead * sizeof(T);
        call.CRow = _cRow * sizeof(T);
        var start = _start;
        int k0 = 0;
        do
        {
            call.K = Math.Min(_depth, _k - k0);
            for (int j = left; j < right; j += tileColumns)
            {
                int width = Math.Min(tileColumns, right - j), vectors = (width + lanes - 1) / lanes;
                call.Tail = width - (vectors - 1) * lanes;
                call.B = _right == TileRight.Rows ? _b + k0 * _bStep + j : _b + (nint)j * _k;
                int count;
                for (int i = top; i < bottom; i += count)
                {
                    int down = (bottom - i + _rows - 1) / _rows;
                    count = (bottom - i + down - 1) / down;
                    call.A = _a + i * _aRow + k0 * (_left == TileLeft.Rows ? 1 : _aStep);
                    call.C = call.Next = _c + i * _cRow + j;
                    call.Bias = _bias.Values + (_bias.PerRow ? i : j);
                    _tiles.Find(count, vectors, call.Tail < lanes, start, _left, _right)(&call);
                }
            }
            start = TileStart.Output;
            k0 += _depth;
        }
        while (k0 < _k);
        if (_end.IsNone) return;
        for (int i = top; i < bottom; i++) _end.Apply((float*)(_c + i * _cRow + left), i, right - left);
    }
}
