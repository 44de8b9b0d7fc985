using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The two functions of a recurrent cell's gates. In float32 both come from one exponential that stays in float32: with
/// n = round(x / ln 2) and r the rest, eˣ is 2ⁿ + 2ⁿ (eʳ − 1), and what is in brackets keeps its digits near 0.
/// </summary>
static class GateFunctions
{
    // The first has 9 bits, so that n times it is exact for every n of an exponent.
    const float Ln2High = 0.693359375f, Ln2Low = (float)(0.69314718055994530942 - 0.693359375);
    const float Log2E = 1.44269504088896341f;

    // Beyond these 2ⁿ is no normal number; a sigmoid is then 0 or 1 to within 1e-38.
    const float Least = -87, Most = 88;

    // The tangent of half of it is 1 in all digits of a float.
    const float LeastTwice = -40;

    /// <summary>1 / (1 + e⁻ˣ); a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Sigmoid<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float)) return VectorFunctions.Sigmoid(x);
        var v = x.As<T, float>();
        return (Vector<float>.Count switch
        {
            16 => Sigmoid<Vector512<float>, Lanes512<float>>(v.AsVector512()).AsVector(),
            8 => Sigmoid<Vector256<float>, Lanes256<float>>(v.AsVector256()).AsVector(),
            _ => Sigmoid<Vector128<float>, Lanes128<float>>(v.AsVector128()).AsVector(),
        }).As<float, T>();
    }

    /// <summary>The hyperbolic tangent; a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Tanh<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float)) return VectorFunctions.Tanh(x);
        var v = x.As<T, float>();
        return (Vector<float>.Count switch
        {
            16 => Tanh<Vector512<float>, Lanes512<float>>(v.AsVector512()).AsVector(),
            8 => Tanh<Vector256<float>, Lanes256<float>>(v.AsVector256()).AsVector(),
            _ => Tanh<Vector128<float>, Lanes128<float>>(v.AsVector128()).AsVector(),
        }).As<float, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Sigmoid<V, L>(V x) where V : struct where L : IFloatLanes<float, V>
    {
        V one = L.Broadcast(1);
        // The second operand is what is taken where they are not ordered.
        x = L.Max(L.Broadcast(Least), L.Min(L.Broadcast(Most), L.Subtract(default, x)));
        var (power, rest) = Exponential<V, L>(x);
        return L.Divide(one, L.Add(L.MultiplyAdd(power, rest, power), one));
    }

    /// <summary>(1 − e⁻²ˣ) / (1 + e⁻²ˣ) for x ≥ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Tanh<V, L>(V x) where V : struct where L : IFloatLanes<float, V>
    {
        V twice = L.Max(L.Broadcast(LeastTwice), L.Multiply(L.Abs(x), L.Broadcast(-2)));
        var (power, rest) = Exponential<V, L>(twice);
        V less = L.MultiplyAdd(power, rest, L.Subtract(power, L.Broadcast(1)));
        return L.CopySign(L.Divide(less, L.Add(less, L.Broadcast(2))), x);
    }

    /// <returns>2ⁿ and eʳ − 1; the series of the latter ends where the next term is 6e-9.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (V Power, V Excess) Exponential<V, L>(V x) where V : struct where L : IFloatLanes<float, V>
    {
        V rounding = L.Broadcast(FloatExponential.Rounding);
        V n = L.Subtract(L.MultiplyAdd(x, L.Broadcast(Log2E), rounding), rounding);
        V r = L.MultiplyAdd(n, L.Broadcast(-Ln2Low), L.MultiplyAdd(n, L.Broadcast(-Ln2High), x));
        V p = L.MultiplyAdd(r, L.Broadcast(1f / 5040), L.Broadcast(1f / 720));
        p = L.MultiplyAdd(p, r, L.Broadcast(1f / 120));
        p = L.MultiplyAdd(p, r, L.Broadcast(1f / 24));
        p = L.MultiplyAdd(p, r, L.Broadcast(1f / 6));
        p = L.MultiplyAdd(p, r, L.Broadcast(0.5f));
        return (L.PowerOfTwo(n), L.MultiplyAdd(L.Multiply(r, r), p, r));
    }
}
