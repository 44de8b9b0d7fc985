using System.Numerics;
using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

/// <summary>2-d convolution of float and double images, and its gradients, as matrix products over patches that are never stored.</summary>
/// <remarks>Outputs are overwritten. Results are the same bits for any number of threads.</remarks>
static unsafe class Convolution
{
    // With few channels to produce, patches of dy are not used often enough to pay for their packing, unless the plane is
    // too small for a product of its own.
    const int FewChannels = 64;
    const int SmallPlane = 64;

    /// <summary>y from x, weight and bias; bias <c>(O)</c> may be null.</summary>
    public static void Forward<T>(in ConvShape shape, T* x, T* weight, T* bias, T* y)
        where T : unmanaged, INumberBase<T>
    {
        if (shape.N == 0 || shape.O == 0 || shape.OutPlane == 0)
            return;
        if (Depthwise.Fits(shape))
            Depthwise.Forward(shape, x, weight, bias, y, turned: false);
        else
            ForEachGroup(new ForwardGroup<T>(shape.Simplified(), x, weight, bias, y), shape.Groups);
    }

    /// <summary>dx from dy and weight.</summary>
    public static void InputGradient<T>(in ConvShape shape, T* dy, T* weight, T* dx)
        where T : unmanaged, INumberBase<T>
    {
        if (shape.N == 0 || shape.C == 0 || shape.Plane == 0)
            return;
        bool unitStride = shape.StrideH == 1 && shape.StrideW == 1;
        if (unitStride && Depthwise.Fits(shape))
            Depthwise.Forward(shape.Reversed(), dy, weight, null, dx, turned: true);
        else if (unitStride && (shape.GroupC >= FewChannels || shape.OutPlane < SmallPlane || shape.Taps == 1))
            ForEachGroup(new InputGradientGroup<T>(shape.Simplified(), dy, weight, dx), shape.Groups);
        else
            new ConvolutionScatter<T>(shape, dy, weight, dx).Run();
    }

    /// <summary>The gradients of weight and bias from x and dy; <paramref name="dBias"/> may be null.</summary>
    public static void WeightGradient<T>(in ConvShape shape, T* x, T* dy, T* dWeight, T* dBias)
        where T : unmanaged, INumberBase<T>
    {
        if (dBias != null)
            WorkerPool.For(shape.O, new BiasGradient<T>(shape, dy, dBias));
        if (shape.O == 0 || shape.Patch == 0)
            return;
        if (Depthwise.Fits(shape))
            Depthwise.WeightGradient(shape, x, dy, dWeight);
        else
            ForEachGroup(new WeightGradientGroup<T>(shape.Simplified(), x, dy, dWeight), shape.Groups);
    }

    // Several groups share the threads; one has them to itself.
    static void ForEachGroup<TBody>(in TBody body, int groups) where TBody : struct, IParallelBody
    {
        if (groups >= Numerics.Threads)
        {
            WorkerPool.For(groups, in body);
            return;
        }
        TBody copy = body;
        for (int g = 0; g < groups; g++)
            copy.Invoke(g);
    }

    /// <summary>weight (O, patch) × patches (patch, pixels of all images).</summary>
    readonly struct ForwardGroup<T>(ConvShape shape, T* x, T* weight, T* bias, T* y) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        public void Invoke(int g)
        {
            nint firstO = (nint)g * shape.GroupO;
            Gemm.Multiply(shape.GroupO, shape.N * shape.OutPlane, shape.Patch, T.One,
                new StridedSource<T>(weight + firstO * shape.Patch, shape.Patch, 1),
                new ImageSource<T>(shape, x, g * shape.GroupC),
                T.Zero, new GemmOutput<T>(y + firstO * shape.OutPlane, shape.OutPlane, 1, shape.OutPlane, (nint)shape.O * shape.OutPlane),
                new GemmBias<T>(bias == null ? null : bias + firstO, perRow: true));
        }
    }

    /// <summary>The same product over patches of dy, with channels swapped and taps in reverse.</summary>
    readonly struct InputGradientGroup<T>(ConvShape shape, T* dy, T* weight, T* dx) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        public void Invoke(int g)
        {
            ConvShape reversed = shape.Reversed();
            T* turned = weight + (nint)g * shape.GroupO * shape.Patch + shape.Taps - 1;
            Gemm.Multiply(shape.GroupC, shape.N * shape.Plane, reversed.Patch, T.One,
                new RunSource<T>(turned, shape.Taps, shape.Taps, shape.Patch, -1),
                new ImageSource<T>(reversed, dy, g * shape.GroupO),
                T.Zero, new GemmOutput<T>(dx + (nint)g * shape.GroupC * shape.Plane, shape.Plane, 1, shape.Plane, (nint)shape.C * shape.Plane),
                GemmBias<T>.None);
        }
    }

    /// <summary>dy (O, pixels of all images) × patches (pixels, patch); few outputs, so the images are cut into parts.</summary>
    readonly struct WeightGradientGroup<T>(ConvShape shape, T* x, T* dy, T* dWeight) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        // A result of at most so many elements leaves no grid of blocks for the threads to share.
        const int SmallResult = 96 * 96;
        const int MostParts = 16;
        const int LeastPixels = 2048;

        public void Invoke(int g)
        {
            int size = shape.GroupO * shape.Patch;
            int parts = size > SmallResult ? 1
                : Math.Clamp((int)Math.Min((long)shape.N * shape.OutPlane / LeastPixels, shape.N), 1, MostParts);
            int images = (shape.N + parts - 1) / Math.Max(1, parts);
            parts = images == 0 ? 1 : (shape.N + images - 1) / images;
            T* result = dWeight + (nint)g * size;
            T* partials = parts == 1 ? result : Scratch.Get<T>(ScratchSlot.Partials, (nint)parts * size);
            T* groupDy = dy + (nint)g * shape.GroupO * shape.OutPlane;
            var part = new Part<T>(shape, x, g * shape.GroupC, groupDy, partials, images);
            if (parts == 1)
            {
                part.Invoke(0);
                return;
            }
            WorkerPool.For(parts, part);
            var sum = new Span<T>(result, size);
            new Span<T>(partials, size).CopyTo(sum);
            for (int p = 1; p < parts; p++)
                TensorPrimitives.Add(sum, new ReadOnlySpan<T>(partials + (nint)p * size, size), sum);
        }
    }

    readonly struct Part<T>(ConvShape shape, T* x, int firstChannel, T* dy, T* partials, int images) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        public void Invoke(int index)
        {
            int first = index * images, count = Math.Min(images, shape.N - first);
            T* to = partials + (nint)index * shape.GroupO * shape.Patch;
            if (count * shape.OutPlane == 0)
                new Span<T>(to, shape.GroupO * shape.Patch).Clear();
            else
                Gemm.Multiply(shape.GroupO, shape.Patch, count * shape.OutPlane, T.One,
                    new RunSource<T>(dy + (nint)first * shape.O * shape.OutPlane, shape.OutPlane, shape.OutPlane,
                        (nint)shape.O * shape.OutPlane, 1),
                    new PatchSource<T>(shape with { N = count }, x + (nint)first * shape.C * shape.Plane, firstChannel),
                    T.Zero, new GemmOutput<T>(to, shape.Patch, 1), GemmBias<T>.None);
        }
    }

    readonly struct BiasGradient<T>(ConvShape shape, T* dy, T* dBias) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        public void Invoke(int index)
        {
            double sum = 0;
            for (nint n = 0; n < shape.N; n++)
                sum += double.CreateTruncating(TensorPrimitives.Sum(
                    new ReadOnlySpan<T>(dy + (n * shape.O + index) * shape.OutPlane, shape.OutPlane)));
            dBias[index] = T.CreateTruncating(sum);
        }
    }
}
