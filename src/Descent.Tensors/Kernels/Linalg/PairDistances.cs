using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Euclidean distances between the rows of two matrices, from their differences, so that close rows keep their digits.</summary>
static unsafe class PairDistances
{
    /// <summary>y[i, j] = ‖a[i] − b[j]‖ for each of a batch of contiguous matrices.</summary>
    public static void Euclidean<T>(int batch, int m, int n, int width, ref T a, ref T b, ref T y) where T : unmanaged, IRootFunctions<T>
    {
        fixed (T* pa = &a, pb = &b, py = &y)
            WorkerPool.For(batch * m, new Body<T>(m, n, width, pa, pb, py));
    }

    readonly struct Body<T>(int m, int n, int width, T* a, T* b, T* y) : IParallelBody where T : unmanaged, IRootFunctions<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            var row = new ReadOnlySpan<T>(a + (nint)index * width, width);
            T* other = b + (nint)(index / m) * n * width;
            for (nint j = 0; j < n; j++)
                y[(nint)index * n + j] = width == 0 ? T.Zero : TensorPrimitives.Distance(row, new ReadOnlySpan<T>(other + j * width, width));
        }
    }
}
