using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The normal distribution Φ, and the slope of x · Φ(x), of floats by <see cref="Pieces"/>. With a = |x|, Φ(−a) is e^(−a²/2) R(a),
/// and the slope at −a is e^(−a²/2) (R(a) − a / √(2π)); R is a polynomial of fifth degree on each piece.
/// </summary>
/// <remarks>
/// The coefficients come from 40 digits of R(a) = e^(a²/2) erfc(a / √2) / 2 at Chebyshev's points of each piece, as powers of the
/// distance from its middle. The middle was moved by up to some thousand units in the last place to where R and R − a / √(2π) there
/// are nearly floats, to 3% of a unit. R is met to 2·10⁻⁷, where a is below 3 to 4·10⁻⁸.
/// </remarks>
static class NormalPieces
{
    /// <summary>Beyond it Φ(−a) is 0 in floats; the last piece ends at 15.</summary>
    internal const float Most = 14.96875f;

    /// <summary>−log₂ e / 2, and what its last place leaves.</summary>
    internal const float Exponent = -0.72134751f, ExponentRest = -9.6298149e-9f;

    /// <summary>Added to a number below 2¹⁸, it leaves the nearest multiple of 1/16 in the last bits.</summary>
    internal const float Rounding = 786432;

    // 2^−g for |g| ≤ 1/32: 1 + g (First + g (Second + g Third)), at Chebyshev's points to 2·10⁻⁹.
    internal const float First = -0.69314718f, Second = 0.240235900f, Third = -0.0555054108f;

    /// <summary>Rows of <see cref="Tables"/>.</summary>
    internal const int Middles = 0, Roots = 1, HighPowers = 2, Distribution = 6, Slope = 8;

    /// <summary>The number of high powers, which both functions share.</summary>
    internal const int HighCount = Distribution - HighPowers;

    /// <summary>The numbers of the pieces, a row to each use.</summary>
    internal static ReadOnlySpan<float> Tables =>
    [
        // The middle of each piece.
        1.24964523f, 1.74964988f, 2.24930835f, 2.74936152f, 3.49935937f, 4.49880171f, 5.49873018f, 6.49871969f,
        7.99867058f, 9.9971981f, 11.99718f, 13.997283f, 0.124979518f, 0.374912888f, 0.624829471f, 0.874823987f,
        // 2^(j/16).
        1f, 1.04427373f, 1.09050775f, 1.13878858f, 1.18920708f, 1.24185777f, 1.29683959f, 1.35425556f,
        1.41421354f, 1.47682619f, 1.54221082f, 1.61049032f, 1.68179286f, 1.75625217f, 1.8340081f, 1.91520655f,
        // The powers from the fifth down.
        -0.00199670112f, -0.000832495221f, -0.000375378295f, -0.000181304713f, -6.87640204e-05f, -2.19825597e-05f, -8.21291451e-06f, -3.4688378e-06f,
        -1.15401235e-06f, -3.32267746e-07f, -1.17390776e-07f, -4.81258198e-08f, -0.0199635476f, -0.0114168739f, -0.00671091862f, -0.00404817145f,
        0.00616325997f, 0.00284686591f, 0.00141694071f, 0.000751650718f, 0.000325625588f, 0.000122268713f, 5.27665979e-05f, 2.53772014e-05f,
        1.00323468e-05f, 3.51526342e-06f, 1.46661796e-06f, 6.94401024e-07f, 0.0482603237f, 0.0291668754f, 0.0181092359f, 0.0115293562f,
        -0.0175378434f, -0.00907936879f, -0.00503514754f, -0.00295865582f, -0.0014598897f, -0.00065236917f, -0.000328323455f, -0.00018102731f,
        -8.43344678e-05f, -3.63171603e-05f, -1.80091847e-05f, -9.88913234e-06f, -0.105513461f, -0.0678287446f, -0.0447596125f, -0.0302584879f,
        0.0463400595f, 0.0271863509f, 0.0169576053f, 0.0111252051f, 0.00638996344f, 0.00341811893f, 0.00201452919f, 0.00127724663f,
        0.000713892747f, 0.000376937678f, 0.000221867725f, 0.000141177836f, 0.205513418f, 0.141708627f, 0.100186698f, 0.072463505f,
        // Of the distribution.
        -0.110524751f, -0.0748059005f, -0.0532488711f, -0.0394634642f, -0.0267424285f, -0.0173352044f, -0.0120625775f, -0.00884366035f,
        -0.00596380886f, -0.00387745094f, -0.00271587842f, -0.00200579991f, -0.342226535f, -0.256615311f, -0.196878836f, -0.154168531f,
        0.230799526f, 0.185257852f, 0.153688759f, 0.130749926f, 0.106362283f, 0.0848241597f, 0.0703580081f, 0.0600269958f,
        0.0491304733f, 0.0395175554f, 0.0330266282f, 0.0283581093f, 0.453800231f, 0.379626781f, 0.323389739f, 0.279797703f,
        // Of the slope.
        -0.509467006f, -0.473748177f, -0.452191144f, -0.438405752f, -0.42568472f, -0.416277498f, -0.411004871f, -0.407785952f,
        -0.404906094f, -0.402819723f, -0.401658148f, -0.400948077f, -0.741168797f, -0.655557573f, -0.595821142f, -0.553110838f,
        -0.267736793f, -0.51275146f, -0.743655443f, -0.966086626f, -1.28968012f, -1.70993805f, -2.12331796f, -2.53258705f,
        -3.14187741f, -3.94878745f, -4.75315571f, -5.55574989f, 0.403940618f, 0.230058178f, 0.0741188452f, -0.0692065731f,
    ];

    /// <summary>Φ(x), or the slope of x · Φ(x).</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="low">The row of the function's two lowest powers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> At(Vector<float> x, int low) => Vector<float>.Count == 16
        ? At(x.AsVector512(), low).AsVector()
        : At(x.AsVector256().ToVector512Unsafe(), low).GetLower().AsVector();

    static Vector512<float> At(Vector512<float> x, int low)
    {
        // The second operand is what the machine's minimum takes where they are not ordered: a NaN stays one.
        var a = Vector512.MinNative(Vector512.Create(Most), Vector512.Abs(x));
        var piece = Pieces.Of(a);
        var t = a - Pieces.Row(Tables, Middles, piece);
        var p = Pieces.Row(Tables, HighPowers, piece);
        for (int row = HighPowers + 1; row < Distribution; row++) p = Avx512F.FusedMultiplyAdd(p, t, Pieces.Row(Tables, row, piece));
        p = Avx512F.FusedMultiplyAdd(p, t, Pieces.Row(Tables, low, piece));
        p = Avx512F.FusedMultiplyAdd(p, t, Pieces.Row(Tables, low + 1, piece));
        // e^(−a²/2) is 2^n · 2^−g, with n a multiple of 1/16.
        var s = a * a;
        var shifted = Avx512F.FusedMultiplyAdd(s, Vector512.Create(Exponent), Vector512.Create(Rounding));
        var n = shifted - Vector512.Create(Rounding);
        var g = Avx512F.FusedMultiplyAdd(s, Vector512.Create(-Exponent), n);
        g = Avx512F.FusedMultiplyAdd(s, Vector512.Create(-ExponentRest), g);
        var root = Pieces.Row(Tables, Roots, shifted.AsInt32());
        var q = Avx512F.FusedMultiplyAdd(Vector512.Create(Third), g, Vector512.Create(Second));
        q = Avx512F.FusedMultiplyAdd(q, g, Vector512.Create(First));
        q = Avx512F.FusedMultiplyAdd(q, g * root, root);
        var tail = Avx512F.Scale(q * p, n);
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), Vector512<float>.One - tail, tail);
    }
}
