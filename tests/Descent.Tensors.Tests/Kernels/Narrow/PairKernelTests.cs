using Descent.Tensors.Codegen;
using Descent.Tensors.Kernels;
using Descent.Testing;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>
/// Every kernel of pairs and bytes in the interpreter of machine code, on every machine; where the processor has the
/// instructions, the same bytes run natively too and must give the same bits.
/// </summary>
public sealed unsafe class PairKernelTests
{
    public static TheoryData<int, bool> Kernels
    {
        get
        {
            var kernels = new TheoryData<int, bool>();
            for (int rows = 1; rows <= PairKernels.MostRows; rows++)
            {
                kernels.Add(rows, false);
                kernels.Add(rows, true);
            }
            return kernels;
        }
    }

    [Theory, MemberData(nameof(Kernels))]
    public void A_kernel_gives_the_sums_of_its_tile_and_touches_nothing_beyond(int rows, bool bytes)
    {
        for (int vectors = 1; vectors <= PairKernels.MostVectors; vectors++)
            foreach (bool narrow in bytes ? (bool[])[false] : [false, true])
                foreach (int pairs in (int[])[0, 1, 3, 4, 9])
                    Check(new(bytes ? PairKind.Bytes : PairKind.BFloat16, rows, vectors, narrow), pairs, vectors == 2 ? 16 : 1 + (5 * rows + pairs) % 16);
    }

    static void Check(PairSpecification s, int pairs, int lastColumns)
    {
        int width = 16 * s.Vectors, columns = width - 16 + lastColumns;
        var random = new Random(Seed(s) + pairs);
        using var a = new GuardedMemory<uint>(Math.Max(1, pairs * PairKernels.MostRows), atEnd: true);
        using var b = new GuardedMemory<uint>(Math.Max(1, pairs * width), atEnd: true);
        using var start = new GuardedMemory<uint>(s.Rows * columns, atEnd: true);
        using var c = new GuardedMemory<uint>(s.Narrow ? (s.Rows * columns + 1) / 2 : s.Rows * columns, atEnd: true);
        foreach (ref uint x in a.Span) x = Word();
        foreach (ref uint x in b.Span) x = Word();
        foreach (ref uint x in start.Span) x = s.Kind == PairKind.Bytes ? (uint)random.Next() : BitConverter.SingleToUInt32Bits((float)random.NextDouble());
        byte* output = s.Narrow ? (byte*)c.Pointer + 4 * c.Span.Length - 2 * s.Rows * columns : (byte*)c.Pointer;
        PairTile tile = new()
        {
            A = a.Pointer, B = b.Pointer, Pairs = pairs, Start = (float*)start.Pointer, StartRow = 4 * columns,
            C = output, Row = (s.Narrow ? 2 : 4) * columns, LastColumns = lastColumns,
        };
        byte[] code = PairKernels.Emit(s).Assemble();
        new MachineInterpreter().Call(code, (nint)(&tile));
        uint[] interpreted = c.Span.ToArray();
        for (int i = 0; i < s.Rows; i++)
            for (int j = 0; j < columns; j++)
                if (s.Kind == PairKind.Bytes) Assert.Equal(Bytes(i, j), (int)interpreted[i * columns + j]);
                else
                {
                    float got = s.Narrow ? BFloat16.FromBits(((ushort*)output)[i * columns + j]) : BitConverter.UInt32BitsToSingle(interpreted[i * columns + j]);
                    float expected = Floats(i, j);
                    Assert.Equal(s.Narrow ? (BFloat16)expected : expected, got);
                }
        if (!Processor.CanRun(s.Kind == PairKind.Bytes ? InstructionSets.Avx512Vnni : InstructionSets.Avx512Bf16)) return;
        using var native = MachineCode.TryCreate("test", code);
        if (native is null) return;
        c.Span.Clear();
        ((delegate* unmanaged[SuppressGCTransition]<PairTile*, void>)native.Entry)(&tile);
        Assert.Equal(interpreted, c.Span.ToArray());
        if (s.Kind != PairKind.Bytes) return;
        c.Span.Clear();
        ByteTile.Run(s.Rows, s.Vectors, &tile);
        Assert.Equal(interpreted, c.Span.ToArray());

        static int Seed(PairSpecification s) => s.Rows * 7 + s.Vectors;

        uint Word() => s.Kind == PairKind.Bytes
            ? (uint)random.NextInt64(1L << 32)
            : ((BFloat16)(float)(random.NextDouble() - 0.5)).Bits | (uint)((BFloat16)(float)(random.NextDouble() - 0.5)).Bits << 16;

        int Bytes(int i, int j)
        {
            int sum = (int)start.Span[i * columns + j];
            for (int p = 0; p < pairs; p++)
                for (int e = 0; e < 32; e += 8)
                    sum += (byte)(a.Span[p * PairKernels.MostRows + i] >> e) * (sbyte)(b.Span[p * width + j] >> e);
            return sum;
        }

        // As the processor sums: the odd element of a pair, then the even one.
        float Floats(int i, int j)
        {
            float sum = BitConverter.UInt32BitsToSingle(start.Span[i * columns + j]);
            for (int p = 0; p < pairs; p++)
                foreach (int half in (int[])[16, 0])
                    sum = MathF.FusedMultiplyAdd(BFloat16.FromBits((ushort)(a.Span[p * PairKernels.MostRows + i] >> half)), BFloat16.FromBits((ushort)(b.Span[p * width + j] >> half)), sum);
            return sum;
        }
    }
}
