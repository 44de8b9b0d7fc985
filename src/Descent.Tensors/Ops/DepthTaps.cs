namespace Descent.Tensors;

/// <summary>Which planes of a volume the windows of a convolution see along its depth.</summary>
/// <param name="Size">The depth.</param>
/// <param name="Kernel">Taps of a window.</param>
/// <param name="Stride">Planes between windows.</param>
/// <param name="Padding">Planes of zeros before the first.</param>
/// <param name="Dilation">Planes between taps.</param>
/// <param name="Windows">The number of windows.</param>
readonly record struct DepthTaps(int Size, int Kernel, int Stride, int Padding, int Dilation, int Windows)
{
    /// <summary>From volumes <c>(N, C, Size, H, W)</c> to images <c>(N · Windows, C · Kernel, H, W)</c>, zeros where a tap is outside.</summary>
    internal Tensor Gather(Tensor x)
    {
        if (x.Shape is not [var n, var c, _, var h, var w]) throw new ArgumentException($"The shape is {x.Shape}; expected (N, C, D, H, W).");
        Shape shape = [n * Windows, c * Kernel, h, w];
        var y = Padding > 0 || Outside ? Tensor.Zeros(shape, x.DType) : Tensor.Uninitialized(shape, x.DType);
        Tensor target = y.Detach().Reshape(n, Windows, c, Kernel, h, w), source = x.Detach();
        for (int tap = 0; tap < Kernel; tap++)
            if (Seen(tap) is { Count: > 0 } seen)
                Copying.CopyInto(Images(target, tap, seen), Planes(source, tap, seen));
        return Autograd.Record(y, (this, n), (x, static (dy, s) => s.Item1.Scatter(dy, s.n)), operation: "DepthTaps");
    }

    /// <summary>The transpose of <see cref="Gather"/>: images added back into n volumes.</summary>
    internal Tensor Scatter(Tensor x, int n)
    {
        int c = x.Shape[1] / Kernel, h = x.Shape[2], w = x.Shape[3];
        var y = Tensor.Zeros([n, c, Size, h, w], x.DType);
        Tensor target = y.Detach(), source = x.Detach().Reshape(n, Windows, c, Kernel, h, w);
        for (int tap = 0; tap < Kernel && y.Elements > 0; tap++)
            if (Seen(tap) is { Count: > 0 } seen)
            {
                var planes = Planes(target, tap, seen);
                Pointwise.ZipInto<Kernels.AddKernel>(planes, planes, Images(source, tap, seen));
            }
        return Autograd.Record(y, this, (x, static (dy, taps) => taps.Gather(dy)), operation: "DepthTapsBackward");
    }

    bool Outside => (Windows - 1) * Stride + (Kernel - 1) * Dilation - Padding >= Size;

    /// <summary>The windows in which a tap is inside the volume.</summary>
    (int First, int Count) Seen(int tap)
    {
        int offset = tap * Dilation - Padding;
        int first = offset >= 0 ? 0 : (-offset + Stride - 1) / Stride;
        int end = offset >= Size ? 0 : Math.Min(Windows, (Size - 1 - offset) / Stride + 1);
        return (first, Math.Max(0, end - first));
    }

    static Tensor Images(Tensor x, int tap, (int First, int Count) seen) => x.Select(3, tap).Window(1, seen.First, 1, seen.Count);

    Tensor Planes(Tensor x, int tap, (int First, int Count) seen) =>
        x.Window(2, tap * Dilation - Padding + seen.First * Stride, Stride, seen.Count).Transpose(1, 2);
}
