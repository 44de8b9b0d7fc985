using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>
/// What functions of floats by pieces share: with AVX-512 an instruction looks 16 numbers up in a register, one for each of 16
/// pieces, which are the quarters of the octaves of a + 1 for 0 ≤ a &lt; 15.
/// </summary>
static class Pieces
{
    /// <summary>Shifts a float so that its last four bits are the quarter and the last two bits of the octave.</summary>
    internal const int Shift = 21;

    /// <summary>Whether functions that have this form are computed so now.</summary>
    internal static bool AreUsed => Avx512F.IsSupported && Processor.Tier >= IsaTier.Avx512;

    /// <summary>The piece of each number, in its last four bits: 0 begins at a = 1, those below come last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> Of(Vector512<float> a) => (a + Vector512<float>.One).AsInt32() >>> Shift;

    /// <summary>The number of each piece in a row of tables.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Row(ReadOnlySpan<float> tables, int row, Vector512<int> piece) =>
        Avx512F.PermuteVar16x32(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(tables), (nuint)(Vector512<float>.Count * row)), piece);
}
