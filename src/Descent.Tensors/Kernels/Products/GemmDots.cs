using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>The argument of a generated block of dot products. Distances are in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct DotsCall
{
    /// <summary>Whole vectors of k.</summary>
    public nint Whole;

    /// <summary>Elements of k beyond them.</summary>
    public nint Tail;

    public void* A;
    public nint ARow;
    public void* B;
    public nint BColumn;

    /// <summary>A vector of partial sums for each row and column, row by row.</summary>
    public void* Sums;
}

/// <summary>
/// A product of few rows with a B whose columns are contiguous along k, as a linear layer's weight is: each element is
/// the sum of a vector of partial sums. B is read once, as it lies.
/// </summary>
unsafe readonly struct GemmDots<T> : IParallelBody where T : unmanaged, INumberBase<T>
{
    // With more rows than this a B in panels is the faster; with shorter sums, the last addition within vectors shows.
    const int MostRows = 16, LeastDepth = 256;
    const int MostCopied = 64 * 1024;

    // Multiply-adds of an item: about 10 µs from memory.
    const long WorkOfItem = 64 * 1024;

    readonly GeneratedTiles<T> _tiles;
    readonly int _m, _n, _k, _rows, _columns, _itemColumns;
    readonly T* _a, _b, _c;
    readonly nint _aRow, _bColumn, _cRow, _cColumn;
    readonly Finish<T> _finish;

    GemmDots(GeneratedTiles<T> tiles, int m, int n, int k, T* a, nint aRow, T* b, nint bColumn, T* c, nint cRow, nint cColumn, Finish<T> finish)
    {
        (_tiles, _m, _n, _k) = (tiles, m, n, k);
        _a = a;
        _b = b;
        _c = c;
        (_aRow, _bColumn, _cRow, _cColumn) = (aRow, bColumn, cRow, cColumn);
        _finish = finish;
        int most = DotsSpecification.MostRows(tiles.Tier), down = (m + most - 1) / most;
        _rows = (m + down - 1) / down;
        _columns = DotsSpecification.MostColumns(tiles.Tier, _rows);
        long wanted = Math.Max(WorkOfItem / ((long)m * k) + 1, n / (4L * Numerics.Threads));
        _itemColumns = (int)Math.Min(n, (wanted + _columns - 1) / _columns * _columns);
    }

    /// <summary>Whether this is the way to do a product.</summary>
    public static bool Takes(int m, int n, int k, nint aCol, nint bRow, nint bCol) =>
        m <= MostRows && bRow == 1 && k >= LeastDepth && (bCol != 1 || n == 1) && (aCol == 1 || (long)m * k <= MostCopied);

    /// <summary>Does a product that it <see cref="Takes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        GeneratedTiles<T> tiles, int m, int n, int k,
        T alpha, T* a, nint aRow, nint aCol,
        T* b, nint bCol,
        T beta, T* c, nint cRow, nint cCol, GemmBias<T> bias)
    {
        if (aCol != 1)
        {
            T* copy = Scratch.Get<T>(ScratchSlot.Rows, (nint)m * k);
            for (nint i = 0; i < m; i++)
                for (nint x = 0; x < k; x++)
                    copy[i * k + x] = a[i * aRow + x * aCol];
            a = copy;
            aRow = k;
        }
        var job = new GemmDots<T>(tiles, m, n, k, a, aRow, b, bCol, c, cRow, cCol, new(alpha, beta, bias));
        int items = (n + job._itemColumns - 1) / job._itemColumns;
        if (items == 1) job.Invoke(0);
        else WorkerPool.For(items, in job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invoke(int index)
    {
        int first = index * _itemColumns, end = Math.Min(_n, first + _itemColumns), lanes = _tiles.Lanes;
        T* sums = stackalloc T[DotsSpecification.MostSums * lanes];
        DotsCall call;
        call.Whole = _k / lanes;
        call.Tail = _k % lanes;
        call.ARow = _aRow * sizeof(T);
        call.BColumn = _bColumn * sizeof(T);
        call.Sums = sums;
        for (int j = first; j < end; j += _columns)
        {
            int columns = Math.Min(_columns, end - j);
            call.B = _b + j * _bColumn;
            for (int i = 0; i < _m; i += _rows)
            {
                int rows = Math.Min(_rows, _m - i);
                call.A = _a + i * _aRow;
                _tiles.FindDots(rows, columns, call.Tail > 0)(&call);
                T* at = sums;
                for (int r = i; r < i + rows; r++)
                    for (int x = j; x < j + columns; x++, at += lanes)
                        _finish.Store(Sum(at, lanes), _c + r * _cRow + x * _cColumn, r, x);
            }
        }
    }

    static T Sum(T* vector, int lanes) =>
        lanes == Vector512<T>.Count ? Vector512.Sum(Vector512.Load(vector)) : Vector256.Sum(Vector256.Load(vector));
}
