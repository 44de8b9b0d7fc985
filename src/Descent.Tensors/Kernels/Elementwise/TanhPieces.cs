using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>The hyperbolic tangent of floats by <see cref="Pieces"/>: with a = |x|, tanh a / a is a polynomial of sixth degree on each.</summary>
/// <remarks>
/// The coefficients come from 40 digits of tanh a / a at Chebyshev's points of each piece, as powers of the distance from its
/// middle, which is one of the points and was moved to where the function is nearly a float. In the piece that begins at 0 the
/// middle is 0, so that small numbers stay what they are.
/// </remarks>
static class TanhPieces
{
    /// <summary>From here on the tangent is 1 in floats; it is the middle of its piece, where the product is 1.</summary>
    internal const float Most = 9.015625f;

    /// <summary>Rows of <see cref="Tables"/>: of the middles, and of the highest and the lowest power.</summary>
    internal const int Middles = 0, Highest = 1, Lowest = 7;

    /// <summary>The numbers of the pieces, a row to each use.</summary>
    internal static ReadOnlySpan<float> Tables =>
    [
        // The middle of each piece.
        1.24964571f, 1.749699f, 2.24930453f, 2.74928927f, 3.49930072f, 4.49860668f, 5.49857092f, 6.49858427f,
        8.0017004f, 9.015625f, 11.9973202f, 13.9971991f, 0f, 0.374912649f, 0.624824166f, 0.874823809f,
        // The powers from the sixth down.
        0.000326888694f, -0.00291543384f, -0.000987913343f, -0.00018981313f, 1.80790812e-05f, 1.58089715e-05f, 5.58879674e-06f, 1.9516749e-06f,
        4.8559798e-07f, 1.12802461e-07f, 2.82557604e-08f, 9.57359703e-09f, -0.0444610827f, 0.00284678978f, 0.0281508975f, 0.0191412065f,
        0.0146816773f, 0.00718135852f, 0.00150596083f, -2.28590234e-05f, -0.000220035712f, -9.36981742e-05f, -3.3839242e-05f, -1.31143734e-05f,
        -3.90329478e-06f, -1.68378733e-06f, -3.3945534e-07f, -1.34164566e-07f, -0.00426014559f, -0.0701088905f, -0.041664049f, -0.00377322664f,
        -0.0381056406f, -0.00876776315f, 0.000700527162f, 0.00200075004f, 0.00125308859f, 0.000483085983f, 0.000192928419f, 8.56310944e-05f,
        3.04537352e-05f, 1.66271875e-05f, 4.02313344e-06f, 1.86117597e-06f, 0.134131715f, 0.0452467352f, -0.0290470757f, -0.0557836257f,
        0.0350688249f, -0.0081871869f, -0.0139126461f, -0.010607495f, -0.00558430981f, -0.0023377852f, -0.00108313363f, -0.000559496984f,
        -0.000243835559f, -0.000151296161f, -4.82663418e-05f, -2.60510642e-05f, -7.23221092e-05f, 0.15113771f, 0.15609324f, 0.109647803f,
        0.0645214543f, 0.0772716999f, 0.0584124774f, 0.0397231914f, 0.0219572484f, 0.0108469808f, 0.00600060495f, 0.00364208291f,
        0.00195181754f, 0.0013646076f, 0.000579091604f, 0.000364650303f, -0.333330363f, -0.23532261f, -0.115459643f, -0.0141563537f,
        -0.318615466f, -0.242398947f, -0.173953816f, -0.125315353f, -0.0804743469f, -0.0492910743f, -0.0330617465f, -0.0236774515f,
        -0.0156183066f, -0.0123029165f, -0.0069475472f, -0.0051040831f, -4.1447489e-08f, -0.224064887f, -0.311864048f, -0.3427912f,
        0.678739786f, 0.538001835f, 0.434799224f, 0.360765308f, 0.285249949f, 0.222236037f, 0.181859344f, 0.153878972f,
        0.124973409f, 0.110918544f, 0.0833519474f, 0.0714428648f, 1f, 0.955639303f, 0.887414396f, 0.804523945f,
    ];

    /// <summary>tanh x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> At(Vector<float> x) => Vector<float>.Count == 16
        ? At(x.AsVector512()).AsVector()
        : At(x.AsVector256().ToVector512Unsafe()).GetLower().AsVector();

    static Vector512<float> At(Vector512<float> x)
    {
        // The second operand is what the machine's minimum takes where they are not ordered: a NaN stays one.
        var a = Vector512.MinNative(Vector512.Create(Most), Vector512.Abs(x));
        var piece = Pieces.Of(a);
        var t = a - Pieces.Row(Tables, Middles, piece);
        var p = Pieces.Row(Tables, Highest, piece);
        for (int row = Highest + 1; row <= Lowest; row++) p = Avx512F.FusedMultiplyAdd(p, t, Pieces.Row(Tables, row, piece));
        var y = Vector512.MinNative(Vector512<float>.One, p * a);
        return Vector512.ConditionalSelect(Vector512.Create(-0f), x, y);
    }
}
