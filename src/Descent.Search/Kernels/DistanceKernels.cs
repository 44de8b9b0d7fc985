using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Search;

/// <summary>Distances between a query and stored rows, and the scan for those within a bound.</summary>
static unsafe class DistanceKernels
{
    /// <summary>Elements are filled up with zeros to a multiple of this, so that no kernel has a remainder.</summary>
    public const int Lanes = 16;

    /// <summary>The distance of <paramref name="width"/> floats, a multiple of <see cref="Lanes"/>, to a row as wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Distance<T, TElements, TMeasure>(float* query, T* row, int width)
        where T : unmanaged where TElements : struct, IElements<T> where TMeasure : struct, IMeasure
    {
        float scale = TElements.IsScaled ? Unsafe.ReadUnaligned<float>(row + width) : 1;
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            for (; i + 64 <= width; i += 64)
            {
                a = TMeasure.Add(a, Vector512.Load(query + i), Load512<T, TElements>(row + i, scale));
                b = TMeasure.Add(b, Vector512.Load(query + i + 16), Load512<T, TElements>(row + i + 16, scale));
                c = TMeasure.Add(c, Vector512.Load(query + i + 32), Load512<T, TElements>(row + i + 32, scale));
                d = TMeasure.Add(d, Vector512.Load(query + i + 48), Load512<T, TElements>(row + i + 48, scale));
            }
            for (; i < width; i += 16) a = TMeasure.Add(a, Vector512.Load(query + i), Load512<T, TElements>(row + i, scale));
            return TMeasure.Finish(Vector512.Sum(a + b + (c + d)));
        }
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> a = default, b = default;
            for (; i < width; i += 16)
            {
                a = TMeasure.Add(a, Vector256.Load(query + i), Load256<T, TElements>(row + i, scale));
                b = TMeasure.Add(b, Vector256.Load(query + i + 8), Load256<T, TElements>(row + i + 8, scale));
            }
            return TMeasure.Finish(Vector256.Sum(a + b));
        }
        Vector128<float> e = default, f = default;
        for (; i < width; i += 8)
        {
            e = TMeasure.Add(e, Vector128.Load(query + i), Load128<T, TElements>(row + i, scale));
            f = TMeasure.Add(f, Vector128.Load(query + i + 4), Load128<T, TElements>(row + i + 4, scale));
        }
        return TMeasure.Finish(Vector128.Sum(e + f));
    }

    /// <summary>The distances to rows one after another, <paramref name="stride"/> bytes apart.</summary>
    public static void Distances<TDistance>(float* query, byte* rows, nint stride, int width, Span<float> distances) where TDistance : struct, IDistance
    {
        for (int i = 0; i < distances.Length; i++, rows += stride) distances[i] = TDistance.Of(query, rows, width);
    }

    /// <summary>A row of <paramref name="width"/> elements as floats.</summary>
    public static void Decode<T, TElements>(T* row, float* to, int width) where T : unmanaged where TElements : struct, IElements<T>
    {
        float scale = TElements.IsScaled ? Unsafe.ReadUnaligned<float>(row + width) : 1;
        for (int i = 0; i < width; i += 4) Load128<T, TElements>(row + i, scale).Store(to + i);
    }

    /// <summary>Bits that differ, of rows of whole pairs of 64-bit words.</summary>
    public static float Hamming(ulong* a, ulong* b, int words)
    {
        long even = 0, odd = 0;
        for (int w = 0; w < words; w += 2)
        {
            even += BitOperations.PopCount(a[w] ^ b[w]);
            odd += BitOperations.PopCount(a[w + 1] ^ b[w + 1]);
        }
        return even + odd;
    }

    /// <summary>The place of the first value from <paramref name="start"/> on that is at most <paramref name="bound"/>; the length if none is.</summary>
    public static int NextWithin(ReadOnlySpan<float> values, int start, float bound)
    {
        int i = start;
        if (Vector512.IsHardwareAccelerated)
            for (var limit = Vector512.Create(bound); i + 16 <= values.Length; i += 16)
                if (Vector512.LessThanOrEqual(Vector512.Create(values.Slice(i, 16)), limit).ExtractMostSignificantBits() is var hits and not 0)
                    return i + BitOperations.TrailingZeroCount(hits);
        if (Vector256.IsHardwareAccelerated)
            for (var limit = Vector256.Create(bound); i + 8 <= values.Length; i += 8)
                if (Vector256.LessThanOrEqual(Vector256.Create(values.Slice(i, 8)), limit).ExtractMostSignificantBits() is var hits and not 0)
                    return i + BitOperations.TrailingZeroCount(hits);
        while (i < values.Length && !(values[i] <= bound)) i++;
        return i;
    }

    /// <summary>Asks for the cache lines of a row; does nothing where the machine has no such hint.</summary>
    /// <remarks>
    /// Into the second cache: the first has few lines under way at once, so that asking for more than two or three rows there
    /// keeps what computes waiting.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* row, nint bytes)
    {
        if (!Sse.IsSupported) return;
        for (byte* end = row + bytes; row < end; row += 64) Sse.Prefetch1(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Load512<T, TElements>(T* from, float scale) where T : unmanaged where TElements : struct, IElements<T> =>
        TElements.IsScaled ? TElements.Load512(from) * scale : TElements.Load512(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Load256<T, TElements>(T* from, float scale) where T : unmanaged where TElements : struct, IElements<T> =>
        TElements.IsScaled ? TElements.Load256(from) * scale : TElements.Load256(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Load128<T, TElements>(T* from, float scale) where T : unmanaged where TElements : struct, IElements<T> =>
        TElements.IsScaled ? TElements.Load128(from) * scale : TElements.Load128(from);
}
