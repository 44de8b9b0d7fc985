using Descent.Tensors.Kernels;

namespace Descent.Search;

/// <summary>Some rows rounded to bytes, interleaved as <see cref="ByteScan"/> reads them, with what their products with a query may be wrong by.</summary>
/// <param name="at">Where it lies.</param>
/// <param name="width">Elements of a row.</param>
readonly unsafe struct BytePanel(byte* at, int width)
{
    internal const int Rows = ByteScan.Columns;

    /// <summary>Bytes of a panel.</summary>
    internal static int Size(int width) => Rows * width + 4 * Rows * sizeof(float) + 64;

    internal uint* Words => (uint*)at;

    /// <summary>For each row at least its length.</summary>
    internal float* Norms => (float*)(at + Rows * width);

    /// <summary>For each row at least the length of what rounding took.</summary>
    internal float* Errors => Norms + Rows;

    /// <summary>For each row what its products must come up to besides: half its square at most, or 0.</summary>
    internal float* Halves => Errors + Rows;

    /// <summary>For each row the sum of its bytes.</summary>
    internal int* Sums => (int*)(Halves + Rows);

    /// <summary>What all bytes are to be multiplied by.</summary>
    internal ref float Scale => ref *(float*)(Sums + Rows);
}
