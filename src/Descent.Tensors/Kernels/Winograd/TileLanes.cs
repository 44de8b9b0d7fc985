using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>Four neighbouring floats of each of as many tiles as a register has lanes: from memory to four registers, a tile a lane, and back.</summary>
static unsafe class TileLanes<V, L>
    where V : struct
    where L : IVectorLanes<float, V>
{
    /// <summary>Lane t of register j is <c>row[columns[t] + j]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Open(float* row, int* columns, out V v0, out V v1, out V v2, out V v3)
    {
        if (L.Count == 16)
        {
            Vector512<float> r0 = Load512(row, columns), r1 = Load512(row, columns + 1);
            Vector512<float> r2 = Load512(row, columns + 2), r3 = Load512(row, columns + 3);
            Transpose(ref r0, ref r1, ref r2, ref r3);
            (v0, v1, v2, v3) = (As(r0), As(r1), As(r2), As(r3));
        }
        else if (L.Count == 8)
        {
            Vector256<float> r0 = Load256(row, columns), r1 = Load256(row, columns + 1);
            Vector256<float> r2 = Load256(row, columns + 2), r3 = Load256(row, columns + 3);
            Transpose(ref r0, ref r1, ref r2, ref r3);
            (v0, v1, v2, v3) = (As(r0), As(r1), As(r2), As(r3));
        }
        else
        {
            Vector128<float> r0 = Vector128.Load(row + columns[0]), r1 = Vector128.Load(row + columns[1]);
            Vector128<float> r2 = Vector128.Load(row + columns[2]), r3 = Vector128.Load(row + columns[3]);
            Quad.Transpose(ref r0, ref r1, ref r2, ref r3);
            (v0, v1, v2, v3) = (As(r0), As(r1), As(r2), As(r3));
        }
    }

    /// <summary>The way back: element j of the four at <c>to[t]</c> is lane t of register j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Close<TPlaces>(V v0, V v1, V v2, V v3, TPlaces to) where TPlaces : struct, ITilePlaces
    {
        if (L.Count == 16)
        {
            Vector512<float> r0 = To512(v0), r1 = To512(v1), r2 = To512(v2), r3 = To512(v3);
            Transpose(ref r0, ref r1, ref r2, ref r3);
            Store(r0, to, 0);
            Store(r1, to, 1);
            Store(r2, to, 2);
            Store(r3, to, 3);
        }
        else if (L.Count == 8)
        {
            Vector256<float> r0 = To256(v0), r1 = To256(v1), r2 = To256(v2), r3 = To256(v3);
            Transpose(ref r0, ref r1, ref r2, ref r3);
            Store(r0, to, 0);
            Store(r1, to, 1);
            Store(r2, to, 2);
            Store(r3, to, 3);
        }
        else
        {
            Vector128<float> r0 = To128(v0), r1 = To128(v1), r2 = To128(v2), r3 = To128(v3);
            Quad.Transpose(ref r0, ref r1, ref r2, ref r3);
            r0.Store(to.Of(0));
            r1.Store(to.Of(1));
            r2.Store(to.Of(2));
            r3.Store(to.Of(3));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Load512(float* row, int* columns) => Vector512.Create(
        Vector256.Create(Vector128.Load(row + columns[0]), Vector128.Load(row + columns[4])),
        Vector256.Create(Vector128.Load(row + columns[8]), Vector128.Load(row + columns[12])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Load256(float* row, int* columns) =>
        Vector256.Create(Vector128.Load(row + columns[0]), Vector128.Load(row + columns[4]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TPlaces>(Vector512<float> values, TPlaces to, int t) where TPlaces : struct, ITilePlaces
    {
        values.GetLower().GetLower().Store(to.Of(t));
        values.GetLower().GetUpper().Store(to.Of(t + 4));
        values.GetUpper().GetLower().Store(to.Of(t + 8));
        values.GetUpper().GetUpper().Store(to.Of(t + 12));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TPlaces>(Vector256<float> values, TPlaces to, int t) where TPlaces : struct, ITilePlaces
    {
        values.GetLower().Store(to.Of(t));
        values.GetUpper().Store(to.Of(t + 4));
    }

    // As Quad.Transpose, in each 128 bits. Registers of 256 and 512 bits are those of x86.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose(ref Vector512<float> r0, ref Vector512<float> r1, ref Vector512<float> r2, ref Vector512<float> r3)
    {
        if (!Avx512F.IsSupported)
            throw new UnreachableException();
        Vector512<float> low01 = Avx512F.UnpackLow(r0, r1), low23 = Avx512F.UnpackLow(r2, r3);
        Vector512<float> high01 = Avx512F.UnpackHigh(r0, r1), high23 = Avx512F.UnpackHigh(r2, r3);
        r0 = Avx512F.Shuffle(low01, low23, 0x44);
        r1 = Avx512F.Shuffle(low01, low23, 0xEE);
        r2 = Avx512F.Shuffle(high01, high23, 0x44);
        r3 = Avx512F.Shuffle(high01, high23, 0xEE);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Transpose(ref Vector256<float> r0, ref Vector256<float> r1, ref Vector256<float> r2, ref Vector256<float> r3)
    {
        if (!Avx.IsSupported)
            throw new UnreachableException();
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), low23 = Avx.UnpackLow(r2, r3);
        Vector256<float> high01 = Avx.UnpackHigh(r0, r1), high23 = Avx.UnpackHigh(r2, r3);
        r0 = Avx.Shuffle(low01, low23, 0x44);
        r1 = Avx.Shuffle(low01, low23, 0xEE);
        r2 = Avx.Shuffle(high01, high23, 0x44);
        r3 = Avx.Shuffle(high01, high23, 0xEE);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V As(Vector512<float> value) => Unsafe.BitCast<Vector512<float>, V>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V As(Vector256<float> value) => Unsafe.BitCast<Vector256<float>, V>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V As(Vector128<float> value) => Unsafe.BitCast<Vector128<float>, V>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> To512(V value) => Unsafe.BitCast<V, Vector512<float>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> To256(V value) => Unsafe.BitCast<V, Vector256<float>>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> To128(V value) => Unsafe.BitCast<V, Vector128<float>>(value);
}

/// <summary>Where the four floats of each tile go.</summary>
unsafe interface ITilePlaces
{
    float* Of(int tile);
}
