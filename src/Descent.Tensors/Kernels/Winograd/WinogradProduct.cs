using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The seam to the register tile: a panel of as many rows as it has times a matrix of at most three vectors in a row.</summary>
static unsafe class WinogradProduct<V, L>
    where V : struct
    where L : IVectorLanes<float, V>
{
    // Sums over so many channels are added up, not strung together: the error of a long chain would be the largest part
    // of the whole (on 512 channels 1.8E-6 of the outputs' size, in blocks 0.7E-6; the plain convolution errs by 0.9E-6).
    const int Depth = 64;

    /// <summary>c <c>(rows, vectors)</c> = a <c>(depth, rows)</c>ᵀ · b <c>(depth, vectors)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int vectors, int depth, float* a, float* b, float* c, nint cRow)
    {
        int rows = GemmTile<float, V, L>.MostRows;
        var start = TileStart.Zero;
        while (depth > 0)
        {
            // The last two are of equal length, so that none is too short to pay for its start.
            int part = depth <= Depth ? depth : depth < 2 * Depth ? (depth + 1) / 2 : Depth;
            GemmTile<float, V, L>.Run(rows, vectors, part, a, b, c, cRow, start, null);
            a += (nint)part * rows;
            b += (nint)part * vectors * L.Count;
            depth -= part;
            start = TileStart.Sum;
        }
    }
}
