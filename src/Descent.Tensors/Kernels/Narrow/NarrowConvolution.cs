using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// 2-d convolution of bfloat16 images, and its gradients, on products of pairs. Two neighbouring channels (for the weight's
/// gradient two neighbouring outputs) become a word of 32 bits once; then patches are packed as those of float32 images of half
/// as many channels are, and nothing is paired while packing.
/// </summary>
static unsafe class NarrowConvolution
{
    // Images whose words are kept at a time.
    const int MostWords = 4 << 20;

    /// <summary>Whether <see cref="Forward"/> and <see cref="WeightGradient"/> do such a convolution, faster than float32.</summary>
    /// <remarks>Products of pairs in registers have twice the rate of float32, less than what Winograd's form saves; tiles have more.</remarks>
    public static bool Fits(in ConvShape shape) =>
        shape.Groups == 1 && shape.OutW % 2 == 0 && (AmxProduct.IsAvailable || (PairKernels.IsAvailable && !Winograd.Fits(shape)));

    /// <summary>y from x, weight and bias; bias <c>(O)</c> may be null.</summary>
    /// <typeparam name="TC">float or BFloat16.</typeparam>
    public static void Forward<TC>(in ConvShape shape, BFloat16* x, FloatLine weight, float* bias, TC* y) where TC : unmanaged =>
        Correlate(shape, x, weight, bias, y, turned: false);

    /// <summary>dx from dy and weight.</summary>
    /// <typeparam name="TC">float or BFloat16.</typeparam>
    public static void InputGradient<TC>(in ConvShape shape, BFloat16* dy, FloatLine weight, TC* dx) where TC : unmanaged
    {
        if (shape.StrideH == 1 && shape.StrideW == 1) Correlate(shape.Reversed(), dy, weight, null, dx, turned: true);
        else WorkerPool.For(shape.N, new Scatter<TC> { Shape = shape, Dy = dy, Weight = weight, Dx = dx });
    }

    /// <summary>The weight's gradient from x and dy, summed in float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightGradient(in ConvShape shape, BFloat16* x, BFloat16* dy, float* dWeight)
    {
        int size = shape.O * shape.Patch, width = shape.W + shape.PadLeft;
        long words = (long)shape.H * width * shape.C;
        int images = (int)Math.Clamp(MostWords / Math.Max(1, words), 1, Math.Max(1, shape.N));
        // (O, taps, C): the order of the patches, put right at the end.
        float* turned = Scratch.Get<float>(ScratchSlot.Partials, size + (nint)(images * words));
        uint* pixels = (uint*)turned + size;
        new Span<float>(turned, size).Clear();
        // An output beside its neighbour is one of half as many, in steps twice as wide.
        ConvShape pairs = shape with { W = width, OutW = shape.OutW / 2, StrideW = 2 * shape.StrideW, PadLeft = 0 };
        for (int first = 0; first < shape.N; first += images)
        {
            pairs = pairs with { N = Math.Min(images, shape.N - first) };
            WorkerPool.For(pairs.N * shape.H, new PixelWords { Shape = shape, X = (ushort*)x + (nint)first * shape.C * shape.Plane, Words = pixels });
            var slopes = new RunSource<float>((float*)(dy + (nint)first * shape.O * shape.OutPlane), pairs.OutPlane, pairs.OutPlane, (nint)shape.O * pairs.OutPlane, 1);
            PairProduct.Multiply(shape.O, shape.Patch, 2 * pairs.N * pairs.OutPlane, new WordSource<RunSource<float>>(slopes),
                new WordSource<PixelSource<float>>(new(pairs, (float*)pixels)), new GemmOutput<float>(turned, shape.Patch, 1), default, accumulate: true);
        }
        WorkerPool.For(shape.O, new Unturn { Shape = shape, Turned = turned, Result = dWeight });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Correlate<TC>(ConvShape shape, BFloat16* x, FloatLine weight, float* bias, TC* y, bool turned) where TC : unmanaged
    {
        int pairs = (shape.C + 1) / 2, patch = pairs * shape.Taps;
        int images = (int)Math.Clamp(MostWords / Math.Max(1, (long)pairs * shape.Plane), 1, Math.Max(1, shape.N));
        uint* words = Scratch.Get<uint>(ScratchSlot.Partials, (nint)shape.O * patch + (nint)images * pairs * shape.Plane), planes = words + (nint)shape.O * patch;
        WorkerPool.For(shape.O, new WeightWords { Shape = shape, Weight = weight, Words = words, Turned = turned });
        for (int first = 0; first < shape.N; first += images)
        {
            ConvShape part = shape with { N = Math.Min(images, shape.N - first), C = pairs };
            WorkerPool.For(part.N * pairs, new PlaneWords { Shape = shape, X = (ushort*)x + (nint)first * shape.C * shape.Plane, Words = planes });
            PairProduct.Multiply(shape.O, part.N * shape.OutPlane, 2 * patch, new WordSource<StridedSource<float>>(new((float*)words, patch, 1)),
                new WordSource<ImageSource<float>>(new(part, (float*)planes, 0)),
                new GemmOutput<TC>(y + (nint)first * shape.O * shape.OutPlane, shape.OutPlane, 1, shape.OutPlane, (nint)shape.O * shape.OutPlane),
                new GemmBias<float>(bias, perRow: true));
        }
    }

    /// <summary>A source of words that are pairs already.</summary>
    readonly struct WordSource<TSource>(TSource source) : IPairSource where TSource : struct, IPanelSource<float>
    {
        public void Pack(uint* destination, int first, int count, int panel, int step, int k0, int kc) =>
            source.Pack((float*)destination, first, count, panel, step, k0 / 2, kc / 2);
    }

    /// <summary>The gradient of an image in steps other than 1: weightᵀ · dy, of which each element is added to the pixel that it came from.</summary>
    struct Scatter<TC> : IParallelBody where TC : unmanaged
    {
        internal ConvShape Shape;
        internal BFloat16* Dy;
        internal FloatLine Weight;
        internal TC* Dx;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            nint size = (nint)Shape.C * Shape.Plane;
            float* patches = Scratch.Get<float>(ScratchSlot.Partials, (nint)Shape.Patch * Shape.OutPlane + size), image = patches + (nint)Shape.Patch * Shape.OutPlane;
            PairProduct.Multiply(Shape.Patch, Shape.OutPlane, Shape.O, Weight.AsMatrix(1, Shape.Patch), new PairMatrix(Dy + (nint)index * Shape.O * Shape.OutPlane, 1, Shape.OutPlane),
                new GemmOutput<float>(patches, Shape.OutPlane, 1));
            new Span<float>(image, checked((int)size)).Clear();
            var scatter = new ConvolutionScatter<float>(Shape, null, null, null);
            for (int p = 0; p < Shape.Patch; p++) scatter.Add(p % Shape.Taps, patches + (nint)p * Shape.OutPlane, image + (nint)(p / Shape.Taps) * Shape.Plane);
            if (typeof(TC) == typeof(float)) Packing.Copy(image, (float*)Dx + index * size, (int)size);
            else NarrowFloats.Narrow(image, (BFloat16*)Dx + index * size, size);
        }
    }

    /// <summary>Two planes of neighbouring channels as one of words; a channel too few is zeros.</summary>
    struct PlaneWords : IParallelBody
    {
        internal ConvShape Shape;
        internal ushort* X;
        internal uint* Words;

        public readonly void Invoke(int index)
        {
            int pairs = (Shape.C + 1) / 2, image = index / pairs, channel = index % pairs * 2;
            ushort* even = X + ((nint)image * Shape.C + channel) * Shape.Plane;
            PairPacking.Interleave(even, channel + 1 < Shape.C ? even + Shape.Plane : null, Words + (nint)index * Shape.Plane, Shape.Plane);
        }
    }

    /// <summary>The weight as <c>(O, C / 2, taps)</c> of words; turned, the other way about: output channels paired for an input channel, taps in reverse.</summary>
    struct WeightWords : IParallelBody
    {
        internal ConvShape Shape;
        internal FloatLine Weight;
        internal uint* Words;
        internal bool Turned;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int taps = Shape.Taps, pairs = (Shape.C + 1) / 2;
            float* even = stackalloc float[taps], odd = stackalloc float[taps];
            uint* to = Words + (nint)index * pairs * taps;
            for (int c = 0; c < Shape.C; c += 2, to += taps)
            {
                float* first = Weight.Read(Line(index, c), taps, even), second = c + 1 < Shape.C ? Weight.Read(Line(index, c + 1), taps, odd) : null;
                PairPacking.Interleave(first, second, to, taps);
                if (Turned) new Span<uint>(to, taps).Reverse();
            }
        }

        // Turned, the shape's channels are the weight's outputs.
        readonly nint Line(int output, int channel) => (Turned ? (nint)channel * Shape.O + output : (nint)output * Shape.C + channel) * Shape.Taps;
    }

    /// <summary>A row of all channels as <c>(W + padding, C)</c> of words: a pixel and the one that the next output sees in its place.</summary>
    struct PixelWords : IParallelBody
    {
        internal ConvShape Shape;
        internal ushort* X;
        internal uint* Words;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int image = index / Shape.H, row = index % Shape.H, width = Shape.W + Shape.PadLeft;
            ushort* line = Scratch.Get<ushort>(ScratchSlot.Rows, width + Shape.StrideW);
            uint* lines = Scratch.Get<uint>(ScratchSlot.Columns, (nint)Shape.C * width);
            new Span<ushort>(line, width + Shape.StrideW).Clear();
            for (int c = 0; c < Shape.C; c++)
            {
                new ReadOnlySpan<ushort>(X + ((nint)image * Shape.C + c) * Shape.Plane + (nint)row * Shape.W, Shape.W).CopyTo(new(line + Shape.PadLeft, Shape.W));
                PairPacking.Interleave(line, line + Shape.StrideW, lines + (nint)c * width, width);
            }
            Packing.Panel((float*)lines, width, 1, (float*)Words + (nint)index * width * Shape.C, Shape.C, Shape.C, Shape.C, width);
        }
    }

    /// <summary>(taps, C) of one output as (C, taps).</summary>
    struct Unturn : IParallelBody
    {
        internal ConvShape Shape;
        internal float* Turned, Result;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            float* from = Turned + (nint)index * Shape.Patch, to = Result + (nint)index * Shape.Patch;
            for (int c = 0; c < Shape.C; c++)
                for (int tap = 0; tap < Shape.Taps; tap++) *to++ = from[(nint)tap * Shape.C + c];
        }
    }
}
