using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>The tile of unsigned by signed bytes in C#, over the panels of <see cref="PairKernels"/>.</summary>
/// <remarks>No product of bytes saturates: AVX2 multiplies them as 16-bit numbers, whose sums of two fit into 32 bits.</remarks>
static unsafe class ByteTile
{
    const int Lanes = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int rows, int vectors, PairTile* tile)
    {
        int pitch = vectors * Lanes;
        int* sums = stackalloc int[pitch];
        for (int r = 0; r < rows; r++)
        {
            int columns = (vectors - 1) * Lanes + (int)tile->LastColumns;
            int* start = (int*)((byte*)tile->Start + r * tile->StartRow), to = (int*)((byte*)tile->C + r * tile->Row);
            new ReadOnlySpan<int>(start, columns).CopyTo(new(sums, columns));
            new Span<int>(sums + columns, pitch - columns).Clear();
            for (nint p = 0; p < tile->Pairs; p++) Add(tile->A[p * PairKernels.MostRows + r], (int*)tile->B + p * pitch, sums, pitch);
            new ReadOnlySpan<int>(sums, columns).CopyTo(new(to, columns));
        }
    }

    /// <summary>sums[i] += the dot product of four unsigned bytes with the four signed ones of word i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(uint a, int* b, int* sums, int count)
    {
        if (AvxVnni.IsSupported && Processor.Has(InstructionSets.AvxVnni))
        {
            var four = Vector256.Create(a).AsByte();
            for (int i = 0; i < count; i += Vector256<int>.Count)
                AvxVnni.MultiplyWideningAndAdd(Vector256.Load(sums + i), four, Vector256.Load(b + i).AsSByte()).Store(sums + i);
        }
        else if (Avx2.IsSupported)
        {
            var even = Vector256.Create(a & 0x00FF00FF).AsInt16();
            var odd = Vector256.Create(a >> 8 & 0x00FF00FF).AsInt16();
            for (int i = 0; i < count; i += Vector256<int>.Count)
            {
                var words = Vector256.Load(b + i).AsInt16();
                var sum = Avx2.MultiplyAddAdjacent(even, (words << 8) >> 8) + Avx2.MultiplyAddAdjacent(odd, words >> 8);
                (Vector256.Load(sums + i) + sum).Store(sums + i);
            }
        }
        else
            for (int i = 0; i < count; i += Vector<int>.Count)
            {
                var (words, sum) = (Vector.Load(b + i), Vector.Load(sums + i));
                for (int k = 0; k < 32; k += 8) sum += ((words << (24 - k)) >> 24) * new Vector<int>((int)(a >> k & 255));
                sum.Store(sums + i);
            }
    }
}
