namespace Descent.Tensors.Kernels;

/// <summary>Which planes of a volume the windows of a convolution see along its depth.</summary>
/// <param name="Size">The depth.</param>
/// <param name="Kernel">Taps of a window.</param>
/// <param name="Stride">Planes between windows.</param>
/// <param name="Padding">Planes of zeros before the first.</param>
/// <param name="Dilation">Planes between taps.</param>
/// <param name="Windows">The number of windows.</param>
readonly record struct DepthTaps(int Size, int Kernel, int Stride, int Padding, int Dilation, int Windows)
{
    /// <summary>The plane that a tap of a window sees, or −1 where it is outside.</summary>
    public int Plane(int window, int tap) => window * Stride + tap * Dilation - Padding is var plane && (uint)plane < (uint)Size ? plane : -1;
}

/// <summary>
/// A convolution of volumes: x <c>(N, C, Size, H, W)</c>, weight <c>(O, C / groups, Kernel, kH, kW)</c>, y <c>(N, O, Windows, OutH, OutW)</c>.
/// It is one of images, a window of the depth each, in whose channels the planes stand that the window sees.
/// </summary>
/// <param name="Volumes">N.</param>
/// <param name="Image">The convolution of one image, of <c>C · Kernel</c> channels.</param>
/// <param name="Taps">What the windows see.</param>
readonly record struct VolumeShape(int Volumes, ConvShape Image, DepthTaps Taps)
{
    // What some images and their results may take, so that they stay in the last cache between their gathering and their use.
    const long MostBytes = 4 << 20;

    /// <summary>Channels of a volume.</summary>
    public int Channels => Image.C / Taps.Kernel;

    /// <summary>Images of all volumes.</summary>
    public int Images => Volumes * Taps.Windows;

    /// <summary>Elements of an image.</summary>
    public nint ImageSize => (nint)Image.C * Image.Plane;

    /// <summary>Elements of the result of an image.</summary>
    public nint ResultSize => (nint)Image.O * Image.OutPlane;

    /// <summary>How many images are gathered at a time.</summary>
    public int AtOnce(int elementSize) => (int)Math.Clamp(MostBytes / elementSize / Math.Max(1, (long)ImageSize + ResultSize), 1, Math.Max(1, Images));

    /// <summary>The convolution of so many images.</summary>
    public ConvShape Of(int images) => Image with { N = images };
}
