namespace Descent.Testing;

/// <summary>The eight tile registers of AMX and what their instructions do, as the architecture's manual defines it.</summary>
/// <remarks>Intel, "64 and IA-32 Architectures Software Developer's Manual", volume 2, chapters on LDTILECFG to TDPBUUD.</remarks>
public sealed unsafe class TileRegisters
{
    const int Count = 8, MostRows = 16, MostBytes = 64;

    readonly byte[][] _data = [.. Enumerable.Range(0, Count).Select(_ => new byte[MostRows * MostBytes])];
    readonly int[] _rows = new int[Count], _bytes = new int[Count];

    /// <summary>Whether the registers hold state that a switch of threads must save.</summary>
    public bool IsConfigured { get; private set; }

    /// <summary>LDTILECFG: palette, start row, 14 reserved bytes, bytes of a row of 16 tiles, rows of 16 tiles.</summary>
    public void Configure(byte* memory)
    {
        Release();
        if (memory[0] == 0) return;
        Require(memory[0] == 1, "palette 1");
        Require(memory[1] == 0, "a start row of 0");
        for (int i = 2; i < 16; i++) Require(memory[i] == 0, "zeros in reserved bytes");
        for (int i = 0; i < 16; i++)
        {
            int bytes = ((ushort*)(memory + 16))[i], rows = memory[48 + i];
            Require(i < Count ? bytes <= MostBytes && rows <= MostRows && bytes == 0 == (rows == 0) : bytes == 0 && rows == 0, "sizes that the palette has");
            if (i < Count) (_bytes[i], _rows[i]) = (bytes, rows);
        }
        IsConfigured = true;
    }

    /// <summary>TILERELEASE.</summary>
    public void Release()
    {
        IsConfigured = false;
        for (int i = 0; i < Count; i++)
        {
            (_bytes[i], _rows[i]) = (0, 0);
            Array.Clear(_data[i]);
        }
    }

    /// <summary>TILEZERO.</summary>
    public void Zero(int t)
    {
        Check(t);
        Array.Clear(_data[t]);
    }

    /// <summary>TILELOADD: rows that lie <paramref name="stride"/> bytes apart.</summary>
    public void Load(int t, byte* memory, long stride)
    {
        Zero(t);
        for (int r = 0; r < _rows[t]; r++) new ReadOnlySpan<byte>(memory + r * stride, _bytes[t]).CopyTo(_data[t].AsSpan(r * MostBytes));
    }

    /// <summary>TILESTORED.</summary>
    public void Store(byte* memory, long stride, int t)
    {
        Check(t);
        for (int r = 0; r < _rows[t]; r++) _data[t].AsSpan(r * MostBytes, _bytes[t]).CopyTo(new(memory + r * stride, _bytes[t]));
    }

    /// <summary>TDPBF16PS: even and odd elements of k are summed apart, then together, and the whole is added to the sums.</summary>
    public void MultiplyBFloat16(int c, int a, int b)
    {
        CheckProduct(c, a, b);
        Span<float> even = stackalloc float[MostBytes / 4], odd = stackalloc float[MostBytes / 4];
        for (int m = 0; m < _rows[c]; m++)
        {
            even.Clear();
            odd.Clear();
            for (int k = 0; k < _bytes[a] / 4; k++)
                for (int n = 0; n < _bytes[c] / 4; n++)
                {
                    even[n] = Narrow.MultiplyAdd(Element(a, m, 2 * k), Element(b, k, 2 * n), even[n]);
                    odd[n] = Narrow.MultiplyAdd(Element(a, m, 2 * k + 1), Element(b, k, 2 * n + 1), odd[n]);
                }
            var sums = Row<float>(c, m);
            for (int n = 0; n < _bytes[c] / 4; n++) sums[n] = Narrow.Add(sums[n], Narrow.Add(even[n], odd[n]));
        }
    }

    /// <summary>TDPBSSD and its kin: four products of bytes at a time are added to a sum that wraps around.</summary>
    public void MultiplyBytes(int c, int a, int b, bool isASigned, bool isBSigned)
    {
        CheckProduct(c, a, b);
        for (int m = 0; m < _rows[c]; m++)
            for (int k = 0; k < _bytes[a] / 4; k++)
                for (int n = 0; n < _bytes[c] / 4; n++)
                    for (int i = 0; i < 4; i++)
                    {
                        byte x = _data[a][m * MostBytes + 4 * k + i], y = _data[b][k * MostBytes + 4 * n + i];
                        Row<int>(c, m)[n] += (isASigned ? (sbyte)x : x) * (isBSigned ? (sbyte)y : y);
                    }
    }

    float Element(int t, int row, int index) => Narrow.Widen(Row<ushort>(t, row)[index]);

    Span<T> Row<T>(int t, int row) where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(_data[t].AsSpan(row * MostBytes, MostBytes));

    void CheckProduct(int c, int a, int b)
    {
        Check(c);
        Check(a);
        Check(b);
        Require(c != a && c != b && a != b, "three different tiles");
        Require(_rows[c] == _rows[a] && _bytes[c] == _bytes[b] && _bytes[a] / 4 == _rows[b], "sizes that fit each other");
        Require((_bytes[a] | _bytes[b] | _bytes[c]) % 4 == 0, "whole elements");
    }

    void Check(int t)
    {
        Require(IsConfigured, "a configuration");
        Require(_rows[t] > 0, $"tile {t} to be configured");
    }

    static void Require(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException($"The processor would refuse a tile instruction: it needs {what}.");
    }
}

/// <summary>The arithmetic of the products of bfloat16: to nearest even, denormals read as zero and written as zero.</summary>
static class Narrow
{
    public static float Widen(ushort bits) => Flush(BitConverter.UInt32BitsToSingle((uint)bits << 16));

    public static float MultiplyAdd(float a, float b, float c) => Flush(MathF.FusedMultiplyAdd(Flush(a), Flush(b), Flush(c)));

    public static float Add(float a, float b) => Flush(Flush(a) + Flush(b));

    public static ushort Round(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(Flush(x));
        return float.IsNaN(x) ? (ushort)(bits >> 16 | 0x40) : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    static float Flush(float x) => float.IsSubnormal(x) ? MathF.CopySign(0, x) : x;
}
