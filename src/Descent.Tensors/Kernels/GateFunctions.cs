using System.Numerics;
using System.Runtime.CompilerServices;

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
        var v = -x.As<T, float>();
        v = Vector.ConditionalSelect(Vector.GreaterThan(v, new Vector<float>(Most)), new(Most), v);
        v = Vector.ConditionalSelect(Vector.LessThan(v, new Vector<float>(Least)), new(Least), v);
        var (power, rest) = Exponential(v);
        return (Vector<float>.One / (Vector.MultiplyAddEstimate(power, rest, power) + Vector<float>.One)).As<float, T>();
    }

    /// <summary>The hyperbolic tangent, (1 − e⁻²ˣ) / (1 + e⁻²ˣ) for x ≥ 0; a NaN stays one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Tanh<T>(Vector<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float)) return VectorFunctions.Tanh(x);
        var v = x.As<T, float>();
        var twice = Vector.Abs(v) * new Vector<float>(-2);
        twice = Vector.ConditionalSelect(Vector.LessThan(twice, new Vector<float>(LeastTwice)), new(LeastTwice), twice);
        var (power, rest) = Exponential(twice);
        var less = Vector.MultiplyAddEstimate(power, rest, power - Vector<float>.One);
        return Vector.CopySign(less / (less + new Vector<float>(2)), v).As<float, T>();
    }

    /// <returns>2ⁿ and eʳ − 1; the series of the latter ends where the next term is 6e-9.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector<float> Power, Vector<float> Excess) Exponential(Vector<float> x)
    {
        var n = Vector.Round(x * new Vector<float>(Log2E));
        var r = Vector.MultiplyAddEstimate(n, new Vector<float>(-Ln2High), x);
        r = Vector.MultiplyAddEstimate(n, new Vector<float>(-Ln2Low), r);
        var p = Vector.MultiplyAddEstimate(r, new Vector<float>(1f / 5040), new Vector<float>(1f / 720));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1f / 120));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1f / 24));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(1f / 6));
        p = Vector.MultiplyAddEstimate(p, r, new Vector<float>(0.5f));
        var power = ((Vector.ConvertToInt32Native(n) + new Vector<int>(127)) << 23).As<int, float>();
        return (power, Vector.MultiplyAddEstimate(r * r, p, r));
    }
}
