using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>F(4, 2) by the points ±1/2, ±5/4 and infinity, found as those of <see cref="Winograd4"/>.</summary>
readonly struct Winograd4By2 : IWinogradForm
{
    const float A = 0.5f, B = 1.25f;
    const float A2 = A * A, B2 = B * B, A3 = A2 * A, B3 = B2 * B;
    const float Sum = A2 + B2, Product = A2 * B2;

    // One over the product of a point's distances from the others; those of −A and −B have the other sign.
    const double ScaleA = 1 / (2.0 * A * (A2 - B2)), ScaleB = 1 / (2.0 * B * (B2 - A2));
    const float GA0 = (float)ScaleA, GA1 = (float)(A * ScaleA), GB0 = (float)ScaleB, GB1 = (float)(B * ScaleB);

    public static int Outputs => 4;

    public static int Taps => 2;

    public static int Inputs => 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V, L>(ref V d0, ref V d1, ref V d2, ref V d3, ref V d4, ref V d5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V oddA = L.MultiplyAdd(L.Broadcast(-B2), d1, d3), evenA = L.MultiplyAdd(L.Broadcast(-B2), d0, d2);
        V oddB = L.MultiplyAdd(L.Broadcast(-A2), d1, d3), evenB = L.MultiplyAdd(L.Broadcast(-A2), d0, d2);
        d4 = L.MultiplyAdd(L.Broadcast(Product), d0, L.MultiplyAdd(L.Broadcast(-Sum), d2, d4));
        d0 = L.MultiplyAdd(L.Broadcast(A), evenA, oddA);
        d1 = L.MultiplyAdd(L.Broadcast(-A), evenA, oddA);
        d2 = L.MultiplyAdd(L.Broadcast(B), evenB, oddB);
        d3 = L.MultiplyAdd(L.Broadcast(-B), evenB, oddB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V, L>(ref V p0, ref V p1, ref V p2, ref V p3, ref V p4, ref V p5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V evenA = L.Add(p0, p1), oddA = L.Subtract(p0, p1), evenB = L.Add(p2, p3), oddB = L.Subtract(p2, p3);
        p0 = L.Add(evenA, evenB);
        p1 = L.MultiplyAdd(L.Broadcast(A), oddA, L.Multiply(L.Broadcast(B), oddB));
        p2 = L.MultiplyAdd(L.Broadcast(A2), evenA, L.Multiply(L.Broadcast(B2), evenB));
        p3 = L.MultiplyAdd(L.Broadcast(A3), oddA, L.MultiplyAdd(L.Broadcast(B3), oddB, p4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<V, L>(ref V g0, ref V g1, ref V g2, ref V g3, ref V g4, ref V g5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V evenA = L.Multiply(L.Broadcast(GA0), g0), oddA = L.Multiply(L.Broadcast(GA1), g1);
        V evenB = L.Multiply(L.Broadcast(GB0), g0), oddB = L.Multiply(L.Broadcast(GB1), g1);
        g4 = g1;
        g0 = L.Add(oddA, evenA);
        g1 = L.Subtract(oddA, evenA);
        g2 = L.Add(oddB, evenB);
        g3 = L.Subtract(oddB, evenB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<V, L>(ref V d0, ref V d1, ref V d2, ref V d3, ref V d4, ref V d5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V evenA = L.MultiplyAdd(L.Broadcast(A2), d2, d0), oddA = L.MultiplyAdd(L.Broadcast(A2), d3, d1);
        V evenB = L.MultiplyAdd(L.Broadcast(B2), d2, d0), oddB = L.MultiplyAdd(L.Broadcast(B2), d3, d1);
        d4 = d3;
        d0 = L.MultiplyAdd(L.Broadcast(A), oddA, evenA);
        d1 = L.MultiplyAdd(L.Broadcast(-A), oddA, evenA);
        d2 = L.MultiplyAdd(L.Broadcast(B), oddB, evenB);
        d3 = L.MultiplyAdd(L.Broadcast(-B), oddB, evenB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FilterGradient<V, L>(ref V u0, ref V u1, ref V u2, ref V u3, ref V u4, ref V u5)
        where V : struct where L : IVectorLanes<float, V>
    {
        V sumA = L.Add(u0, u1), sumB = L.Add(u2, u3);
        u0 = L.MultiplyAdd(L.Broadcast(GA0), L.Subtract(u0, u1), L.Multiply(L.Broadcast(GB0), L.Subtract(u2, u3)));
        u1 = L.MultiplyAdd(L.Broadcast(GA1), sumA, L.MultiplyAdd(L.Broadcast(GB1), sumB, u4));
    }
}
