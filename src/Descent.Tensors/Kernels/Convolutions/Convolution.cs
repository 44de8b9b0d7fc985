using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>2-d convolution of float and double images, and its gradients, as matrix products over patches that are never stored.</summary>
/// <remarks>Outputs are overwritten. Results are the same bits for any number of threads.</remarks>
static unsafe class Convolution
{
    // With few channels to produce, patches of dy are not used often enough to pay for their packing, unless the plane is
    // too small for a product of its own.
    const int FewChannels = 64;
    const int SmallPlane = 64;

    /// <summary>y from x, weight and bias; bias <c>(O)</c> may be null. An end, whose rows are channels, is for floats without a bias.</summary>
    public static void Forward<T>(in ConvShape shape, T* x, T* weight, T* bias, T* y, ProductEnd end = default)
        where T : unmanaged, INumberBase<T>
    {
        if (shape.N == 0 || shape.O == 0 || shape.OutPlane == 0)
            return;
        switch (Way<T>(shape))
        {
            case ConvolutionWay.WinogradPhases when PhasedConvolution.Forward(shape, (float*)x, (float*)weight, (float*)bias, (float*)y):
            case ConvolutionWay.Winograd when Winograd.Forward(shape, (float*)x, (float*)weight, (float*)bias, (float*)y):
                break;
            case ConvolutionWay.Depthwise:
                Depthwise.Forward(shape, x, weight, bias, y, turned: false);
                break;
            case ConvolutionWay.Direct:
                DirectConvolution.Forward(shape, x, weight, bias, y);
                break;
            default:
                ForEachGroup(new ForwardGroup<T>(shape.Simplified(), x, weight, bias, y, end), shape.Groups);
                return;
        }
        end.ApplyAll(shape.O, shape.N * shape.OutPlane, Channels(shape, y, 0));
    }

    /// <summary>Which way a convolution takes; where Winograd's gives what is not finite, patches follow. It depends on the shape alone, so that its bits do.</summary>
    public static ConvolutionWay Way<T>(in ConvShape shape) where T : unmanaged =>
        typeof(T) == typeof(float) && PhasedConvolution.Fits(shape) ? ConvolutionWay.WinogradPhases
        : typeof(T) == typeof(float) && Winograd.Fits(shape) ? ConvolutionWay.Winograd
        : Depthwise.Fits(shape) ? ConvolutionWay.Depthwise
        : DirectConvolution.Fits<T>(shape) ? ConvolutionWay.Direct : ConvolutionWay.Patches;

    /// <summary>The planes of a channel side by side, the channels from <paramref name="first"/> on below each other.</summary>
    static GemmOutput<T> Channels<T>(in ConvShape shape, T* y, nint first) where T : unmanaged =>
        new(y + first * shape.OutPlane, shape.OutPlane, 1, shape.OutPlane, (nint)shape.O * shape.OutPlane);

    /// <summary>dx from dy and weight.</summary>
    public static void InputGradient<T>(in ConvShape shape, T* dy, T* weight, T* dx)
        where T : unmanaged, INumberBase<T>
    {
        if (shape.N == 0 || shape.C == 0 || shape.Plane == 0)
            return;
        if (typeof(T) == typeof(float) && PhasedConvolution.Fits(shape)
            && PhasedConvolution.InputGradient(shape, (float*)dy, (float*)weight, (float*)dx))
            return;
        if (typeof(T) == typeof(float) && Winograd.Fits(shape) && Winograd.InputGradient(shape, (float*)dy, (float*)weight, (float*)dx))
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
        if (typeof(T) == typeof(float) && PhasedConvolution.Fits(shape)
            && PhasedConvolution.WeightGradient(shape, (float*)x, (float*)dy, (float*)dWeight))
            return;
        if (typeof(T) == typeof(float) && Winograd.Fits(shape) && Winograd.WeightGradient(shape, (float*)x, (float*)dy, (float*)dWeight))
            return;
        if (Depthwise.Fits(shape))
            Depthwise.WeightGradient(shape, x, dy, dWeight);
        else if (shape.N == 0 || !DirectConvolution.Fits<T>(shape) || !DirectConvolution.WeightGradient(shape, x, dy, dWeight))
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
    readonly struct ForwardGroup<T>(ConvShape shape, T* x, T* weight, T* bias, T* y, ProductEnd end) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        public void Invoke(int g)
        {
            nint firstO = (nint)g * shape.GroupO;
            Gemm.Multiply(shape.GroupO, shape.N * shape.OutPlane, shape.Patch, T.One,
                new StridedSource<T>(weight + firstO * shape.Patch, shape.Patch, 1),
                new ImageSource<T>(shape, x, g * shape.GroupC),
                T.Zero, Channels(shape, y, firstO), new GemmBias<T>(bias == null ? null : bias + firstO, perRow: true), end.FromRow(firstO));
        }
    }

    /// <summary>The same product over patches of dy, with channels swapped and taps in reverse.</summary>
    readonly struct InputGradientGroup<T>(ConvShape shape, T* dy, T* weight, T* dx) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        public void Invoke(int g)
        {
            ConvShape reversed = shape.Reversed();
            T* turned = Scratch.Get<T>(ScratchSlot.Partials, (nint)shape.GroupC * reversed.Patch);
            WorkerPool.For(shape.GroupC, new Turn<T>(shape, weight + (nint)g * shape.GroupO * shape.Patch, turned));
            Gemm.Multiply(shape.GroupC, shape.N * shape.Plane, reversed.Patch, T.One,
                new StridedSource<T>(turned, reversed.Patch, 1), new ImageSource<T>(reversed, dy, g * shape.GroupO),
                T.Zero, new GemmOutput<T>(dx + (nint)g * shape.GroupC * shape.Plane, shape.Plane, 1, shape.Plane, (nint)shape.C * shape.Plane),
                GemmBias<T>.None);
        }
    }

    /// <summary>Weight (O, C, taps) as (C, O, taps in reverse), one channel an item.</summary>
    readonly struct Turn<T>(ConvShape shape, T* weight, T* turned) : IParallelBody where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int channel)
        {
            T* to = turned + (nint)channel * shape.GroupO * shape.Taps;
            for (nint o = 0; o < shape.GroupO; o++)
            {
                T* from = weight + o * shape.Patch + (nint)channel * shape.Taps;
                for (int tap = shape.Taps - 1; tap >= 0; tap--)
                    *to++ = from[tap];
            }
        }
    }

    readonly struct BiasGradient<T>(ConvShape shape, T* dy, T* dBias) : IParallelBody
        where T : unmanaged, INumberBase<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

/// <summary>The ways to do a convolution.</summary>
enum ConvolutionWay
{
    /// <summary>A product with patches that are packed as they are needed.</summary>
    Patches,

    /// <summary>Winograd's algorithm.</summary>
    Winograd,

    /// <summary>Winograd's algorithm on the four phases of an image, for strides of 2.</summary>
    WinogradPhases,

    /// <summary>Channel by channel.</summary>
    Depthwise,

    /// <summary>Straight from the rows of an image of few channels.</summary>
    Direct,
}
