using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// dx where strides are not 1, or channels few: for each image the product weightᵀ · dy, <c>(patch, pixels)</c>, of which each element
/// is added to the pixel of dx that it came from.
/// </summary>
unsafe readonly struct ConvolutionScatter<T>(ConvShape shape, T* dy, T* weight, T* dx) : IParallelBody
    where T : unmanaged, INumberBase<T>
{
    public void Run()
    {
        int items = shape.N * shape.Groups;
        if (items >= Numerics.Threads)
            WorkerPool.For(items, in this);
        else
            for (int i = 0; i < items; i++)
                Invoke(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invoke(int index)
    {
        int image = index / shape.Groups, g = index % shape.Groups;
        T* to = dx + ((nint)image * shape.C + (nint)g * shape.GroupC) * shape.Plane;
        new Span<T>(to, shape.GroupC * shape.Plane).Clear();
        if (shape.OutPlane == 0 || shape.GroupO == 0)
            return;
        T* patches = Scratch.Get<T>(ScratchSlot.Partials, (nint)shape.Patch * shape.OutPlane);
        T* from = dy + ((nint)image * shape.O + (nint)g * shape.GroupO) * shape.OutPlane;
        Gemm.Multiply(shape.Patch, shape.OutPlane, shape.GroupO,
            T.One, weight + (nint)g * shape.GroupO * shape.Patch, 1, shape.Patch,
            from, shape.OutPlane, 1, T.Zero, patches, shape.OutPlane, 1);
        for (int p = 0; p < shape.Patch; p++, patches += shape.OutPlane)
            Add(p % shape.Taps, patches, to + (nint)(p / shape.Taps) * shape.Plane);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Add(int tap, T* patch, T* plane)
    {
        int top = tap / shape.KernelW * shape.DilationH - shape.PadTop;
        int left = tap % shape.KernelW * shape.DilationW - shape.PadLeft;
        for (int row = 0; row < shape.OutH; row++, patch += shape.OutW)
        {
            int y = row * shape.StrideH + top;
            if ((uint)y >= (uint)shape.H)
                continue;
            T* to = plane + (nint)y * shape.W;
            if (shape.StrideW == 1)
            {
                int begin = Math.Max(0, -left), end = Math.Min(shape.OutW, shape.W - left);
                int column = begin;
                for (; column + Vector<T>.Count <= end; column += Vector<T>.Count)
                    Vector.Store(Vector.Load(to + left + column) + Vector.Load(patch + column), to + left + column);
                for (; column < end; column++)
                    to[left + column] += patch[column];
                continue;
            }
            for (int column = 0, x = left; column < shape.OutW && x < shape.W; column++, x += shape.StrideW)
                if (x >= 0)
                    to[x] += patch[column];
        }
    }
}
