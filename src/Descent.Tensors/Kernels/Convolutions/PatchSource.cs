using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The matrix of <see cref="ImageSource{T}"/> the other way about: index is (channel, kernel row, kernel column), k is
/// (image, output row, output column).
/// </summary>
/// <param name="shape">The convolution.</param>
/// <param name="images">All images.</param>
/// <param name="firstChannel">The first channel of the group.</param>
unsafe readonly struct PatchSource<T>(ConvShape shape, T* images, int firstChannel) : IPanelSource<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(T* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        int block = Vector128<T>.Count;
        T* rows = Scratch.Get<T>(ScratchSlot.Rows, (nint)block * kc + Packing.Slack);
        for (int done = 0; done < count; done += panel, destination += (nint)panel * kc)
        {
            int left = Math.Min(panel, count - done);
            int width = (left + step - 1) / step * step;
            for (int i = 0; i < left; i += block)
            {
                int height = Math.Min(block, left - i);
                for (int r = 0; r < height; r++)
                    Gather(first + done + i + r, k0, kc, rows + (nint)r * kc);
                Packing.Panel(rows, kc, 1, destination + i, height, Math.Min(block, width - i), width, kc);
            }
        }
    }

    /// <summary>One tap of one channel, for outputs k0 to k0 + kc − 1. May write <see cref="Packing.Slack"/> elements more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Gather(int index, int k0, int kc, T* to)
    {
        int tap = index % shape.Taps;
        int tapY = tap / shape.KernelW * shape.DilationH - shape.PadTop;
        int tapX = tap % shape.KernelW * shape.DilationW - shape.PadLeft;
        // The columns of y for which the tap lies in the row.
        int first = -tapX, last = shape.StrideW == 1 ? shape.W - tapX : int.MinValue;
        T* end = images + (nint)shape.N * shape.C * shape.Plane - Packing.Slack;
        int image = k0 / shape.OutPlane, pixel = k0 % shape.OutPlane;
        int row = pixel / shape.OutW, column = pixel % shape.OutW;
        T* plane = images + ((nint)image * shape.C + firstChannel + index / shape.Taps) * shape.Plane;
        while (kc > 0)
        {
            int length = Math.Min(shape.OutW - column, kc);
            int y = row * shape.StrideH + tapY;
            T* line = plane + (nint)y * shape.W;
            if ((uint)y < (uint)shape.H && column >= first && column + length <= last && line + column + tapX + length <= end)
                Packing.CopyOver(line + column + tapX, to, length);
            else
                ImageRow.Copy(line, (uint)y < (uint)shape.H, shape.W, column * shape.StrideW + tapX, shape.StrideW, to, length);
            to += length;
            kc -= length;
            column = 0;
            if (++row == shape.OutH)
            {
                row = 0;
                plane += (nint)shape.C * shape.Plane;
            }
        }
    }
}
