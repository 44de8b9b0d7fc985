using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>2ˣ as 2^⌊x⌋ times a polynomial of the fraction: the exponential of a softmax whose scores are counted in powers of two.</summary>
/// <remarks>
/// The polynomials are minimax in relative error, 2·10⁻⁹ and 3·10⁻¹⁸ beside the rounding (half an ulp is 6·10⁻⁸ and
/// 1.1·10⁻¹⁶), and exactly 1 at 0, so that the weight of a lone key is exactly 1.
/// </remarks>
static class Exponential
{
    /// <summary>Added to an integer n of −126 to 127: the sum's lowest bits are the exponent of 2ⁿ.</summary>
    internal const float FloatBias = 12582912 + 127;

    /// <summary>Added to an integer n of −1022 to 1023: the sum's lowest bits are the exponent of 2ⁿ.</summary>
    internal const double DoubleBias = 6755399441055744 + 1023;

    /// <summary>2ˣ for any x below the largest exponent, −∞ included; below the smallest it is 0 or nearly so. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V PowerOfTwo<T, V, L>(V x)
        where T : unmanaged, IFloatingPointIeee754<T> where V : struct where L : IFloatLanes<T, V>
    {
        // The fraction, and the scaling by the whole part, are one instruction each.
        if (typeof(V) == typeof(Vector512<float>) && Avx512DQ.IsSupported)
        {
            var v = Unsafe.BitCast<V, Vector512<float>>(x);
            var p = OfFraction<T, V, L>(Unsafe.BitCast<Vector512<float>, V>(Avx512DQ.Reduce(v, TowardsMinusInfinity)));
            return Unsafe.BitCast<Vector512<float>, V>(Avx512F.Scale(Unsafe.BitCast<V, Vector512<float>>(p), v));
        }
        if (typeof(V) == typeof(Vector512<double>) && Avx512DQ.IsSupported)
        {
            var v = Unsafe.BitCast<V, Vector512<double>>(x);
            var p = OfFraction<T, V, L>(Unsafe.BitCast<Vector512<double>, V>(Avx512DQ.Reduce(v, TowardsMinusInfinity)));
            return Unsafe.BitCast<Vector512<double>, V>(Avx512F.Scale(Unsafe.BitCast<V, Vector512<double>>(p), v));
        }
        V least = L.Broadcast(T.CreateTruncating(typeof(T) == typeof(float) ? -126.0 : -1022.0));
        V n = L.Floor(L.WhereLess(x, least, least, x));
        return L.WhereLess(x, least, default, L.Multiply(OfFraction<T, V, L>(L.Subtract(x, n)), L.PowerOfTwo(n)));
    }

    const byte TowardsMinusInfinity = 1;

    /// <summary>2ᶠ for f of [0, 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V OfFraction<T, V, L>(V f)
        where T : unmanaged, IFloatingPointIeee754<T> where V : struct where L : IVectorLanes<T, V>
    {
        V p;
        if (typeof(T) == typeof(float))
        {
            p = L.MultiplyAdd(Number(2.1612929906824935e-4), f, Number(1.2467842251719312e-3));
            p = L.MultiplyAdd(p, f, Number(9.6754520087535089e-3));
            p = L.MultiplyAdd(p, f, Number(5.5485280403549654e-2));
            p = L.MultiplyAdd(p, f, Number(2.4022930559951698e-1));
            p = L.MultiplyAdd(p, f, Number(6.9314704443970951e-1));
        }
        else
        {
            p = L.MultiplyAdd(Number(6.2636268802305682e-10), f, Number(6.5594385186119336e-9));
            p = L.MultiplyAdd(p, f, Number(1.0253234922268001e-7));
            p = L.MultiplyAdd(p, f, Number(1.3208364087957623e-6));
            p = L.MultiplyAdd(p, f, Number(1.5253175343942541e-5));
            p = L.MultiplyAdd(p, f, Number(1.5403512292585325e-4));
            p = L.MultiplyAdd(p, f, Number(1.3333558630228750e-3));
            p = L.MultiplyAdd(p, f, Number(9.6181290995343444e-3));
            p = L.MultiplyAdd(p, f, Number(5.5504108665604713e-2));
            p = L.MultiplyAdd(p, f, Number(2.4022650695906311e-1));
            p = L.MultiplyAdd(p, f, Number(6.9314718055994593e-1));
        }
        return L.MultiplyAdd(p, f, Number(1));

        static V Number(double value) => L.Broadcast(T.CreateTruncating(value));
    }
}
