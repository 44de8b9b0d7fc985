using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The patches of a batch of images as a matrix that is never built: index is (image, output row, output column), k is
/// (channel, kernel row, kernel column).
/// </summary>
/// <param name="shape">The convolution.</param>
/// <param name="x">The first channel of the group in the first image.</param>
/// <param name="end">The end of the memory of all images.</param>
unsafe readonly struct ImageSource<T>(ConvShape shape, T* x, T* end) : IPanelSource<T> where T : unmanaged
{
    /// <summary>Neighbouring outputs of a panel that lie in one row of one image.</summary>
    struct Segment
    {
        public nint Offset;
        public int Y;
        public int X;
        public int Length;
        public bool IsInside;
    }

    public void Pack(T* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        for (int done = 0; done < count; done += panel)
        {
            int left = Math.Min(panel, count - done);
            PackPanel(destination + (nint)done * kc, first + done, left, (left + step - 1) / step * step, k0, kc);
        }
    }

    [SkipLocalsInit]
    void PackPanel(T* destination, int first, int count, int width, int k0, int kc)
    {
        Segment* segments = stackalloc Segment[count];
        int segmentCount = FindSegments(segments, first, count);

        int channel = k0 / shape.Taps, tap = k0 % shape.Taps;
        int tapY = tap / shape.KernelW, tapX = tap % shape.KernelW;
        for (int k = 0; k < kc; k++, destination += width)
        {
            int y = tapY * shape.DilationH, offsetX = tapX * shape.DilationW;
            T* plane = x + (nint)channel * shape.Plane;
            T* source = plane + (nint)y * shape.W + offsetX;
            T* to = destination;
            // Each copy may run over into what the next one writes.
            for (Segment* s = segments; s < segments + segmentCount; to += s->Length, s++)
                if (s->IsInside)
                    Packing.CopyOver(source + s->Offset, to, s->Length);
                else
                    ImageRow.Copy(plane + s->Offset - s->X + (nint)y * shape.W, (uint)(s->Y + y) < (uint)shape.H, shape.W,
                        s->X + offsetX, shape.StrideW, to, s->Length);
            Packing.Clear(to, width - count);

            if (++tapX == shape.KernelW)
            {
                tapX = 0;
                if (++tapY == shape.KernelH)
                {
                    tapY = 0;
                    channel++;
                }
            }
        }
    }

    int FindSegments(Segment* segments, int first, int count)
    {
        int found = 0;
        int lastY = (shape.KernelH - 1) * shape.DilationH, lastX = (shape.KernelW - 1) * shape.DilationW;
        nint reach = (nint)(shape.GroupC - 1) * shape.Plane + (nint)lastY * shape.W + lastX;
        for (int j = first; j < first + count;)
        {
            int image = j / shape.OutPlane, pixel = j % shape.OutPlane;
            int row = pixel / shape.OutW, column = pixel % shape.OutW;
            int length = Math.Min(shape.OutW - column, first + count - j);
            int top = row * shape.StrideH - shape.PadTop, left = column * shape.StrideW - shape.PadLeft;
            nint offset = (nint)image * shape.C * shape.Plane + (nint)top * shape.W + left;
            segments[found++] = new Segment
            {
                Offset = offset,
                Y = top,
                X = left,
                Length = length,
                IsInside = shape.StrideW == 1 && top >= 0 && top + lastY < shape.H && left >= 0
                    && left + length - 1 + lastX < shape.W && x + offset + reach + length + Packing.Slack <= end,
            };
            j += length;
        }
        return found;
    }
}

/// <summary>Reads along a row of an image, zeros outside.</summary>
static unsafe class ImageRow
{
    /// <summary><c>to[i] = row[first + i · stride]</c>, zero where that is not from 0 to <paramref name="width"/> − 1.</summary>
    public static void Copy<T>(T* row, bool exists, int width, int first, int stride, T* to, int count) where T : unmanaged
    {
        int begin = first >= 0 ? 0 : Math.Min(count, (stride - 1 - first) / stride);
        int end = !exists || first >= width ? begin : Math.Clamp((width - 1 - first) / stride + 1, begin, count);
        Packing.Clear(to, begin);
        if (stride == 1)
            Packing.Copy(row + first + begin, to + begin, end - begin);
        else
            for (int i = begin; i < end; i++)
                to[i] = row[first + i * stride];
        Packing.Clear(to + end, count - end);
    }
}
