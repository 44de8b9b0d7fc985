using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
    // Rows of a panel (48 floats each) that stay in L1 while its segments are copied one after another.
    const int RowsOfPass = 64;

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

    /// <summary>One k: a channel and a place in the kernel window.</summary>
    struct Tap
    {
        public nint Offset;
        public int Y;
        public int X;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(T* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        Tap* taps = stackalloc Tap[RowsOfPass];
        Segment* segments = stackalloc Segment[panel];
        for (int done = 0; done < kc; done += RowsOfPass)
        {
            int rows = Math.Min(RowsOfPass, kc - done);
            FindTaps(taps, k0 + done, rows);
            for (int j = 0; j < count; j += panel)
            {
                int left = Math.Min(panel, count - j);
                int width = (left + step - 1) / step * step;
                T* to = destination + (nint)j * kc + (nint)done * width;
                Segment* end = segments + FindSegments(segments, first + j, left);
                int column = 0;
                for (Segment* s = segments; s < end; column += s->Length, s++)
                    CopySegment(s, taps, rows, to + column, width, column);
                if (left < width)
                    for (nint k = 0; k < rows; k++)
                        Packing.Clear(to + k * width + left, width - left);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void FindTaps(Tap* taps, int k0, int count)
    {
        int channel = k0 / shape.Taps, tap = k0 % shape.Taps;
        int row = tap / shape.KernelW, column = tap % shape.KernelW;
        for (int k = 0; k < count; k++)
        {
            int y = row * shape.DilationH, x = column * shape.DilationW;
            taps[k] = new Tap { Offset = (nint)channel * shape.Plane + (nint)y * shape.W + x, Y = y, X = x };
            if (++column < shape.KernelW)
                continue;
            column = 0;
            if (++row < shape.KernelH)
                continue;
            row = 0;
            channel++;
        }
    }

    /// <summary>The segment's column of the panel: for each tap <c>to[k · width ..]</c>. Copies run over within the row at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void CopySegment(Segment* segment, Tap* taps, int rows, T* to, int width, int column)
    {
        T* from = _x + segment->Offset;
        int length = segment->Length;
        // Vectors of 16 floats where there are such; a last one that ends where the segment ends.
        int vector = Packing.Widest<T>();
        bool whole = length >= vector || column + vector <= width;
        int last = Math.Max(0, length - vector);
        if (segment->Reach == Reach.Inside && whole && length <= 2 * vector)
        {
            for (nint k = 0; k < rows; k++, to += width)
            {
                Packing.CopyWidest(from + taps[k].Offset, to);
                Packing.CopyWidest(from + taps[k].Offset + last, to + last);
            }
        }
        else if (segment->Reach == Reach.Inside)
        {
            for (nint k = 0; k < rows; k++, to += width)
                Packing.Copy(from + taps[k].Offset, to, length);
        }
        else if (segment->Reach == Reach.Safe)
        {
            for (nint k = 0; k < rows; k++, to += width)
                CopySafe(from + taps[k].Offset, segment->Y + taps[k].Y, segment->X + taps[k].X, to, length, whole);
        }
        else
        {
            for (nint k = 0; k < rows; k++, to += width)
                ImageRow.Copy(from + taps[k].Offset - segment->X - taps[k].X, (uint)(segment->Y + taps[k].Y) < (uint)shape.H,
                    shape.W, segment->X + taps[k].X, shape.StrideW, to, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void CopySafe(T* from, int y, int x, T* to, int length, bool whole)
    {
        if ((uint)y >= (uint)shape.H)
        {
            Packing.Clear(to, length);
            return;
        }
        if (!whole)
            Packing.Copy(from, to, length);
        else
            for (int i = 0, vector = Packing.Widest<T>(); ; i = Math.Min(i + vector, length - vector))
            {
                Packing.CopyWidest(from + i, to + i);
                if (i + vector >= length)
                    break;
            }
        for (int i = Math.Min(-x, length) - 1; i >= 0; i--)
            to[i] = default;
        for (int i = Math.Max(0, shape.W - x); i < length; i++)
            to[i] = default;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(T* row, bool exists, int width, int first, int stride, T* to, int count) where T : unmanaged
    {
        int begin = first >= 0 ? 0 : Math.Min(count, (stride - 1 - first) / stride);
        int end = !exists || first >= width ? begin : Math.Clamp((width - 1 - first) / stride + 1, begin, count);
        Packing.Clear(to, begin);
        if (stride == 1)
            Packing.Copy(row + first + begin, to + begin, end - begin);
        else
        {
            int i = begin;
            if (stride == 2 && typeof(T) == typeof(float))
                for (; i + 4 <= end && first + 2 * i + 8 <= width; i += 4)
                {
                    float* from = (float*)row + first + 2 * i;
                    Quad.Even(Vector128.Load(from), Vector128.Load(from + 4)).Store((float*)to + i);
                }
            for (; i < end; i++)
                to[i] = row[first + i * stride];
        }
        Packing.Clear(to + end, count - end);
    }
}
