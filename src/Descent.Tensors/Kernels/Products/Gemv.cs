using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>A row times a matrix, <c>y = α·x·B + β·y</c>, at the speed of memory: B is read once, as it lies.</summary>
static unsafe class Gemv
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<T>(
        int n, int k, T alpha, T* x, nint xStride, T* b, nint bRow, nint bCol,
        T beta, T* y, nint yStride, GemmBias<T> bias)
        where T : unmanaged, INumberBase<T>
    {
        // Both forms read x often: let it be contiguous.
        if (xStride != 1)
        {
            T* copy = Scratch.Get<T>(ScratchSlot.Rows, k);
            for (nint i = 0; i < k; i++)
                copy[i] = x[i * xStride];
            x = copy;
        }
        if (Vector512.IsHardwareAccelerated)
            new GemvJob<T, Vector512<T>, Lanes512<T>>(n, k, alpha, x, b, bRow, bCol, beta, y, yStride, bias).Run();
        else if (Vector256.IsHardwareAccelerated)
            new GemvJob<T, Vector256<T>, Lanes256<T>>(n, k, alpha, x, b, bRow, bCol, beta, y, yStride, bias).Run();
        else
            new GemvJob<T, Vector128<T>, Lanes128<T>>(n, k, alpha, x, b, bRow, bCol, beta, y, yStride, bias).Run();
    }
}

/// <summary>
/// Items are blocks of columns. Each column is summed alike in any block that is a multiple of the vector, so the width
/// may follow the number of threads.
/// </summary>
unsafe readonly struct GemvJob<T, V, L>(
    int n, int k, T alpha, T* x, T* b, nint bRow, nint bCol, T beta, T* y, nint yStride, GemmBias<T> bias)
    : IParallelBody
    where T : unmanaged, INumberBase<T>
    where V : struct
    where L : IVectorLanes<T, V>
{
    // Multiply-adds of an item: about 10 µs from memory.
    const long WorkOfItem = 64 * 1024;
    const int WidestItem = 4096;

    readonly Finish<T> _finish = new(alpha, beta, bias);

    readonly int _width = (int)Math.Clamp(
        Math.Max(WorkOfItem / k, n / Numerics.Threads) / 64 * 64, 64, WidestItem);

    public void Run() => WorkerPool.For((n + _width - 1) / _width, in this);

    public void Invoke(int index)
    {
        int first = index * _width;
        int count = Math.Min(_width, n - first);
        if (bCol == 1)
            Sums(first, count);
        else
            Dots(first, count);
    }

    /// <summary>Rows of B, scaled and added up: four rows a pass, the sums in L1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Sums(int first, int count)
    {
        T* sums = Scratch.Get<T>(ScratchSlot.Columns, count);
        new Span<T>(sums, count).Clear();
        int whole = count - count % L.Count;
        T* row = b + first;
        int i = 0;
        for (; i + 4 <= k; i += 4, row += 4 * bRow)
        {
            T* row1 = row + bRow;
            T* row2 = row1 + bRow;
            T* row3 = row2 + bRow;
            V x0 = L.Broadcast(x[i]), x1 = L.Broadcast(x[i + 1]), x2 = L.Broadcast(x[i + 2]), x3 = L.Broadcast(x[i + 3]);
            int j = 0;
            for (; j < whole; j += L.Count)
            {
                V s = L.MultiplyAdd(x0, L.Load(row + j), L.Load(sums + j));
                s = L.MultiplyAdd(x1, L.Load(row1 + j), s);
                s = L.MultiplyAdd(x2, L.Load(row2 + j), s);
                L.Store(L.MultiplyAdd(x3, L.Load(row3 + j), s), sums + j);
            }
            for (; j < count; j++)
                sums[j] += x[i] * row[j] + x[i + 1] * row1[j] + x[i + 2] * row2[j] + x[i + 3] * row3[j];
        }
        for (; i < k; i++, row += bRow)
            for (int j = 0; j < count; j++)
                sums[j] += x[i] * row[j];
        for (int j = 0; j < count; j++)
            _finish.Store(sums[j], y + (first + j) * yStride, 0, first + j);
    }

    /// <summary>B is contiguous along k: a dot product for each column.</summary>
    void Dots(int first, int count)
    {
        int unrolled = k - k % (4 * L.Count), whole = k - k % L.Count;
        for (int j = first; j < first + count; j++)
        {
            T* q = b + j * bCol;
            V s0 = default, s1 = default, s2 = default, s3 = default;
            int i = 0;
            for (; i < unrolled; i += 4 * L.Count)
            {
                s0 = L.MultiplyAdd(L.Load(x + i), L.Load(q + i), s0);
                s1 = L.MultiplyAdd(L.Load(x + i + L.Count), L.Load(q + i + L.Count), s1);
                s2 = L.MultiplyAdd(L.Load(x + i + 2 * L.Count), L.Load(q + i + 2 * L.Count), s2);
                s3 = L.MultiplyAdd(L.Load(x + i + 3 * L.Count), L.Load(q + i + 3 * L.Count), s3);
            }
            for (; i < whole; i += L.Count)
                s0 = L.MultiplyAdd(L.Load(x + i), L.Load(q + i), s0);
            T sum = L.Sum(L.Add(L.Add(s0, s1), L.Add(s2, s3)));
            for (; i < k; i++)
                sum += x[i] * q[i];
            _finish.Store(sum, y + j * yStride, 0, j);
        }
    }
}
