using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Search;

/// <summary>
/// Sums of table entries for 32 codes at once: a code is a row of parts of 4 bits, each of which chooses one of the 16 bytes of
/// its part's table, so that a register of tables is looked up by one shuffle.
/// </summary>
/// <remarks>
/// André, Kermarrec and Le Scouarnec, "Cache locality is not enough: high-performance nearest neighbor search with product
/// quantization fast scan", VLDB 2015. A part takes 16 bytes of a block: byte 2 j + h holds code 8 h + j in its low half and code
/// 16 + 8 h + j in its high half, so that sums in 16 bits of the even and of the odd bytes are those of codes in a row.
/// </remarks>
static unsafe class FastScan
{
    /// <summary>Codes of a block.</summary>
    internal const int Codes = 32;

    /// <summary>Bytes of a part, of a block and of the tables alike.</summary>
    internal const int PartBytes = 16;

    /// <summary>The widest register takes as many parts at once: blocks and tables are filled up with zeros to a multiple.</summary>
    const int PartsAtOnce = 4;

    /// <summary>So many entries of at most 255 can be added in 16 bits.</summary>
    const int PartsIn16Bits = 256;

    /// <summary>Parts of a block and of tables, those filled up with zeros included.</summary>
    internal static int Filled(int parts) => (parts + PartsAtOnce - 1) / PartsAtOnce * PartsAtOnce;

    /// <summary>Bytes of a block of 32 codes, and of the tables of a query.</summary>
    internal static int Bytes(int parts) => Filled(parts) * PartBytes;

    /// <summary>Writes one code of a block, or writes over it.</summary>
    /// <param name="nibbles">A value below 16 for each part.</param>
    internal static void Write(byte* block, int code, ReadOnlySpan<byte> nibbles)
    {
        int shift = code >> 4 << 2, keep = 0xf0 >> shift;
        byte* at = block + 2 * (code & 7) + (code >> 3 & 1);
        foreach (byte nibble in nibbles)
        {
            *at = (byte)(*at & keep | nibble << shift);
            at += PartBytes;
        }
    }

    /// <summary>The value of one part of one code.</summary>
    internal static int Read(byte* block, int code, int part) =>
        block[part * PartBytes + 2 * (code & 7) + (code >> 3 & 1)] >> (code >> 4 << 2) & 0xf;

    /// <summary>The sums of all 32 codes of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Sum(byte* block, byte* tables, int parts, int* sums)
    {
        if (Avx512BW.IsSupported) Sum<NibbleLanes512, Vector512<byte>>(block, tables, parts, sums);
        else if (Avx2.IsSupported) Sum<NibbleLanes256, Vector256<byte>>(block, tables, parts, sums);
        else if (Vector128.IsHardwareAccelerated) Sum<NibbleLanes128, Vector128<byte>>(block, tables, parts, sums);
        else SumOneByOne(block, tables, parts, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Sum<TLanes, TRegister>(byte* block, byte* tables, int parts, int* sums)
        where TLanes : struct, INibbleLanes<TRegister> where TRegister : struct
    {
        SumShort<TLanes, TRegister>(block, tables, Math.Min(parts, PartsIn16Bits), out var a, out var b, out var c, out var d);
        Widen(a).Store(sums);
        Widen(b).Store(sums + 8);
        Widen(c).Store(sums + 16);
        Widen(d).Store(sums + 24);
        for (int done = PartsIn16Bits; done < parts; done += PartsIn16Bits)
        {
            nint offset = (nint)done * PartBytes;
            SumShort<TLanes, TRegister>(block + offset, tables + offset, Math.Min(parts - done, PartsIn16Bits), out a, out b, out c, out d);
            (Vector256.Load(sums) + Widen(a)).Store(sums);
            (Vector256.Load(sums + 8) + Widen(b)).Store(sums + 8);
            (Vector256.Load(sums + 16) + Widen(c)).Store(sums + 16);
            (Vector256.Load(sums + 24) + Widen(d)).Store(sums + 24);
        }
    }

    internal static void SumOneByOne(byte* block, byte* tables, int parts, int* sums)
    {
        for (int code = 0; code < Codes; code++)
        {
            int sum = 0;
            for (int part = 0; part < parts; part++) sum += tables[part * PartBytes + Read(block, code, part)];
            sums[code] = sum;
        }
    }

    /// <summary>Codes 0–7, 8–15, 16–23, 24–31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void SumShort<TLanes, TRegister>(byte* block, byte* tables, int parts,
        out Vector128<ushort> first, out Vector128<ushort> second, out Vector128<ushort> third, out Vector128<ushort> fourth)
        where TLanes : struct, INibbleLanes<TRegister> where TRegister : struct
    {
        // As 16-bit numbers the bytes looked up are even + 256 odd; the sum of the odd ones is taken off at the end.
        TRegister low = default, lowOdd = default, high = default, highOdd = default;
        byte* end = tables + Bytes(parts);
        for (; tables < end; tables += TLanes.Bytes, block += TLanes.Bytes)
        {
            var (codes, table) = (TLanes.Load(block), TLanes.Load(tables));
            var (a, b) = (TLanes.LookUpLow(table, codes), TLanes.LookUpHigh(table, codes));
            low = TLanes.Add(low, a);
            lowOdd = TLanes.Add(lowOdd, TLanes.Odd(a));
            high = TLanes.Add(high, b);
            highOdd = TLanes.Add(highOdd, TLanes.Odd(b));
        }
        second = TLanes.Fold(lowOdd);
        fourth = TLanes.Fold(highOdd);
        first = TLanes.Fold(low) - (second << 8);
        third = TLanes.Fold(high) - (fourth << 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Widen(Vector128<ushort> sums) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(sums)
        : Vector256.Create(Vector128.WidenLower(sums), Vector128.WidenUpper(sums)).AsInt32();
}
