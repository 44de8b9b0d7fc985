namespace Descent.Tensors.Kernels;

/// <summary>Pooling of planes <c>(Planes, H, W)</c> to <c>(Planes, OutH, OutW)</c>, contiguous; a plane is a channel of an image.</summary>
readonly record struct PoolShape
{
    public required int Planes { get; init; }
    public required int H { get; init; }
    public required int W { get; init; }
    public required int KernelH { get; init; }
    public required int KernelW { get; init; }
    public required int StrideH { get; init; }
    public required int StrideW { get; init; }
    public required int OutH { get; init; }
    public required int OutW { get; init; }
    public int PadTop { get; init; }
    public int PadLeft { get; init; }
    public int DilationH { get; init; } = 1;
    public int DilationW { get; init; } = 1;

    public PoolShape()
    {
    }

    public int Plane => H * W;

    public int OutPlane => OutH * OutW;

    /// <summary>Whether windows are 2 × 2, side by side and inside: what <see cref="MaxPool2x2"/> does faster.</summary>
    public bool Is2x2 =>
        KernelH == 2 && KernelW == 2 && StrideH == 2 && StrideW == 2 && PadTop == 0 && PadLeft == 0
        && DilationH == 1 && DilationW == 1 && OutH == H / 2 && OutW == W / 2;

    /// <summary>Planes that make an item of work: some 16,000 elements.</summary>
    public int PlanesPerItem => Math.Max(1, 16 * 1024 / Math.Max(1, Plane));

    public int Items => (Planes + PlanesPerItem - 1) / PlanesPerItem;
}
