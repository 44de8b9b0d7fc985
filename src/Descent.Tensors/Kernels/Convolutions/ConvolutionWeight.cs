using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The gradient of one group's weight: dy <c>(O, pixels of all images)</c> × patches <c>(pixels, patch)</c>.</summary>
unsafe readonly struct WeightGradientGroup<T>(ConvShape shape, T* x, T* dy, T* dWeight) : IParallelBody
    where T : unmanaged, INumberBase<T>
{
    // A result of at most so many elements leaves no grid of blocks for the threads to share: the images are shared.
    const int SmallResult = 96 * 96;
    const int MostParts = 16;
    const int LeastPixels = 2048;

    // From so many channels on it pays to turn the images so that channels are innermost.
    const int ManyChannels = 12;
    const int MostPixelBytes = 16 << 20;

    public void Invoke(int g)
    {
        T* result = dWeight + (nint)g * shape.GroupO * shape.Patch;
        if (shape.N * shape.OutPlane == 0)
            new Span<T>(result, shape.GroupO * shape.Patch).Clear();
        else if (shape.GroupC >= ManyChannels && (shape.Taps > 1 || shape.StrideW > 1))
            ByPixels(g, result);
        else
            ByParts(g, result);
    }

    static RunSource<T> Slopes(ConvShape shape, T* dy, int g, int firstImage) =>
        new(dy + ((nint)firstImage * shape.O + (nint)g * shape.GroupO) * shape.OutPlane,
            shape.OutPlane, shape.OutPlane, (nint)shape.O * shape.OutPlane, 1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ByPixels(int g, T* result)
    {
        int size = shape.GroupO * shape.Patch, imageSize = shape.GroupC * shape.Plane;
        int images = (int)Math.Clamp(MostPixelBytes / ((long)imageSize * sizeof(T)), 1, shape.N);
        // (O, taps, C): the order of the patches, put right at the end.
        T* turned = Scratch.Get<T>(ScratchSlot.Partials, size + (nint)images * imageSize);
        T* pixels = turned + size;
        for (int first = 0; first < shape.N; first += images)
        {
            ConvShape part = shape with { N = Math.Min(images, shape.N - first), C = shape.GroupC, O = shape.GroupO, Groups = 1 };
            WorkerPool.For(part.N, new TurnImages(shape, x + ((nint)first * shape.C + (nint)g * shape.GroupC) * shape.Plane, pixels));
            Gemm.Multiply(shape.GroupO, shape.Patch, part.N * shape.OutPlane, T.One, Slopes(shape, dy, g, first),
                new PixelSource<T>(part, pixels), first == 0 ? T.Zero : T.One, new GemmOutput<T>(turned, shape.Patch, 1),
                GemmBias<T>.None);
        }
        for (int o = 0; o < shape.GroupO; o++, turned += shape.Patch, result += shape.Patch)
            for (int c = 0; c < shape.GroupC; c++)
                for (int tap = 0; tap < shape.Taps; tap++)
                    result[c * shape.Taps + tap] = turned[tap * shape.GroupC + c];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ByParts(int g, T* result)
    {
        int size = shape.GroupO * shape.Patch;
        int parts = size > SmallResult ? 1
            : Math.Clamp((int)Math.Min((long)shape.N * shape.OutPlane / LeastPixels, shape.N), 1, MostParts);
        int images = (shape.N + parts - 1) / parts;
        parts = (shape.N + images - 1) / images;
        if (parts == 1)
        {
            new Part(shape, g, x, dy, result, images).Invoke(0);
            return;
        }
        T* partials = Scratch.Get<T>(ScratchSlot.Partials, (nint)parts * size);
        WorkerPool.For(parts, new Part(shape, g, x, dy, partials, images));
        var sum = new Span<T>(result, size);
        new Span<T>(partials, size).CopyTo(sum);
        for (int p = 1; p < parts; p++)
            TensorPrimitives.Add(sum, new ReadOnlySpan<T>(partials + (nint)p * size, size), sum);
    }

    readonly struct Part(ConvShape shape, int g, T* x, T* dy, T* partials, int images) : IParallelBody
    {
        public void Invoke(int index)
        {
            int first = index * images;
            ConvShape part = shape with { N = Math.Min(images, shape.N - first) };
            Gemm.Multiply(shape.GroupO, shape.Patch, part.N * shape.OutPlane, T.One, Slopes(shape, dy, g, first),
                new PatchSource<T>(part, x + (nint)first * shape.C * shape.Plane, g * shape.GroupC), T.Zero,
                new GemmOutput<T>(partials + (nint)index * shape.GroupO * shape.Patch, shape.Patch, 1), GemmBias<T>.None);
        }
    }

    /// <summary>(C, pixels) of an image to (pixels, C), some pixels at a time so that what is written stays in L1.</summary>
    readonly struct TurnImages(ConvShape shape, T* x, T* pixels) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int image)
        {
            T* from = x + (nint)image * shape.C * shape.Plane;
            T* to = pixels + (nint)image * shape.GroupC * shape.Plane;
            int step = Math.Max(16, 4096 / shape.GroupC);
            for (int first = 0; first < shape.Plane; first += step)
                Packing.Panel(from + first, shape.Plane, 1, to + (nint)first * shape.GroupC, shape.GroupC, shape.GroupC,
                    shape.GroupC, Math.Min(step, shape.Plane - first));
        }
    }
}
