namespace Descent.Tensors.Kernels;

/// <summary>Windows along one dimension.</summary>
/// <param name="Size">Elements of the dimension.</param>
/// <param name="Out">The number of windows.</param>
readonly record struct PoolAxis(int Size, int Out)
{
    /// <summary>Taps of a window; 0 where the windows share the size out evenly between them.</summary>
    public int Kernel { get; init; }
    public int Stride { get; init; } = 1;
    public int Pad { get; init; }
    public int Dilation { get; init; } = 1;

    /// <summary>A dimension that there is not.</summary>
    public static PoolAxis None => new(1, 1) { Kernel = 1 };

    /// <summary>The first element of a window, perhaps in the padding, and the one after its last.</summary>
    public (int Start, int End) Window(int index)
    {
        if (Kernel == 0)
            return ((int)((long)index * Size / Out), (int)(((long)(index + 1) * Size + Out - 1) / Out));
        int start = index * Stride - Pad;
        return (start, start + (Kernel - 1) * Dilation + 1);
    }

    /// <summary>The part of a window that is inside: its first tap there, and the end.</summary>
    public (int Start, int End) Inside(int index)
    {
        var (start, end) = Window(index);
        if (start < 0)
            start += (Dilation - 1 - start) / Dilation * Dilation;
        return (start, Math.Min(end, Size));
    }
}

/// <summary>
/// Pooling of volumes <c>(Planes, Depth, Height, Width)</c>, contiguous; a plane is a channel of an example, and its depth,
/// perhaps its height too, may be a dimension that there is not.
/// </summary>
readonly record struct PoolShape(int Planes, PoolAxis Depth, PoolAxis Height, PoolAxis Width)
{
    public int Plane => Depth.Size * Height.Size * Width.Size;

    public int OutPlane => Depth.Out * Height.Out * Width.Out;

    /// <summary>Whether windows are 2 × 2, side by side and inside: what <see cref="MaxPool2x2"/> does faster.</summary>
    public bool Is2x2 => Depth == PoolAxis.None && IsHalf(Height) && IsHalf(Width);

    /// <summary>Planes that make an item of work: some 16,000 elements.</summary>
    public int PlanesPerItem => Math.Max(1, 16 * 1024 / Math.Max(1, Plane));

    public int Items => (Planes + PlanesPerItem - 1) / PlanesPerItem;

    static bool IsHalf(PoolAxis axis) => axis == new PoolAxis(axis.Size, axis.Size / 2) { Kernel = 2, Stride = 2 };
}
