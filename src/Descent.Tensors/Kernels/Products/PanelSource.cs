using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>An operand of the matrix product as the packing sees it: element (index, k), index along m or n.</summary>
/// <remarks>A product over something that is not a matrix in memory, as a convolution, is a source of its own.</remarks>
unsafe interface IPanelSource<T> where T : unmanaged
{
    /// <summary>
    /// Writes elements <c>[first, first + count) × [k0, k0 + kc)</c> as panels of <paramref name="panel"/> indices, each
    /// stored as <c>(kc, width)</c>. The last panel's width is what is left, rounded up to a multiple of
    /// <paramref name="step"/> with zeros.
    /// </summary>
    void Pack(T* destination, int first, int count, int panel, int step, int k0, int kc);
}

/// <summary>A matrix with any strides: element (i, k) lies at <c>Origin + i · Stride + k · KStride</c>.</summary>
unsafe readonly struct StridedSource<T>(T* origin, nint stride, nint kStride) : IPanelSource<T>
    where T : unmanaged
{
    public T* Origin => origin;

    public nint Stride => stride;

    public nint KStride => kStride;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(T* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        T* source = origin + first * stride + k0 * kStride;
        if (stride == 1 && count > panel)
        {
            Packing.Rows(source, kStride, destination, count, panel, step, kc);
            return;
        }
        for (int done = 0; done < count; done += panel)
        {
            int left = Math.Min(panel, count - done);
            int width = (left + step - 1) / step * step;
            Packing.Panel(source + done * stride, stride, kStride, destination + (nint)done * kc, left, width, width, kc);
        }
    }
}

/// <summary>
/// A matrix whose k is itself of two dimensions: k = outer · <c>run</c> + inner lies at
/// <c>origin + i · stride + outer · outerStride + inner · innerStride</c>.
/// </summary>
unsafe readonly struct RunSource<T>(T* origin, nint stride, int run, nint outerStride, nint innerStride) : IPanelSource<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(T* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        for (int done = 0; done < count; done += panel)
        {
            int left = Math.Min(panel, count - done);
            int width = (left + step - 1) / step * step;
            T* target = destination + (nint)done * kc;
            for (int k = k0; k < k0 + kc;)
            {
                int inner = k % run;
                int length = Math.Min(run - inner, k0 + kc - k);
                T* source = origin + (first + done) * stride + k / run * outerStride + inner * innerStride;
                Packing.Panel(source, stride, innerStride, target, left, width, width, length);
                target += (nint)length * width;
                k += length;
            }
        }
    }
}
