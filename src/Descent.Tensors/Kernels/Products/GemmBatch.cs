using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>Products of equal shape: together over the threads if there are many or they are small, else one after another.</summary>
unsafe readonly struct GemmBatch<T>(
    int batch, int m, int n, int k,
    T alpha, T* a, nint aBatch, nint aRow, nint aCol,
    T* b, nint bBatch, nint bRow, nint bCol,
    T beta, T* c, nint cBatch, nint cRow, nint cCol) : IParallelBody
    where T : unmanaged, INumberBase<T>
{
    // A product of this size keeps all threads busy by itself.
    const long LargeProduct = 16 << 20;

    readonly int _products = Math.Clamp(
        (int)Math.Min(int.MaxValue, CostModel.Current.LeastItem / Math.Max(1, (long)m * n * k)), 1, Math.Max(1, batch));

    public void Run()
    {
        if ((long)m * n * k >= LargeProduct && batch < 4 * Numerics.Threads)
            for (int i = 0; i < batch; i++)
                Product(i);
        else
            WorkerPool.For((batch + _products - 1) / _products, in this);
    }

    public void Invoke(int index)
    {
        int end = Math.Min(batch, (index + 1) * _products);
        for (int i = index * _products; i < end; i++)
            Product(i);
    }

    void Product(int i) =>
        Gemm.Multiply(m, n, k, alpha, a + i * aBatch, aRow, aCol, b + i * bBatch, bRow, bCol,
            beta, c + i * cBatch, cRow, cCol);
}
