using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>
/// mean + std · √(−2 ln u) · (cos 2πv, sin 2πv): a group's rows 0 and 1, and 2 and 3, are the pairs (u, v).
/// </summary>
/// <remarks>Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.</remarks>
readonly struct NormalSingle(float mean, float std) : IDraw<float>
{
    public static int WordsPerElement => 1;

    public void Group(ReadOnlySpan<uint> words, Span<float> y)
    {
        Pair(words[..32], y[..32]);
        Pair(words[32..], y[32..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Pair(ReadOnlySpan<uint> words, Span<float> y)
    {
        var radii = MemoryMarshal.Cast<uint, Vector<uint>>(words[..16]);
        var angles = MemoryMarshal.Cast<uint, Vector<uint>>(words[16..]);
        var cosines = MemoryMarshal.Cast<float, Vector<float>>(y[..16]);
        var sines = MemoryMarshal.Cast<float, Vector<float>>(y[16..]);
        var (centre, scale) = (new Vector<float>(mean), new Vector<float>(std));
        for (var i = 0; i < radii.Length; i++)
        {
            // (k + ½) / 2³² never is 0, and reaches tails of 6.7 deviations.
            var u = Vector.ConvertToSingle(radii[i]) * new Vector<float>(1f / (1UL << 32)) + new Vector<float>(1f / (1UL << 33));
            var radius = scale * Vector.SquareRoot(new Vector<float>(-2f) * Vector.Log(u));
            var (sine, cosine) = SinCosTurn((angles[i] >>> 8).As<uint, int>());
            cosines[i] = centre + radius * cosine;
            sines[i] = centre + radius * sine;
        }
    }

    /// <summary>Sine and cosine of 2π · turn / 2²⁴.</summary>
    /// <remarks>The reduction to an eighth of a turn is exact in integers, where Taylor's first terms suffice.</remarks>
    static (Vector<float> Sine, Vector<float> Cosine) SinCosTurn(Vector<int> turn)
    {
        var quadrant = turn + new Vector<int>(1 << 21) >> 22;
        var x = Vector.ConvertToSingle(turn - (quadrant << 22)) * new Vector<float>((float)(Math.Tau / (1 << 24)));
        var x2 = x * x;
        var sine = x + x * x2 * (new Vector<float>(-1f / 6) + x2 * (new Vector<float>(1f / 120)
            + x2 * (new Vector<float>(-1f / 5040) + x2 * new Vector<float>(1f / 362880))));
        var cosine = Vector<float>.One + x2 * (new Vector<float>(-0.5f) + x2 * (new Vector<float>(1f / 24)
            + x2 * (new Vector<float>(-1f / 720) + x2 * new Vector<float>(1f / 40320))));

        var swap = Vector.Equals(quadrant & Vector<int>.One, Vector<int>.One);
        var sineSign = (quadrant & new Vector<int>(2)) << 30;
        var cosineSign = (quadrant + Vector<int>.One & new Vector<int>(2)) << 30;
        return ((Vector.ConditionalSelect(swap, cosine, sine).As<float, int>() ^ sineSign).As<int, float>(),
            (Vector.ConditionalSelect(swap, sine, cosine).As<float, int>() ^ cosineSign).As<int, float>());
    }
}

/// <summary>As <see cref="NormalSingle"/>: the first half of a group is u, the second v.</summary>
readonly struct NormalDouble(double mean, double std) : IDraw<double>
{
    public static int WordsPerElement => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Group(ReadOnlySpan<uint> words, Span<double> y)
    {
        UniformDouble.Unit(words[..32], y[..16]);
        UniformDouble.Unit(words[32..], y[16..]);
        var cosines = MemoryMarshal.Cast<double, Vector<double>>(y[..16]);
        var sines = MemoryMarshal.Cast<double, Vector<double>>(y[16..]);
        var (centre, scale) = (new Vector<double>(mean), new Vector<double>(std));
        for (var i = 0; i < cosines.Length; i++)
        {
            // 1 − u is in (0, 1].
            var radius = scale * Vector.SquareRoot(new Vector<double>(-2) * Vector.Log(Vector<double>.One - cosines[i]));
            var (sine, cosine) = Vector.SinCos(new Vector<double>(Math.Tau) * sines[i]);
            cosines[i] = centre + radius * cosine;
            sines[i] = centre + radius * sine;
        }
    }
}
