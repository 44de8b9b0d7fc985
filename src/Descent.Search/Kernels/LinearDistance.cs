using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Search;

/// <summary>How many bits an element of a code has.</summary>
interface ICodeBits
{
    static abstract int Bits { get; }
}

readonly struct OneBit : ICodeBits
{
    public static int Bits => 1;
}

readonly struct TwoBits : ICodeBits
{
    public static int Bits => 2;
}

readonly struct ThreeBits : ICodeBits
{
    public static int Bits => 3;
}

readonly struct FourBits : ICodeBits
{
    public static int Bits => 4;
}

readonly struct FiveBits : ICodeBits
{
    public static int Bits => 5;
}

readonly struct SixBits : ICodeBits
{
    public static int Bits => 6;
}

readonly struct SevenBits : ICodeBits
{
    public static int Bits => 7;
}

readonly struct EightBits : ICodeBits
{
    public static int Bits => 8;
}

/// <summary>
/// The estimated distance to a linear code: two floats a and f, then unsigned elements u of some bits; a query has an offset b,
/// a scale s, a correction k, and whole numbers v of 16 bits: b + a − f (s Σ v u − k).
/// </summary>
readonly unsafe struct LinearDistance<TBits> : IDistance where TBits : struct, ICodeBits
{
    /// <summary>Floats before the whole numbers of a query, and bytes before the elements of a code.</summary>
    internal const int QueryHeader = 16, CodeHeader = 2 * sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float* query, byte* code, int width)
    {
        int product = CodeElements<TBits>.Dot((short*)(query + QueryHeader), code + CodeHeader, width);
        return query[0] + Unsafe.ReadUnaligned<float>(code) - Unsafe.ReadUnaligned<float>(code + sizeof(float)) * (query[1] * product - query[2]);
    }
}

/// <summary>
/// Unsigned elements of some bits, 32 after another in four bytes for each bit: from four bits on first the low four of elements
/// 0 to 15, each with that of the one 16 later above it, then the other bits in planes of 32; eight bits are bytes.
/// </summary>
static unsafe class CodeElements<TBits> where TBits : struct, ICodeBits
{
    const int Group = 32;

    static int FirstPlane => TBits.Bits >= 4 ? 4 : 0;

    /// <summary>Σ query · element; sums of 32 bits must not overflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Dot(short* query, byte* elements, int width)
    {
        if (Avx512BW.IsSupported)
        {
            var sum = Vector512<int>.Zero;
            for (int i = 0; i < width; i += Group, elements += Group / 8 * TBits.Bits)
                sum += Avx512BW.MultiplyAddAdjacent(Vector512.Load(query + i), Avx512BW.ConvertToVector512Int16(Unpack256(elements)));
            return Vector512.Sum(sum);
        }
        if (Avx2.IsSupported)
        {
            Vector256<int> even = default, odd = default;
            for (int i = 0; i < width; i += Group, elements += Group / 8 * TBits.Bits)
            {
                var values = Unpack256(elements);
                even += Avx2.MultiplyAddAdjacent(Vector256.Load(query + i), Avx2.ConvertToVector256Int16(values.GetLower()));
                odd += Avx2.MultiplyAddAdjacent(Vector256.Load(query + i + 16), Avx2.ConvertToVector256Int16(values.GetUpper()));
            }
            return Vector256.Sum(even + odd);
        }
        var total = Vector128<int>.Zero;
        for (int i = 0; i < width; i += Group, elements += Group / 8 * TBits.Bits)
            for (int half = 0; half < 2; half++)
            {
                var values = Unpack128(elements, half);
                total += Products(query + i + 16 * half, Vector128.WidenLower(values).AsInt16()) + Products(query + i + 16 * half + 8, Vector128.WidenUpper(values).AsInt16());
            }
        return Vector128.Sum(total);
    }

    /// <summary>Writes bytes, of which only the lowest bits are set.</summary>
    internal static void Pack(ReadOnlySpan<byte> values, byte* elements)
    {
        for (int start = 0; start < values.Length; start += Group, elements += Group / 8 * TBits.Bits)
        {
            var group = values.Slice(start, Group);
            if (TBits.Bits == 8)
            {
                group.CopyTo(new(elements, Group));
                continue;
            }
            byte* at = elements;
            if (TBits.Bits >= 4)
            {
                for (int i = 0; i < 16; i++) at[i] = (byte)(group[i] & 15 | group[i + 16] << 4);
                at += 16;
            }
            for (int bit = FirstPlane; bit < TBits.Bits; bit++, at += sizeof(uint))
            {
                uint plane = 0;
                for (int i = 0; i < Group; i++) plane |= (uint)(group[i] >> bit & 1) << i;
                for (int i = 0; i < sizeof(uint); i++) at[i] = (byte)(plane >> 8 * i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<byte> Unpack256(byte* elements)
    {
        if (TBits.Bits == 8) return Vector256.Load(elements);
        var values = Vector256<byte>.Zero;
        if (TBits.Bits >= 4)
        {
            var pairs = Vector128.Load(elements);
            values = Vector256.Create(pairs & Vector128.Create((byte)15), (pairs.AsUInt16() >>> 4).AsByte() & Vector128.Create((byte)15));
            elements += 16;
        }
        if (TBits.Bits - FirstPlane > 0) values |= Plane256(elements, 1 << FirstPlane);
        if (TBits.Bits - FirstPlane > 1) values |= Plane256(elements + 4, 2 << FirstPlane);
        if (TBits.Bits - FirstPlane > 2) values |= Plane256(elements + 8, 4 << FirstPlane);
        return values;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<byte> Plane256(byte* plane, int value)
    {
        var spread = Avx2.Shuffle(Vector256.Create(Unsafe.ReadUnaligned<uint>(plane)).AsByte(), Vector256.Create(
            (byte)0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3));
        var bits = Vector256.Create(0x8040201008040201).AsByte();
        return Vector256.Equals(spread & bits, bits) & Vector256.Create((byte)value);
    }

    static Vector128<byte> Unpack128(byte* elements, int half)
    {
        if (TBits.Bits == 8) return Vector128.Load(elements + 16 * half);
        var values = Vector128<byte>.Zero;
        if (TBits.Bits >= 4)
        {
            values = (Vector128.Load(elements).AsUInt16() >>> 4 * half).AsByte() & Vector128.Create((byte)15);
            elements += 16;
        }
        for (int bit = FirstPlane; bit < TBits.Bits; bit++, elements += 4)
        {
            var bits = Vector128.Create(0x8040201008040201).AsByte();
            var spread = Vector128.Create(Vector64.Create(elements[2 * half]), Vector64.Create(elements[2 * half + 1]));
            values |= Vector128.Equals(spread & bits, bits) & Vector128.Create((byte)(1 << bit));
        }
        return values;
    }

    static Vector128<int> Products(short* query, Vector128<short> values)
    {
        var numbers = Vector128.Load(query);
        return Vector128.WidenLower(numbers) * Vector128.WidenLower(values) + Vector128.WidenUpper(numbers) * Vector128.WidenUpper(values);
    }
}
