using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>A matrix of bytes with any strides: element (i, k) lies at <c>origin + i · stride + k · kStride</c>.</summary>
/// <param name="origin">The first element.</param>
/// <param name="stride">To the next index.</param>
/// <param name="kStride">To the next k.</param>
/// <param name="flip">0x80 for signed bytes that are to be read as unsigned ones, 128 greater; else 0.</param>
unsafe readonly struct ByteMatrix(byte* origin, nint stride, nint kStride, byte flip) : IPairSource
{
    public static int OfWord => 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(uint* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        byte* source = origin + first * stride + k0 * kStride;
        int words = (kc + 3) / 4;
        uint flips = flip * 0x01010101u;
        for (int done = 0; done < count; done += panel, destination += (nint)panel * words)
        {
            int left = Math.Min(panel, count - done), width = (left + step - 1) / step * step;
            for (int w = 0; w < words; w++)
            {
                uint* to = destination + (nint)w * width;
                int length = Math.Min(4, kc - 4 * w);
                byte* from = source + done * stride + 4 * w * kStride;
                nint i = 0;
                if (kStride == 1 && length == 4)
                    for (; i < left; i++) to[i] = *(uint*)(from + i * stride) ^ flips;
                else if (stride == 1 && length == 4)
                    for (; i <= left - Vector128<byte>.Count; i += Vector128<byte>.Count) Interleave(from + i, kStride, to + i, flips);
                for (; i < left; i++)
                {
                    uint word = 0;
                    for (int e = 0; e < length; e++) word |= (uint)(from[i * stride + e * kStride] ^ flip) << (8 * e);
                    to[i] = word;
                }
                Packing.Clear(to + left, width - left);
            }
        }
    }

    /// <summary>Sixteen neighbours of four rows as words of one byte from each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Interleave(byte* rows, nint next, uint* words, uint flips)
    {
        var (low01, high01) = Pairs(Vector128.Load(rows), Vector128.Load(rows + next));
        var (low23, high23) = Pairs(Vector128.Load(rows + 2 * next), Vector128.Load(rows + 3 * next));
        Store(low01, low23, words);
        Store(high01, high23, words + Vector128<ushort>.Count);

        static (Vector128<ushort> Low, Vector128<ushort> High) Pairs(Vector128<byte> even, Vector128<byte> odd)
        {
            var (evenLow, evenHigh) = Vector128.Widen(even);
            var (oddLow, oddHigh) = Vector128.Widen(odd);
            return (evenLow | (oddLow << 8), evenHigh | (oddHigh << 8));
        }

        void Store(Vector128<ushort> first, Vector128<ushort> second, uint* to)
        {
            var (firstLow, firstHigh) = Vector128.Widen(first);
            var (secondLow, secondHigh) = Vector128.Widen(second);
            ((firstLow | (secondLow << 16)) ^ Vector128.Create(flips)).Store(to);
            ((firstHigh | (secondHigh << 16)) ^ Vector128.Create(flips)).Store(to + Vector128<uint>.Count);
        }
    }
}

/// <summary>Products of bytes, exact in int32 as long as k is at most 65,536.</summary>
static unsafe class ByteProduct
{
    /// <summary>C = A·B with A unsigned, or signed where <paramref name="isSigned"/>, and B signed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int m, int n, int k, byte* a, nint aRow, nint aColumn, bool isSigned, sbyte* b, nint bRow, nint bColumn, int* c)
    {
        if (m == 0 || n == 0) return;
        // Signed numbers are read 128 greater, and 128 times the sum of B's column is taken off again.
        int[]? starts = isSigned ? Corrections(n, k, b, bRow, bColumn) : null;
        ByteMatrix left = new(a, aRow, aColumn, isSigned ? (byte)0x80 : (byte)0), right = new((byte*)b, bColumn, bRow, 0);
        // The kernels move and start from 32 bits, whatever these stand for.
        GemmOutput<float> output = new((float*)c, n, 1);
        fixed (int* start = starts)
            if (AmxProduct.SuitsBytes(m, n, k)) AmxProduct.MultiplyPairs(m, n, k, left, right, output, new((float*)start, perRow: false), accumulate: false);
            else new PairJob<ByteMatrix, ByteMatrix, float>(m, n, k, left, right, output, new((float*)start, perRow: false), accumulate: false).Run();
    }

    /// <summary>y[i, j] = c[i, j] · rowScales[i] · columnScales[j]; either may be null for 1.</summary>
    public static void Scale(int m, int n, int* c, float* rowScales, float* columnScales, float* y) =>
        WorkerPool.For(m, new ScaleBody { N = n, C = c, RowScales = rowScales, ColumnScales = columnScales, Y = y });

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int[] Corrections(int n, int k, sbyte* b, nint bRow, nint bColumn)
    {
        int[] starts = new int[n];
        for (nint p = 0; p < k; p++)
            for (nint j = 0; j < n; j++) starts[j] -= 128 * b[p * bRow + j * bColumn];
        return starts;
    }

    struct ScaleBody : IParallelBody
    {
        internal int N;
        internal int* C;
        internal float* RowScales, ColumnScales, Y;

        public readonly void Invoke(int index)
        {
            var row = new Span<float>(Y + (nint)index * N, N);
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<int>(C + (nint)index * N, N), row);
            if (RowScales != null) TensorPrimitives.Multiply(row, RowScales[index], row);
            if (ColumnScales != null) TensorPrimitives.Multiply(row, new ReadOnlySpan<float>(ColumnScales, N), row);
        }
    }
}
