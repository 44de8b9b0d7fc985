using Descent.Tensors.Codegen;

namespace Descent.Tensors.Kernels;

/// <summary>All that the code of a generated tile depends on.</summary>
/// <param name="Tier">Width of the vectors.</param>
/// <param name="Doubles">Elements are float64.</param>
/// <param name="Rows">Rows of C.</param>
/// <param name="Vectors">Vectors in a row of C.</param>
/// <param name="HasTail">The last vector is not whole.</param>
/// <param name="Start">What the sums start from.</param>
/// <param name="Left">Layout of A.</param>
/// <param name="Right">Layout of B.</param>
readonly record struct TileSpecification(
    IsaTier Tier, bool Doubles, int Rows, int Vectors, bool HasTail, TileStart Start, TileLeft Left, TileRight Right)
{
    /// <summary>The most vectors of a row that any tile has.</summary>
    public const int MostVectors = 8;

    static readonly KernelCache<TileSpecification> s_kernels = new("gemm", GemmTileEmitter.Emit);

    /// <summary>The code, or 0 where none can be generated.</summary>
    public nint FindEntry() => s_kernels.Find(this);

    /// <summary>
    /// The most rows of a tile: with 32 registers 28 are accumulators at most, with 16 registers 12, the others are for a
    /// row of B, an element of A and a mask.
    /// </summary>
    public static int MostRows(IsaTier tier, int vectors) => tier >= IsaTier.Avx512
        ? vectors switch { 1 => 24, 2 => 14, 3 => 8, 4 => 6, 5 => 5, 6 => 4, 7 => 3, _ => 2 }
        : vectors switch { 1 => 12, 2 => 6, 3 => 3, 4 => 2, 5 or 6 => 1, _ => 0 };
}
