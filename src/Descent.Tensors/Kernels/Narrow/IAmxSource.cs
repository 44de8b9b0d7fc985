using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>How small and large the elements of a packed panel are; zeros are left out of the small.</summary>
/// <param name="Least">Bits of the smallest magnitude less one, so that zero counts as the largest.</param>
/// <param name="Most">Bits of the largest magnitude.</param>
readonly record struct SplitRange(uint Least, uint Most)
{
    /// <summary>Nothing seen yet.</summary>
    public static readonly SplitRange Empty = new(uint.MaxValue, 0);

    // Below 2^-103 the last bits of a number are a denormal part, which the tile unit reads as zero.
    const uint LeastToSplit = (127 - 103) << 23;

    // From here on the leading part rounds to infinity; infinities and NaN lie above.
    const uint MostToSplit = 0x7F7F8000;

    // What the tile unit flushes to zero is below 2^-126. Where products are above 2^-100 that is below half of their last bit.
    const int LeastExponent = -100;
    const int MostExponent = 126;

    /// <summary>
    /// Whether sums of <paramref name="k"/> products of these numbers, split into parts, are as exact as in float32: no part
    /// is a denormal or infinite, no product so small that flushing denormals shows, no sum beyond float32.
    /// </summary>
    public static bool CanSplit(SplitRange a, SplitRange b, int k)
    {
        if (a.Most >= MostToSplit || b.Most >= MostToSplit) return false;
        if (a.Most == 0 || b.Most == 0) return true;
        if (a.Least + 1 < LeastToSplit || b.Least + 1 < LeastToSplit) return false;
        return Exponent(a.Least + 1) + Exponent(b.Least + 1) >= LeastExponent
            && Exponent(a.Most) + Exponent(b.Most) + 2 + (32 - int.LeadingZeroCount(k)) <= MostExponent;
    }

    static int Exponent(uint bits) => (int)(bits >> 23) - 127;
}

/// <summary>An operand of a product on tiles as the packing sees it: element (index, k), index along m or n.</summary>
unsafe interface IAmxSource
{
    AmxKind Kind { get; }

    /// <summary>
    /// Writes <paramref name="tiles"/> tiles of 16 indices from <paramref name="first"/> on, for k from
    /// <paramref name="k0"/> on, as <c>[step][tile][part]</c>; zeros beyond <paramref name="count"/> indices and
    /// <paramref name="kc"/> elements.
    /// </summary>
    /// <param name="destination">Aligned to 64 bytes.</param>
    /// <param name="first">First index.</param>
    /// <param name="count">Indices there are.</param>
    /// <param name="tiles">1 or 2.</param>
    /// <param name="k0">First k.</param>
    /// <param name="kc">How many k.</param>
    /// <param name="isLeft">A row of the tile is an index, as the left operand needs it; else a row is a pair of k.</param>
    SplitRange Pack(byte* destination, int first, int count, int tiles, int k0, int kc, bool isLeft);

    /// <summary>Elements <c>[first, first + count) × [k0, k0 + kc)</c> in float32, as <c>(kc, 32)</c>.</summary>
    void PackWide(float* destination, int first, int count, int k0, int kc);
}

/// <summary>bfloat16 operands, or such as are rounded to it; bytes by four likewise.</summary>
unsafe readonly struct AmxPairs<TSource>(TSource source) : IAmxSource where TSource : struct, IPairSource
{
    const int Indices = 16, Pairs = 16;

    public AmxKind Kind => TSource.OfWord == 2 ? AmxKind.BFloat16 : AmxKind.Bytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SplitRange Pack(byte* destination, int first, int count, int tiles, int k0, int kc, bool isLeft)
    {
        int pairs = (kc + TSource.OfWord - 1) / TSource.OfWord, steps = (pairs + Pairs - 1) / Pairs;
        uint* packed = Scratch.Get<uint>(ScratchSlot.WidePairs, (nint)steps * Pairs * Indices);
        for (int t = 0; t < tiles; t++)
        {
            int width = Math.Min(Indices, count - t * Indices);
            source.Pack(packed, first + t * Indices, width, Indices, Indices, k0, kc);
            new Span<uint>(packed + (nint)pairs * Indices, (steps * Pairs - pairs) * Indices).Clear();
            for (int s = 0; s < steps; s++)
                AmxPacking.Place(packed + (nint)s * Pairs * Indices, destination + (nint)(s * tiles + t) * AmxKernels.TileBytes, isLeft);
        }
        return SplitRange.Empty;
    }

    public void PackWide(float* destination, int first, int count, int k0, int kc) =>
        new WidenedPairs<TSource>(source).Pack(destination, first, count, 2 * Indices, 2 * Indices, k0, kc);
}

/// <summary>float32 operands as the sum of two or three bfloat16 parts each.</summary>
unsafe readonly struct AmxParts<TSource>(TSource source, AmxKind kind) : IAmxSource where TSource : struct, IPanelSource<float>
{
    const int Indices = 16, Pairs = 16, Depth = 2 * Pairs;

    public AmxKind Kind => kind;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SplitRange Pack(byte* destination, int first, int count, int tiles, int k0, int kc, bool isLeft)
    {
        int parts = (int)kind, steps = (kc + Depth - 1) / Depth;
        float* rows = Scratch.Get<float>(ScratchSlot.WidePairs, Depth * Indices + Packing.Slack);
        uint* pairs = stackalloc uint[3 * Pairs * Indices];
        var least = Vector512.Create(uint.MaxValue);
        var most = Vector512<uint>.Zero;
        for (int t = 0; t < tiles; t++)
            for (int s = 0; s < steps; s++)
            {
                int depth = Math.Min(Depth, kc - s * Depth);
                source.Pack(rows, first + t * Indices, Math.Min(Indices, count - t * Indices), Indices, Indices, k0 + s * Depth, depth);
                new Span<float>(rows + depth * Indices, (Depth - depth) * Indices).Clear();
                for (int p = 0; p < Pairs; p++)
                {
                    Vector512<float> even = Vector512.Load(rows + 2 * p * Indices), odd = Vector512.Load(rows + (2 * p + 1) * Indices);
                    var (evenSize, oddSize) = (AmxPacking.Magnitude(even), AmxPacking.Magnitude(odd));
                    most = Vector512.Max(most, Vector512.Max(evenSize, oddSize));
                    least = Vector512.Min(least, Vector512.Min(evenSize - Vector512<uint>.One, oddSize - Vector512<uint>.One));
                    for (int part = 0; part < parts; part++)
                    {
                        var (high, low) = (AmxPacking.Leading(ref odd), AmxPacking.Leading(ref even));
                        (high | (low >>> 16)).Store(pairs + (part * Pairs + p) * Indices);
                    }
                }
                for (int part = 0; part < parts; part++)
                    AmxPacking.Place(pairs + part * Pairs * Indices, destination + (nint)((s * tiles + t) * parts + part) * AmxKernels.TileBytes, isLeft);
            }
        return new(AmxPacking.Least(least), AmxPacking.Most(most));
    }

    public void PackWide(float* destination, int first, int count, int k0, int kc) => source.Pack(destination, first, count, 2 * Indices, 2 * Indices, k0, kc);
}

/// <summary>Steps of packing tiles.</summary>
static unsafe class AmxPacking
{
    const int Size = 16;

    public static Vector512<uint> Magnitude(Vector512<float> x) => x.AsUInt32() & Vector512.Create(0x7FFFFFFFu);

    /// <summary>The bfloat16 nearest to x, as float32 bits; x becomes what is left, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Leading(ref Vector512<float> x)
    {
        var bits = x.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) & Vector512.Create(0xFFFF0000u);
        x -= rounded.AsSingle();
        return rounded;
    }

    /// <summary>A block of pairs as a tile: as it is, or turned so that a row is an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Place(uint* pairs, byte* tile, bool isLeft)
    {
        if (!isLeft)
        {
            new ReadOnlySpan<byte>(pairs, AmxKernels.TileBytes).CopyTo(new(tile, AmxKernels.TileBytes));
            return;
        }
        int block = Vector128<uint>.Count;
        float** rows = stackalloc float*[block];
        for (int p = 0; p < Size; p += block)
        {
            for (int r = 0; r < block; r++) rows[r] = (float*)pairs + (p + r) * Size;
            Packing.Transpose(rows, (float*)tile + p, Size, Size);
        }
    }

    public static uint Least(Vector512<uint> x)
    {
        uint least = uint.MaxValue;
        for (int i = 0; i < Vector512<uint>.Count; i++) least = Math.Min(least, x[i]);
        return least;
    }

    public static uint Most(Vector512<uint> x)
    {
        uint most = 0;
        for (int i = 0; i < Vector512<uint>.Count; i++) most = Math.Max(most, x[i]);
        return most;
    }
}
