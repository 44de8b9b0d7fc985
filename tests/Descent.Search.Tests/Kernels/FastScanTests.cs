using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Descent.Tensors;

namespace Descent.Search.Tests;

public unsafe class FastScanTests
{
    public static TheoryData<int> Parts => [1, 2, 3, 4, 5, 7, 24, 31, 32, 255, 256, 257, 300, 513];

    [Theory, MemberData(nameof(Parts))]
    public void Sums_are_those_of_a_plain_loop(int parts)
    {
        byte[] codes = Draw(FastScan.Codes * parts, 16, 1), block = new byte[FastScan.Bytes(parts)], tables = new byte[FastScan.Bytes(parts)];
        Draw(parts * 16, 256, 2).CopyTo(tables, 0);
        // The greatest sums that can be, for one code.
        for (int p = 0; p < parts; p++) tables[p * 16 + codes[5 * parts + p]] = 255;
        int[] sums = new int[FastScan.Codes];
        fixed (byte* b = block, t = tables)
        fixed (int* s = sums)
        {
            // The second time over what is there.
            for (int c = 0; c < FastScan.Codes; c++) FastScan.Write(b, c, Draw(parts, 16, 7));
            for (int c = 0; c < FastScan.Codes; c++) FastScan.Write(b, c, codes.AsSpan(c * parts, parts));
            int[] expected = [.. Enumerable.Range(0, FastScan.Codes).Select(c => Enumerable.Range(0, parts).Sum(p => tables[p * 16 + codes[c * parts + p]]))];
            Assert.Equal(255 * parts, expected[5]);
            FastScan.Sum(b, t, parts, s);
            Assert.Equal(expected, sums);
            Array.Clear(sums);
            FastScan.SumOneByOne(b, t, parts, s);
            Assert.Equal(expected, sums);
            Array.Clear(sums);
            FastScan.Sum<NibbleLanes128, Vector128<byte>>(b, t, parts, s);
            Assert.Equal(expected, sums);
            if (!Avx2.IsSupported) return;
            Array.Clear(sums);
            FastScan.Sum<NibbleLanes256, Vector256<byte>>(b, t, parts, s);
            Assert.Equal(expected, sums);
        }
    }

    [Theory, MemberData(nameof(Parts))]
    public void Tables_of_numbers_sum_to_what_the_numbers_do(int parts)
    {
        float[] entries = new float[parts * 16];
        new Generator(3).Normal(entries, 2, 5);
        byte[] tables = new byte[FastScan.Bytes(parts)];
        ScanScale scale;
        fixed (float* e = entries)
        fixed (byte* t = tables) scale = FastScanTables.Quantize(e, parts, t);
        for (int trial = 0; trial < 20; trial++)
        {
            byte[] code = Draw(parts, 16, 10 + (ulong)trial);
            double expected = Enumerable.Range(0, parts).Sum(p => (double)entries[p * 16 + code[p]]);
            int sum = Enumerable.Range(0, parts).Sum(p => tables[p * 16 + code[p]]);
            Assert.Equal(expected, scale.Step * sum + scale.Offset, 0.51 * scale.Step * parts);
        }
        Assert.Equal(255, tables.Max());
    }

    [Theory, MemberData(nameof(Parts))]
    public void Tables_of_signs_sum_to_sums_with_signs(int parts)
    {
        float[] values = new float[parts * 4];
        new Generator(4).Normal(values);
        byte[] tables = new byte[FastScan.Bytes(parts)];
        ScanScale scale;
        fixed (float* v = values)
        fixed (byte* t = tables) scale = FastScanTables.OfSigns(v, parts, t);
        for (int trial = 0; trial < 20; trial++)
        {
            byte[] code = Draw(parts, 16, 10 + (ulong)trial);
            double expected = Enumerable.Range(0, values.Length).Sum(i => (double)((code[i / 4] >> (i % 4) & 1) == 1 ? values[i] : -values[i]));
            int sum = Enumerable.Range(0, parts).Sum(p => tables[p * 16 + code[p]]);
            Assert.Equal(expected, scale.Step * sum + scale.Offset, 0.51 * scale.Step * parts);
        }
        Assert.Equal(255, tables.Max());
    }

    [Fact]
    public void Tables_of_zeros_are_zero()
    {
        float* values = stackalloc float[16];
        byte* tables = stackalloc byte[FastScan.Bytes(1)];
        Assert.Equal(default, FastScanTables.OfSigns(values, 1, tables));
        Assert.Equal(default, FastScanTables.Quantize(values, 1, tables));
        Assert.Equal(-1, new ReadOnlySpan<byte>(tables, FastScan.Bytes(1)).IndexOfAnyExcept((byte)0));
    }

    static byte[] Draw(int count, int below, ulong seed)
    {
        long[] drawn = new long[count];
        new Generator(seed).Integers(drawn, 0, below);
        return [.. drawn.Select(x => (byte)x)];
    }
}
