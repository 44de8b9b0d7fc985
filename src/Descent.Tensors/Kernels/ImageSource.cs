using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The patches of a batch of images as a matrix that is never built: index is (image, output row, output column), k is
/// (channel, kernel row, kernel column).
/// </summary>
/// <param name="shape">The convolution.</param>
/// <param name="images">All images.</param>
/// <param name="firstChannel">The first channel of the group.</param>
unsafe readonly struct ImageSource<T>(ConvShape shape, T* images, int firstChannel) : IPanelSource<T> where T : unmanaged
{
    readonly T* _x = images + (nint)firstChannel * shape.Plane;

    enum Reach
    {
        /// <summary>Every tap lies in the image, and copies may run over.</summary>
        Inside,

        /// <summary>Taps may lie in the padding, but what is read in their place is memory of the images.</summary>
        Safe,

        /// <summary>Neither, or the stride is not 1.</summary>
        Any,
    }

    /// <summary>Neighbouring outputs of a panel that lie in one row of one image.</summary>
    struct Segment
    {
        public nint Offset;
        public int Y;
        public int X;
        public int Length;
        public Reach Reach;
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
            T* plane = _x + (nint)channel * shape.Plane + (nint)y * shape.W;
            T* to = destination;
            // Each copy may run over into what the next one writes.
            for (Segment* s = segments; s < segments + segmentCount; to += s->Length, s++)
            {
                T* from = plane + s->Offset + offsetX;
                if (s->Reach == Reach.Inside)
                {
                    Packing.CopyOver(from, to, s->Length);
                }
                else if (s->Reach == Reach.Safe && (uint)(s->Y + y) < (uint)shape.H)
                {
                    int left = s->X + offsetX, length = s->Length;
                    Packing.CopyOver(from, to, length);
                    for (int i = Math.Min(-left, length) - 1; i >= 0; i--)
                        to[i] = default;
                    for (int i = Math.Max(0, shape.W - left); i < length; i++)
                        to[i] = default;
                }
                else
                {
                    ImageRow.Copy(from - s->X - offsetX, (uint)(s->Y + y) < (uint)shape.H, shape.W,
                        s->X + offsetX, shape.StrideW, to, s->Length);
                }
            }
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
        nint lastChannel = (nint)(shape.GroupC - 1) * shape.Plane;
        T* end = images + (nint)shape.N * shape.C * shape.Plane;
        for (int j = first; j < first + count;)
        {
            int image = j / shape.OutPlane, pixel = j % shape.OutPlane;
            int row = pixel / shape.OutW, column = pixel % shape.OutW;
            int length = Math.Min(shape.OutW - column, first + count - j);
            int top = row * shape.StrideH - shape.PadTop, left = column * shape.StrideW - shape.PadLeft;
            T* x = _x + (nint)image * shape.C * shape.Plane;
            // The first and the last row of the image that a tap reads.
            int begin = Math.Max(top, 0), bottom = Math.Min(top + lastY, shape.H - 1);
            bool safe = shape.StrideW == 1 && x + (nint)begin * shape.W + left >= images
                && x + lastChannel + (nint)bottom * shape.W + left + lastX + length + Packing.Slack <= end;
            bool inside = top >= 0 && top + lastY < shape.H && left >= 0 && left + length - 1 + lastX < shape.W;
            segments[found++] = new Segment
            {
                Offset = (nint)(x - _x) + (nint)top * shape.W + left,
                Y = top,
                X = left,
                Length = length,
                Reach = !safe ? Reach.Any : inside ? Reach.Inside : Reach.Safe,
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
