using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Convolutions of volumes and their gradients, some images of a <see cref="VolumeShape"/> at a time.</summary>
static unsafe class VolumeConvolution
{
    /// <summary>y from x, weight and bias, which may be null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(in VolumeShape shape, T* x, T* weight, T* bias, T* y) where T : unmanaged, INumberBase<T>
    {
        int each = shape.AtOnce(sizeof(T));
        T* images = Scratch.Get<T>(ScratchSlot.Volume, each * (shape.ImageSize + shape.ResultSize)), results = images + each * shape.ImageSize;
        for (int first = 0; first < shape.Images; first += each)
        {
            int count = Math.Min(each, shape.Images - first);
            WorkerPool.For(count * shape.Channels, new Gather<T>(shape, first, x, images));
            Convolution.Forward(shape.Of(count), images, weight, bias, results);
            WorkerPool.For(count * shape.Image.O, new Results<T>(shape, first, y, results, isRead: false));
        }
    }

    /// <summary>dx from dy and weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InputGradient<T>(in VolumeShape shape, T* dy, T* weight, T* dx) where T : unmanaged, INumberBase<T>
    {
        int each = shape.AtOnce(sizeof(T));
        new Span<T>(dx, shape.Volumes * shape.Channels * shape.Taps.Size * shape.Image.Plane).Clear();
        T* images = Scratch.Get<T>(ScratchSlot.Volume, each * (shape.ImageSize + shape.ResultSize)), results = images + each * shape.ImageSize;
        for (int first = 0; first < shape.Images; first += each)
        {
            int count = Math.Min(each, shape.Images - first);
            WorkerPool.For(count * shape.Image.O, new Results<T>(shape, first, dy, results, isRead: true));
            Convolution.InputGradient(shape.Of(count), results, weight, images);
            WorkerPool.For(shape.Channels, new Scatter<T>(shape, first, count, images, dx));
        }
    }

    /// <summary>The gradient of weight from x and dy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightGradient<T>(in VolumeShape shape, T* x, T* dy, T* dWeight) where T : unmanaged, INumberBase<T>
    {
        int each = shape.AtOnce(sizeof(T)), size = shape.Image.O * shape.Image.Patch;
        T* images = Scratch.Get<T>(ScratchSlot.Volume, each * (shape.ImageSize + shape.ResultSize) + size);
        T* results = images + each * shape.ImageSize, part = results + each * shape.ResultSize;
        if (shape.Images == 0) new Span<T>(dWeight, size).Clear();
        for (int first = 0; first < shape.Images; first += each)
        {
            int count = Math.Min(each, shape.Images - first);
            WorkerPool.For(count * shape.Channels, new Gather<T>(shape, first, x, images));
            WorkerPool.For(count * shape.Image.O, new Results<T>(shape, first, dy, results, isRead: true));
            Convolution.WeightGradient(shape.Of(count), images, results, first == 0 ? dWeight : part, null);
            if (first > 0) TensorPrimitives.Add(new ReadOnlySpan<T>(dWeight, size), new ReadOnlySpan<T>(part, size), new Span<T>(dWeight, size));
        }
    }

    /// <summary>A channel of an image: the planes of the volume that its window sees, zeros where it sees none.</summary>
    readonly struct Gather<T>(VolumeShape shape, int first, T* x, T* images) : IParallelBody where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            (int image, int channel) = Math.DivRem(index, shape.Channels);
            (int volume, int window) = Math.DivRem(first + image, shape.Taps.Windows);
            int size = shape.Image.Plane;
            T* from = x + ((nint)volume * shape.Channels + channel) * shape.Taps.Size * size, to = images + (nint)index * shape.Taps.Kernel * size;
            for (int tap = 0; tap < shape.Taps.Kernel; tap++, to += size)
                if (shape.Taps.Plane(window, tap) is >= 0 and var plane) new ReadOnlySpan<T>(from + (nint)plane * size, size).CopyTo(new(to, size));
                else new Span<T>(to, size).Clear();
        }
    }

    /// <summary>The way back: a channel of all images added to the planes that they saw.</summary>
    readonly struct Scatter<T>(VolumeShape shape, int first, int count, T* images, T* dx) : IParallelBody where T : unmanaged, INumberBase<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int channel)
        {
            int size = shape.Image.Plane;
            for (int image = 0; image < count; image++)
            {
                (int volume, int window) = Math.DivRem(first + image, shape.Taps.Windows);
                T* to = dx + ((nint)volume * shape.Channels + channel) * shape.Taps.Size * size;
                T* from = images + ((nint)image * shape.Channels + channel) * shape.Taps.Kernel * size;
                for (int tap = 0; tap < shape.Taps.Kernel; tap++, from += size)
                    if (shape.Taps.Plane(window, tap) is >= 0 and var plane)
                    {
                        Span<T> sum = new(to + (nint)plane * size, size);
                        TensorPrimitives.Add(sum, new ReadOnlySpan<T>(from, size), sum);
                    }
            }
        }
    }

    /// <summary>Results of images, one after the other, from or to their places in the volumes.</summary>
    readonly struct Results<T>(VolumeShape shape, int first, T* volumes, T* results, bool isRead) : IParallelBody where T : unmanaged
    {
        public void Invoke(int index)
        {
            (int image, int channel) = Math.DivRem(index, shape.Image.O);
            (int volume, int window) = Math.DivRem(first + image, shape.Taps.Windows);
            int size = shape.Image.OutPlane;
            Span<T> inVolume = new(volumes + (((nint)volume * shape.Image.O + channel) * shape.Taps.Windows + window) * size, size), alone = new(results + (nint)index * size, size);
            if (isRead) inVolume.CopyTo(alone);
            else alone.CopyTo(inVolume);
        }
    }
}
