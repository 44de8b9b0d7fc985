using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>Rows that met a weight, and where the gradient of that weight goes.</summary>
/// <param name="Rows">(rows, <paramref name="Columns"/>), <paramref name="Stride"/> apart.</param>
/// <param name="Stride">From one row to the next.</param>
/// <param name="Columns">Their length.</param>
/// <param name="Gradient">(width, <paramref name="Columns"/>), without gaps.</param>
unsafe readonly record struct WeightInput<T>(nint Rows, nint Stride, int Columns, nint Gradient) where T : unmanaged
{
    public T* Source => (T*)Rows;

    public T* Target => (T*)Gradient;
}

/// <summary>
/// The gradients dyᵀ·x of weights whose products were added, from one dy and the rows x of each: dy, the long one, is packed once for
/// all of them, and for all threads.
/// </summary>
/// <remarks>
/// A thread takes some columns of dy and keeps their sums with all x in its cache until they are complete. Every sum is one chain in
/// the order of the rows, as in <see cref="GemmJob{T, TA, TB}"/>.
/// </remarks>
unsafe struct WeightGradients<T> : IParallelBody where T : unmanaged, INumberBase<T>
{
    // Rows in a block: a panel of x stays in the first cache with room for what streams by.
    const int Depth = 256;

    // Columns of dy that a thread takes at once: their block and their sums fit the second cache.
    const int MostColumns = 128;

    // Multiply-adds from which packing x beforehand pays.
    const long LeastWork = 1L << 22;

    GemmTiles<T> _tiles;
    WeightInput<T>[] _inputs;
    T* _dy, _packed;
    nint _stride;
    int _rows, _width, _vectors, _columns, _length;
    bool _packs;

    /// <summary>Whether this is how gradients of such a size are made.</summary>
    public static bool Takes(int rows, int width, int columns) => (long)rows * width * columns >= LeastWork && rows >= Depth
        && !(typeof(T) == typeof(float) && NarrowPath.Takes(Numerics.MatMulPrecision, columns, width, rows));

    /// <summary>Elements of room for the packed rows of inputs with so many columns together.</summary>
    public static nint Workspace(int rows, ReadOnlySpan<int> columns)
    {
        nint length = 0;
        foreach (int count in columns) length += Length(GemmTiles<T>.Current, count);
        return length * rows + Packing.Slack;
    }

    /// <param name="dy">(rows, width), rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="rows">Rows of dy and of all inputs.</param>
    /// <param name="width">Columns of dy.</param>
    /// <param name="inputs">The rows that met each weight.</param>
    /// <param name="workspace">Room for what <see cref="Workspace"/> says.</param>
    public static void Run(T* dy, nint stride, int rows, int width, WeightInput<T>[] inputs, T* workspace)
    {
        var tiles = GemmTiles<T>.Current;
        int vectors = Vectors(tiles), tile = vectors * tiles.Lanes, length = 0;
        foreach (var input in inputs) length += Length(tiles, input.Columns);
        int columns = Math.Clamp(GemmGrid.RoundUp(width, 4 * Numerics.Threads, tile), tile, Math.Max(tile, MostColumns / tile * tile));
        var job = new WeightGradients<T>
        {
            _tiles = tiles, _inputs = inputs, _dy = dy, _packed = workspace, _stride = stride, _rows = rows, _width = width,
            _vectors = vectors, _columns = columns, _length = length, _packs = true,
        };
        WorkerPool.For((rows + Depth - 1) / Depth, job);
        job._packs = false;
        WorkerPool.For((width + columns - 1) / columns, job);
    }

    // With two vectors a generated tile has most rows, and reads dy least often.
    static int Vectors(GemmTiles<T> tiles) => tiles is GeneratedTiles<T> ? 2 : tiles.MostVectors;

    static int Length(GemmTiles<T> tiles, int columns)
    {
        int panel = tiles.MostRows(Vectors(tiles)), last = columns % panel;
        return columns - last + (last == 0 ? 0 : tiles.PanelRows(last));
    }

    public readonly void Invoke(int index)
    {
        if (_packs) Pack(index * Depth);
        else Multiply(index * _columns);
    }

    readonly void Pack(int first)
    {
        int count = Math.Min(Depth, _rows - first), panel = _tiles.MostRows(_vectors);
        T* to = _packed + (nint)first * _length;
        foreach (var input in _inputs)
        {
            T* from = input.Source + first * input.Stride;
            int last = input.Columns % panel, whole = input.Columns - last, width = last == 0 ? 0 : _tiles.PanelRows(last);
            if (whole > 0) Packing.Rows(from, input.Stride, to, whole, panel, panel, count);
            if (last > 0) Packing.Panel(from + whole, 1, input.Stride, to + (nint)whole * count, last, width, width, count);
            to += (nint)(whole + width) * count;
        }
    }

    readonly void Multiply(int left)
    {
        int columns = Math.Min(_columns, _width - left), tile = _vectors * _tiles.Lanes, panel = _tiles.MostRows(_vectors), all = 0;
        foreach (var input in _inputs) all += input.Columns;
        int pitch = GemmGrid.RoundUp(columns, 1, _tiles.Lanes);
        T* right = Scratch.Get<T>(ScratchSlot.RightPanels, (nint)Depth * pitch + Packing.Slack), sums = Scratch.Get<T>(ScratchSlot.LeftPanel, (nint)all * pitch);
        for (int first = 0; first < _rows; first += Depth)
        {
            int count = Math.Min(Depth, _rows - first);
            var start = first == 0 ? TileStart.Zero : TileStart.Output;
            Packing.Rows(_dy + first * _stride + left, _stride, right, columns, tile, _tiles.Lanes, count);
            T* a = _packed + (nint)first * _length, c = sums;
            foreach (var input in _inputs)
                for (int i = 0; i < input.Columns; i += panel)
                {
                    int height = Math.Min(panel, input.Columns - i);
                    for (int j = 0; j < columns; j += tile)
                        _tiles.Run(height, Math.Min(tile, columns - j), count, a, right + (nint)j * count, c + j, pitch, start, null);
                    a += (nint)_tiles.PanelRows(height) * count;
                    c += (nint)height * pitch;
                }
        }
        foreach (var input in _inputs)
        {
            Packing.Panel(sums, pitch, 1, input.Target + (nint)left * input.Columns, input.Columns, input.Columns, input.Columns, columns);
            sums += (nint)input.Columns * pitch;
        }
    }
}
