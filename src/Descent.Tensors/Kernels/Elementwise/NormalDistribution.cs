using System.Numerics;
using System.Runtime.CompilerServices;
using static Descent.Tensors.Kernels.VectorFunctions;

namespace Descent.Tensors.Kernels;

/// <summary>The standard normal distribution Φ, to the last digits also far below 0, where 1 + erf would cancel.</summary>
static class NormalDistribution
{
    /// <summary>(1 + 2z) e^(z²) erfc z for z ≥ 0, a polynomial of (z − 3) / (z + 3) fitted at Chebyshev's points to 4·10⁻⁹.</summary>
    static ReadOnlySpan<float> TailFloats =>
    [
        1.25300806f, -0.135621069f, -0.0475621569f, 0.129644114f, -0.119275275f, 0.0683165678f, -0.0237635764f, 0.00249911687f,
        0.00187507912f, -0.000726453679f, -9.25451669e-05f, 7.73102422e-05f,
    ];

    /// <summary>The coefficients for floats, from the lowest power.</summary>
    internal static ReadOnlySpan<float> Tail => TailFloats;

    /// <summary>The same fitted to 2·10⁻¹⁶.</summary>
    static ReadOnlySpan<double> TailDoubles =>
    [
        1.2530080582697296, -0.13562110612458117, -0.04756229435342038, 0.1296451587027594, -0.11927366341676002,
        0.0683080273440099, -0.023770514891530075, 0.0025293918156939696, 0.0018886900977441495, -0.0007798322696543306,
        -0.00010515831297813128, 0.0001250993424583729, 4.94412434222366e-06, -2.0100542268525612e-05, -7.187883834404266e-07,
        3.472370944977168e-06, 3.3669790806407595e-07, -6.166011460398726e-07, -1.205414228648938e-07, 1.0183620603842736e-07,
        2.7843881265502222e-08, -1.3312919661038687e-08, -3.1813541434969274e-09, 9.862533510345587e-10,
    ];

    /// <summary>Φ(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Of<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) && Pieces.AreUsed ? NormalPieces.At(x.As<T, float>(), NormalPieces.Distribution).As<float, T>() : At(x).Distribution;

    /// <summary>The slope of x · Φ(x), which is Φ(x) + x φ(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> GeluSlope<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && Pieces.AreUsed) return NormalPieces.At(x.As<T, float>(), NormalPieces.Slope).As<float, T>();
        var (distribution, exponential) = At(x);
        return distribution + x * exponential * Number<T>(0.39894228040143267794);
    }

    /// <summary>Φ(x), and e^(−x²/2) with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector<T> Distribution, Vector<T> Exponential) At<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Beyond 40 the exponential is 0 in either type; bounded there, an infinity does not make the polynomial NaN.
        var a = Vector.Abs(x);
        a = Vector.MinNative(Number<T>(40), a);
        var e = Exp(a * a * Number<T>(-0.5));
        var z = a * Number<T>(0.70710678118654752440);
        // One division for both 1 / (z + 3) and 1 / (1 + 2z).
        Vector<T> near = z + Number<T>(3), far = Vector<T>.One + z + z, inverse = Vector<T>.One / (near * far);
        var tail = Number<T>(0.5) * e * Polynomial((z - Number<T>(3)) * (far * inverse)) * (near * inverse);
        return (Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), Vector<T>.One - tail, tail), e);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector<T> Polynomial<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            // Even and odd powers apart and written out: half as long a chain of operations that wait for one another.
            var z = x.As<T, float>();
            var s = z * z;
            var even = Vector.MultiplyAddEstimate(new(TailFloats[10]), s, new(TailFloats[8]));
            var odd = Vector.MultiplyAddEstimate(new(TailFloats[11]), s, new(TailFloats[9]));
            even = Vector.MultiplyAddEstimate(even, s, new(TailFloats[6]));
            odd = Vector.MultiplyAddEstimate(odd, s, new(TailFloats[7]));
            even = Vector.MultiplyAddEstimate(even, s, new(TailFloats[4]));
            odd = Vector.MultiplyAddEstimate(odd, s, new(TailFloats[5]));
            even = Vector.MultiplyAddEstimate(even, s, new(TailFloats[2]));
            odd = Vector.MultiplyAddEstimate(odd, s, new(TailFloats[3]));
            even = Vector.MultiplyAddEstimate(even, s, new(TailFloats[0]));
            odd = Vector.MultiplyAddEstimate(odd, s, new(TailFloats[1]));
            return Vector.MultiplyAddEstimate(odd, z, even).As<float, T>();
        }
        var w = new Vector<double>(TailDoubles[^1]);
        for (int i = TailDoubles.Length - 2; i >= 0; i--) w = Vector.MultiplyAddEstimate(w, x.As<T, double>(), new(TailDoubles[i]));
        return w.As<double, T>();
    }
}
