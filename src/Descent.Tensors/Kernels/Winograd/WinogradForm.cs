using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// A minimal algorithm for m neighbouring outputs of a correlation with r taps by m + r − 1 products,
/// <c>y = Aᵀ[(G·g) ∘ (Bᵀ·d)]</c>; applied along both axes it gives m × m outputs by (m + r − 1)² products instead of r²·m².
/// </summary>
/// <remarks>
/// Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural
/// Networks", 2015, arXiv:1509.09308. Each method works in place on as many of the six registers as it needs.
/// </remarks>
interface IWinogradForm
{
    /// <summary>m: outputs along one axis of a tile.</summary>
    static abstract int Outputs { get; }

    /// <summary>r: taps along one axis of a filter.</summary>
    static abstract int Taps { get; }

    /// <summary>m + r − 1: inputs along one axis of a tile, and products.</summary>
    static abstract int Inputs { get; }

    /// <summary>Bᵀ·d: inputs to as many values.</summary>
    static abstract void Input<V, L>(ref V d0, ref V d1, ref V d2, ref V d3, ref V d4, ref V d5)
        where V : struct where L : IVectorLanes<float, V>;

    /// <summary>Aᵀ·p: products to m outputs.</summary>
    static abstract void Output<V, L>(ref V p0, ref V p1, ref V p2, ref V p3, ref V p4, ref V p5)
        where V : struct where L : IVectorLanes<float, V>;

    /// <summary>G·g: r taps to as many values as there are products.</summary>
    static abstract void Filter<V, L>(ref V g0, ref V g1, ref V g2, ref V g3, ref V g4, ref V g5)
        where V : struct where L : IVectorLanes<float, V>;

    /// <summary>A·dy: the gradients of m outputs to those of the products.</summary>
    static abstract void OutputGradient<V, L>(ref V d0, ref V d1, ref V d2, ref V d3, ref V d4, ref V d5)
        where V : struct where L : IVectorLanes<float, V>;

    /// <summary>Gᵀ·u: the gradients of a filter's values to those of its taps.</summary>
    static abstract void FilterGradient<V, L>(ref V u0, ref V u1, ref V u2, ref V u3, ref V u4, ref V u5)
        where V : struct where L : IVectorLanes<float, V>;
}

/// <summary>F(4, 3) by the points 0, ±5/8, ±3/2 and infinity.</summary>
/// <remarks>
/// Barabasz, Anderson, Soodhalter and Gregg, "Error analysis and improving the accuracy of Winograd convolution for deep
/// neural networks", 2020, arXiv:1803.10986, choose points by the error measured. These were found so: their root mean
/// square error is 0.45 to 0.5 of that of the usual 0, ±1, ±2 on layers of 64 to 512 channels and 0.75 of 0, ±1, ½, −2;
/// all coefficients but G's are exact, and as they come in pairs ±p a transform takes 12 multiply-adds.
/// </remarks>
readonly struct Winograd4 : IWinogradForm
{
    const float A = 0.625f, B = 1.5f;
    const float A2 = A * A, B2 = B * B, A3 = A2 * A, B3 = B2 * B;
    const float Sum = A2 + B2, Product = A2 * B2;

    // One over the product of a point's distances from the others.
    const double ScaleA = 1 / (2.0 * A2 * (A2 - B2)), ScaleB = 1 / (2.0 * B2 * (B2 - A2));
    const float G0 = (float)(1.0 / Product);
    const float GA0 = (float)ScaleA, GA1 = (float)(A * ScaleA), GA2 = (float)(A2 * ScaleA);
    const float GB0 = (float)ScaleB, GB1 = (float)(B * ScaleB), GB2 = (float)(B2 * ScaleB);

    public static int Outputs => 4;

    public static int Taps => 3;

    public static int Inputs => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V, L>(ref V d0, ref V d1, ref V d2, ref V d3, ref V d4, ref V d5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V evenA = L.MultiplyAdd(L.Broadcast(-B2), d2, d4), oddA = L.MultiplyAdd(L.Broadcast(-B2), d1, d3);
        V evenB = L.MultiplyAdd(L.Broadcast(-A2), d2, d4), oddB = L.MultiplyAdd(L.Broadcast(-A2), d1, d3);
        d0 = L.MultiplyAdd(L.Broadcast(Product), d0, L.MultiplyAdd(L.Broadcast(-Sum), d2, d4));
        d5 = L.MultiplyAdd(L.Broadcast(Product), d1, L.MultiplyAdd(L.Broadcast(-Sum), d3, d5));
        d1 = L.MultiplyAdd(L.Broadcast(A), oddA, evenA);
        d2 = L.MultiplyAdd(L.Broadcast(-A), oddA, evenA);
        d3 = L.MultiplyAdd(L.Broadcast(B), oddB, evenB);
        d4 = L.MultiplyAdd(L.Broadcast(-B), oddB, evenB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V, L>(ref V p0, ref V p1, ref V p2, ref V p3, ref V p4, ref V p5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V evenA = L.Add(p1, p2), oddA = L.Subtract(p1, p2), evenB = L.Add(p3, p4), oddB = L.Subtract(p3, p4);
        p0 = L.Add(p0, L.Add(evenA, evenB));
        p1 = L.MultiplyAdd(L.Broadcast(A), oddA, L.Multiply(L.Broadcast(B), oddB));
        p2 = L.MultiplyAdd(L.Broadcast(A2), evenA, L.Multiply(L.Broadcast(B2), evenB));
        p3 = L.MultiplyAdd(L.Broadcast(A3), oddA, L.MultiplyAdd(L.Broadcast(B3), oddB, p5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<V, L>(ref V g0, ref V g1, ref V g2, ref V g3, ref V g4, ref V g5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V evenA = L.MultiplyAdd(L.Broadcast(GA2), g2, L.Multiply(L.Broadcast(GA0), g0));
        V evenB = L.MultiplyAdd(L.Broadcast(GB2), g2, L.Multiply(L.Broadcast(GB0), g0));
        g5 = g2;
        g0 = L.Multiply(L.Broadcast(G0), g0);
        g2 = L.MultiplyAdd(L.Broadcast(-GA1), g1, evenA);
        g3 = L.MultiplyAdd(L.Broadcast(GB1), g1, evenB);
        g4 = L.MultiplyAdd(L.Broadcast(-GB1), g1, evenB);
        g1 = L.MultiplyAdd(L.Broadcast(GA1), g1, evenA);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<V, L>(ref V d0, ref V d1, ref V d2, ref V d3, ref V d4, ref V d5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V evenA = L.MultiplyAdd(L.Broadcast(A2), d2, d0), oddA = L.MultiplyAdd(L.Broadcast(A2), d3, d1);
        V evenB = L.MultiplyAdd(L.Broadcast(B2), d2, d0), oddB = L.MultiplyAdd(L.Broadcast(B2), d3, d1);
        d5 = d3;
        d1 = L.MultiplyAdd(L.Broadcast(A), oddA, evenA);
        d2 = L.MultiplyAdd(L.Broadcast(-A), oddA, evenA);
        d3 = L.MultiplyAdd(L.Broadcast(B), oddB, evenB);
        d4 = L.MultiplyAdd(L.Broadcast(-B), oddB, evenB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient<V, L>(ref V u0, ref V u1, ref V u2, ref V u3, ref V u4, ref V u5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V evenA = L.Add(u1, u2), oddA = L.Subtract(u1, u2), evenB = L.Add(u3, u4), oddB = L.Subtract(u3, u4);
        u0 = L.MultiplyAdd(L.Broadcast(G0), u0, L.MultiplyAdd(L.Broadcast(GA0), evenA, L.Multiply(L.Broadcast(GB0), evenB)));
        u1 = L.MultiplyAdd(L.Broadcast(GA1), oddA, L.Multiply(L.Broadcast(GB1), oddB));
        u2 = L.MultiplyAdd(L.Broadcast(GA2), evenA, L.MultiplyAdd(L.Broadcast(GB2), evenB, u5));
    }
}

/// <summary>F(2, 3) by the points 0, ±1 and infinity, for images of one or two outputs along an axis.</summary>
readonly struct Winograd2 : IWinogradForm
{
    public static int Outputs => 2;

    public static int Taps => 3;

    public static int Inputs => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V, L>(ref V d0, ref V d1, ref V d2, ref V d3, ref V d4, ref V d5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V first = d1;
        d0 = L.Subtract(d0, d2);
        d3 = L.Subtract(d3, d1);
        d1 = L.Add(d2, first);
        d2 = L.Subtract(d2, first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V, L>(ref V p0, ref V p1, ref V p2, ref V p3, ref V p4, ref V p5)
        where V : struct where L : IVectorLanes<float, V>
    {
        p0 = L.Add(p0, L.Add(p1, p2));
        p1 = L.Add(L.Subtract(p1, p2), p3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<V, L>(ref V g0, ref V g1, ref V g2, ref V g3, ref V g4, ref V g5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V even = L.Multiply(L.Broadcast(0.5f), L.Add(g0, g2)), odd = L.Multiply(L.Broadcast(0.5f), g1);
        g3 = g2;
        g1 = L.Add(even, odd);
        g2 = L.Subtract(even, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<V, L>(ref V d0, ref V d1, ref V d2, ref V d3, ref V d4, ref V d5)
        where V : struct where L : IVectorLanes<float, V>
    {
        d3 = d1;
        d2 = L.Subtract(d0, d1);
        d1 = L.Add(d0, d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient<V, L>(ref V u0, ref V u1, ref V u2, ref V u3, ref V u4, ref V u5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V even = L.Multiply(L.Broadcast(0.5f), L.Add(u1, u2)), odd = L.Multiply(L.Broadcast(0.5f), L.Subtract(u1, u2));
        u0 = L.Add(u0, even);
        u1 = odd;
        u2 = L.Add(u3, even);
    }
}
