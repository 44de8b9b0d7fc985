using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The patches of a batch of images whose channels are innermost, <c>(N, H, W, C)</c>: index is (kernel row, kernel
/// column, channel), k is (image, output row, output column). So both lie in memory as the panel wants them.
/// </summary>
/// <param name="shape">The convolution; C is the channels of one group, all that <paramref name="pixels"/> holds.</param>
/// <param name="pixels">The images.</param>
unsafe readonly struct PixelSource<T>(ConvShape shape, T* pixels) : IPanelSource<T> where T : unmanaged
{
    // Rows of a panel (48 floats each) that stay in L1 while its columns are written a tap at a time.
    const int RowsOfPass = 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(T* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        for (int j = 0; j < count; j += panel)
        {
            int left = Math.Min(panel, count - j);
            int width = (left + step - 1) / step * step;
            for (int done = 0; done < kc; done += RowsOfPass)
            {
                int rows = Math.Min(RowsOfPass, kc - done);
                T* to = destination + (nint)j * kc + (nint)done * width;
                for (int i = 0; i < left;)
                {
                    int channel = (first + j + i) % shape.C;
                    int length = Math.Min(shape.C - channel, left - i);
                    PackTap((first + j + i) / shape.C, channel, length, k0 + done, rows, to + i, width);
                    i += length;
                }
                for (nint k = 0; left < width && k < rows; k++)
                    Packing.Clear(to + k * width + left, width - left);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void PackTap(int tap, int channel, int length, int k0, int kc, T* to, int width)
    {
        int tapY = tap / shape.KernelW * shape.DilationH - shape.PadTop;
        int tapX = tap % shape.KernelW * shape.DilationW - shape.PadLeft;
        int image = k0 / shape.OutPlane, pixel = k0 % shape.OutPlane;
        int row = pixel / shape.OutW, column = pixel % shape.OutW;
        nint advance = (nint)shape.StrideW * shape.C;
        // The outputs of a row for which the tap lies in the row.
        int first = tapX >= 0 ? 0 : (shape.StrideW - 1 - tapX) / shape.StrideW;
        int last = tapX >= shape.W ? 0 : (shape.W - 1 - tapX) / shape.StrideW + 1;
        while (kc > 0)
        {
            int count = Math.Min(shape.OutW - column, kc);
            int y = row * shape.StrideH + tapY;
            bool exists = (uint)y < (uint)shape.H;
            int begin = exists ? Math.Clamp(first - column, 0, count) : count;
            int end = Math.Clamp(last - column, begin, count);
            T* from = pixels + (((nint)image * shape.H + y) * shape.W + (nint)(column + begin) * shape.StrideW + tapX) * shape.C + channel;
            for (int k = 0; k < begin; k++, to += width)
                Packing.Clear(to, length);
            Copy(from, advance, to, width, length, end - begin);
            to += (nint)(end - begin) * width;
            for (int k = end; k < count; k++, to += width)
                Packing.Clear(to, length);

            kc -= count;
            column = 0;
            if (++row == shape.OutH)
            {
                row = 0;
                image++;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy(T* from, nint advance, T* to, int width, int length, int rows)
    {
        int vector = Packing.Widest<T>();
        if (length == vector)
            for (; rows > 0; rows--, from += advance, to += width)
                Packing.CopyWidest(from, to);
        else if (length > vector && length <= 2 * vector)
            for (; rows > 0; rows--, from += advance, to += width)
            {
                Packing.CopyWidest(from, to);
                Packing.CopyWidest(from + length - vector, to + length - vector);
            }
        else
            for (; rows > 0; rows--, from += advance, to += width)
                Packing.Copy(from, to, length);
    }
}
