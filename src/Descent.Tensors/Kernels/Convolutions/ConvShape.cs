namespace Descent.Tensors.Kernels;

/// <summary>
/// A 2-d convolution: x <c>(N, C, H, W)</c>, weight <c>(O, C / Groups, KernelH, KernelW)</c>, y
/// <c>(N, O, OutH, OutW)</c>, all contiguous. In one dimension H, KernelH and OutH are 1.
/// </summary>
/// <remarks>Padding on the bottom and right is whatever OutH and OutW need.</remarks>
readonly record struct ConvShape
{
    public required int N { get; init; }
    public required int C { get; init; }
    public required int H { get; init; }
    public required int W { get; init; }
    public required int O { get; init; }
    public required int KernelH { get; init; }
    public required int KernelW { get; init; }
    public required int OutH { get; init; }
    public required int OutW { get; init; }
    public int StrideH { get; init; } = 1;
    public int StrideW { get; init; } = 1;
    public int PadTop { get; init; }
    public int PadLeft { get; init; }
    public int DilationH { get; init; } = 1;
    public int DilationW { get; init; } = 1;
    public int Groups { get; init; } = 1;

    public ConvShape()
    {
    }

    /// <summary>Pixels of a plane of y.</summary>
    public int OutPlane => OutH * OutW;

    /// <summary>Pixels of a plane of x.</summary>
    public int Plane => H * W;

    /// <summary>Positions of the kernel window.</summary>
    public int Taps => KernelH * KernelW;

    /// <summary>Channels of x that one channel of y sees.</summary>
    public int GroupC => C / Groups;

    /// <summary>Channels of y in a group.</summary>
    public int GroupO => O / Groups;

    /// <summary>Values that make one value of y.</summary>
    public int Patch => GroupC * Taps;

    /// <summary>Whether a patch is one pixel and pixels keep their order, so that rows need not be told apart.</summary>
    public bool IsPointwise =>
        Taps == 1 && StrideH == 1 && StrideW == 1 && PadTop == 0 && PadLeft == 0 && OutH == H && OutW == W;

    /// <summary>The same convolution, its planes laid out as one row where that makes no difference.</summary>
    public ConvShape Simplified() => IsPointwise ? this with { H = 1, W = Plane, OutH = 1, OutW = OutPlane } : this;

    /// <summary>The convolution from dy to dx, by the turned weight; for strides of 1.</summary>
    public ConvShape Reversed() => this with
    {
        C = O,
        O = C,
        H = OutH,
        W = OutW,
        OutH = H,
        OutW = W,
        PadTop = DilationH * (KernelH - 1) - PadTop,
        PadLeft = DilationW * (KernelW - 1) - PadLeft,
    };
}
