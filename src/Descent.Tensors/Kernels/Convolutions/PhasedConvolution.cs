using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Convolutions with strides of 2 as ones with strides of 1 over the four phases of the images, which are their pixels of
/// even and odd rows and columns: four times the channels, a quarter of the size, windows of half the size.
/// </summary>
/// <remarks>So windows of 4 × 4, as generators and encoders have them, can take Winograd's algorithm for 2 × 2.</remarks>
static unsafe class PhasedConvolution
{
    const int Kernel = 4, Taps = Kernel * Kernel;
    const int MostPhaseBytes = 8 << 20;

    /// <summary>Whether it pays: on windows of 4 × 4, 25 multiplications for 4 outputs instead of 64. On 3 × 3 it would be 25 instead of 36, and does not.</summary>
    public static bool Fits(in ConvShape shape) =>
        shape.StrideH == 2 && shape.StrideW == 2 && shape.DilationH == 1 && shape.DilationW == 1
        && shape.KernelH == Kernel && shape.KernelW == Kernel && Winograd.Fits(Phases(shape));

    /// <summary>y from x, weight and bias, which may be null; false where a result is not finite and must be computed plainly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Forward(in ConvShape shape, float* x, float* weight, float* bias, float* y)
    {
        ConvShape all = Phases(shape);
        float* pixels = Space(all, out int images, out float* filters);
        WorkerPool.For(shape.O, new SpreadFilters(shape, weight, filters));
        for (int first = 0; first < shape.N; first += images)
        {
            ConvShape part = all with { N = Math.Min(images, shape.N - first) };
            WorkerPool.For(part.N * shape.C, new SplitPlanes(shape, x + (nint)first * shape.C * shape.Plane, pixels));
            if (!Winograd.Forward(part, pixels, filters, bias, y + (nint)first * shape.O * shape.OutPlane))
                return false;
        }
        return true;
    }

    /// <summary>dx from dy and weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool InputGradient(in ConvShape shape, float* dy, float* weight, float* dx)
    {
        ConvShape all = Phases(shape);
        float* pixels = Space(all, out int images, out float* filters);
        WorkerPool.For(shape.O, new SpreadFilters(shape, weight, filters));
        for (int first = 0; first < shape.N; first += images)
        {
            ConvShape part = all with { N = Math.Min(images, shape.N - first) };
            if (!Winograd.InputGradient(part, dy + (nint)first * shape.O * shape.OutPlane, filters, pixels))
                return false;
            WorkerPool.For(part.N * shape.C, new JoinPlanes(shape, pixels, dx + (nint)first * shape.C * shape.Plane));
        }
        return true;
    }

    /// <summary>The gradient of weight from x and dy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool WeightGradient(in ConvShape shape, float* x, float* dy, float* dWeight)
    {
        ConvShape all = Phases(shape);
        float* pixels = Space(all, out int images, out float* filters);
        for (int first = 0; first < shape.N; first += images)
        {
            ConvShape part = all with { N = Math.Min(images, shape.N - first) };
            WorkerPool.For(part.N * shape.C, new SplitPlanes(shape, x + (nint)first * shape.C * shape.Plane, pixels));
            if (!Winograd.WeightGradient(part, pixels, dy + (nint)first * shape.O * shape.OutPlane, filters))
                return false;
            WorkerPool.For(shape.O, new CollectFilters(shape, filters, dWeight, first > 0));
        }
        return true;
    }

    static ConvShape Phases(in ConvShape shape) => shape with
    {
        C = shape.C * 4,
        H = shape.OutH + 1,
        W = shape.OutW + 1,
        KernelH = 2,
        KernelW = 2,
        StrideH = 1,
        StrideW = 1,
        PadTop = 0,
        PadLeft = 0,
    };

    static float* Space(in ConvShape phases, out int images, out float* filters)
    {
        nint image = (nint)phases.C * phases.Plane;
        images = (int)Math.Clamp(MostPhaseBytes / (image * sizeof(float)), 1, phases.N);
        float* space = Scratch.Get<float>(ScratchSlot.Phases, images * image + (nint)phases.O * phases.Patch);
        filters = space + images * image;
        return space;
    }

    /// <summary>Filters (O, C, 4, 4) to (O, C, row phase, column phase, 2, 2).</summary>
    readonly struct SpreadFilters(ConvShape shape, float* weight, float* to) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int o)
        {
            float* from = weight + (nint)o * shape.Patch, target = to + (nint)o * shape.Patch;
            for (int c = 0; c < shape.GroupC; c++, from += Taps, target += Taps)
                for (int i = 0; i < Taps; i++)
                    target[i] = from[TapOf(i)];
        }
    }

    readonly struct CollectFilters(ConvShape shape, float* filters, float* weight, bool add) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int o)
        {
            float* from = filters + (nint)o * shape.Patch, target = weight + (nint)o * shape.Patch;
            for (int c = 0; c < shape.GroupC; c++, from += Taps, target += Taps)
                for (int i = 0; i < Taps; i++)
                    target[TapOf(i)] = add ? target[TapOf(i)] + from[i] : from[i];
        }
    }

    /// <summary>The tap of a filter that stands at a place among its phases: of row phase, column phase, row and column two each.</summary>
    static int TapOf(int place) => Kernel * ((place >> 3) + (place & 2)) + (place >> 2 & 1) + 2 * (place & 1);

    /// <summary>A plane of x to its phases, with the zeros of the padding.</summary>
    readonly struct SplitPlanes(ConvShape shape, float* x, float* pixels) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int plane)
        {
            ConvShape to = Phases(shape);
            float* from = x + (nint)plane * shape.Plane, target = pixels + (nint)plane * 4 * to.Plane;
            for (int phase = 0; phase < 2; phase++, target += 2 * (nint)to.Plane)
                for (int row = 0; row < to.H; row++)
                {
                    int y = 2 * row + phase - shape.PadTop;
                    float* even = target + (nint)row * to.W, odd = even + to.Plane;
                    if ((uint)y < (uint)shape.H)
                    {
                        Split(from + (nint)y * shape.W, shape.W, -shape.PadLeft, even, odd, to.W);
                        continue;
                    }
                    Packing.Clear(even, to.W);
                    Packing.Clear(odd, to.W);
                }
        }

        // even[i] = row[first + 2i], odd[i] = row[first + 2i + 1], zeros outside the row.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Split(float* row, int width, int first, float* even, float* odd, int count)
        {
            for (int i = 0; i < count; i++)
            {
                int at = first + 2 * i;
                if (Vector256.IsHardwareAccelerated && at >= 0)
                    for (; i + 8 <= count && at + 16 <= width; i += 8, at += 16)
                    {
                        var (evens, odds) = Pairs.Split(Vector256.Load(row + at), Vector256.Load(row + at + 8));
                        evens.Store(even + i);
                        odds.Store(odd + i);
                    }
                if (i == count)
                    break;
                even[i] = (uint)at < (uint)width ? row[at] : 0;
                odd[i] = (uint)(at + 1) < (uint)width ? row[at + 1] : 0;
            }
        }
    }

    /// <summary>A plane of dx from those of its phases.</summary>
    readonly struct JoinPlanes(ConvShape shape, float* pixels, float* dx) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int plane)
        {
            ConvShape from = Phases(shape);
            float* source = pixels + (nint)plane * 4 * from.Plane, to = dx + (nint)plane * shape.Plane;
            for (int y = 0; y < shape.H; y++, to += shape.W)
            {
                int row = (y + shape.PadTop) >> 1;
                float* even = source + ((y + shape.PadTop) & 1) * 2 * (nint)from.Plane + (nint)row * from.W;
                if (row < from.H)
                    Join(even, even + from.Plane, from.W, shape.PadLeft, to, shape.W);
                else
                    Packing.Clear(to, shape.W);
            }
        }

        // to[i] is element (first + i) / 2 of even or odd, whichever first + i is; zero where there is none.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Join(float* even, float* odd, int length, int first, float* to, int count)
        {
            for (int i = 0; i < count; i++)
            {
                int at = (first + i) >> 1;
                bool isEven = ((first + i) & 1) == 0;
                if (Vector256.IsHardwareAccelerated && isEven)
                    for (; at + 8 <= length && i + 16 <= count; at += 8, i += 16)
                        Pairs.Store(Vector256.Load(even + at), Vector256.Load(odd + at), to + i);
                if (i == count)
                    break;
                to[i] = at < length ? (isEven ? even : odd)[at] : 0;
            }
        }
    }
}
