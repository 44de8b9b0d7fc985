using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Search;

/// <summary>A register of one or more parts of 16 bytes, each with its own table, and sums in 16 bits over them.</summary>
unsafe interface INibbleLanes<TRegister> where TRegister : struct
{
    static abstract int Bytes { get; }

    static abstract TRegister Load(byte* from);

    /// <summary>The entries that the low halves of the codes choose.</summary>
    static abstract TRegister LookUpLow(TRegister tables, TRegister codes);

    /// <summary>The entries that the high halves of the codes choose.</summary>
    static abstract TRegister LookUpHigh(TRegister tables, TRegister codes);

    /// <summary>Sums of 16 bits.</summary>
    static abstract TRegister Add(TRegister a, TRegister b);

    /// <summary>The odd bytes as numbers of 16 bits.</summary>
    static abstract TRegister Odd(TRegister entries);

    /// <summary>The sum over the parts.</summary>
    static abstract Vector128<ushort> Fold(TRegister sums);
}

readonly unsafe struct NibbleLanes128 : INibbleLanes<Vector128<byte>>
{
    public static int Bytes => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Load(byte* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LookUpLow(Vector128<byte> tables, Vector128<byte> codes) => Vector128.ShuffleNative(tables, codes & Vector128.Create((byte)0xf));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LookUpHigh(Vector128<byte> tables, Vector128<byte> codes) =>
        Vector128.ShuffleNative(tables, (codes.AsUInt16() >> 4).AsByte() & Vector128.Create((byte)0xf));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Add(Vector128<byte> a, Vector128<byte> b) => (a.AsUInt16() + b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Odd(Vector128<byte> entries) => (entries.AsUInt16() >> 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Fold(Vector128<byte> sums) => sums.AsUInt16();
}

readonly unsafe struct NibbleLanes256 : INibbleLanes<Vector256<byte>>
{
    public static int Bytes => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> LookUpLow(Vector256<byte> tables, Vector256<byte> codes) => Avx2.Shuffle(tables, codes & Vector256.Create((byte)0xf));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> LookUpHigh(Vector256<byte> tables, Vector256<byte> codes) =>
        Avx2.Shuffle(tables, (codes.AsUInt16() >> 4).AsByte() & Vector256.Create((byte)0xf));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Add(Vector256<byte> a, Vector256<byte> b) => (a.AsUInt16() + b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Odd(Vector256<byte> entries) => (entries.AsUInt16() >> 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Fold(Vector256<byte> sums) => sums.GetLower().AsUInt16() + sums.GetUpper().AsUInt16();
}

readonly unsafe struct NibbleLanes512 : INibbleLanes<Vector512<byte>>
{
    public static int Bytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LookUpLow(Vector512<byte> tables, Vector512<byte> codes) => Avx512BW.Shuffle(tables, codes & Vector512.Create((byte)0xf));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LookUpHigh(Vector512<byte> tables, Vector512<byte> codes) =>
        Avx512BW.Shuffle(tables, (codes.AsUInt16() >> 4).AsByte() & Vector512.Create((byte)0xf));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Add(Vector512<byte> a, Vector512<byte> b) => (a.AsUInt16() + b.AsUInt16()).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Odd(Vector512<byte> entries) => (entries.AsUInt16() >> 8).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Fold(Vector512<byte> sums) => NibbleLanes256.Fold(NibbleLanes256.Add(sums.GetLower(), sums.GetUpper()));
}
