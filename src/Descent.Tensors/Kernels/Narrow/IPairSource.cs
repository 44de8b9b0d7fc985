using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// An operand of a product of bfloat16 as the packing sees it: element (index, k), index along m or n. Two neighbours in k
/// are packed as one pair, the even one in the lower half, as the dot product instructions take them.
/// </summary>
/// <remarks>The same holds for four neighbours of one byte each: then a pair below is a word of four.</remarks>
unsafe interface IPairSource
{
    /// <summary>Elements of a word of 32 bits: 2 of bfloat16, 4 of a byte.</summary>
    static virtual int OfWord => 2;

    /// <summary>
    /// Writes elements <c>[first, first + count) × [k0, k0 + kc)</c> as panels of <paramref name="panel"/> indices, each
    /// stored as <c>(⌈kc / 2⌉, width)</c> pairs. The last panel's width is what is left, rounded up to a multiple of
    /// <paramref name="step"/>; what lies beyond the indices or the last k is zero.
    /// </summary>
    void Pack(uint* destination, int first, int count, int panel, int step, int k0, int kc);
}

/// <summary>
/// A matrix of bfloat16, or of float32 that is rounded to bfloat16 as it is packed, with any strides: element (i, k) lies at
/// <c>origin + i · stride + k · kStride</c>.
/// </summary>
unsafe readonly struct PairMatrix : IPairSource
{
    readonly void* _origin;
    readonly nint _stride, _kStride;
    readonly bool _isWide;

    public PairMatrix(BFloat16* origin, nint stride, nint kStride) : this((void*)origin, stride, kStride, isWide: false)
    {
    }

    public PairMatrix(float* origin, nint stride, nint kStride) : this((void*)origin, stride, kStride, isWide: true)
    {
    }

    PairMatrix(void* origin, nint stride, nint kStride, bool isWide)
    {
        _origin = origin;
        (_stride, _kStride, _isWide) = (stride, kStride, isWide);
    }

    public void Pack(uint* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        nint start = first * _stride + k0 * _kStride;
        if (_isWide) Pack((float*)_origin + start, destination, count, panel, step, kc);
        else if (_stride == 1) PairPacking.Columns((ushort*)_origin + start, _kStride, destination, count, panel, step, kc);
        else PairPacking.Lines((ushort*)_origin + start, _stride, _kStride, destination, count, panel, step, kc);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Pack(float* source, uint* destination, int count, int panel, int step, int kc)
    {
        if (_stride == 1)
        {
            PairPacking.Columns(source, _kStride, destination, count, panel, step, kc);
            return;
        }
        int pitch = (kc + 1) & ~1;
        var lines = Scratch.Get<BFloat16>(ScratchSlot.Pairs, (nint)panel * pitch);
        for (int done = 0; done < count; done += panel, destination += (nint)panel * pitch / 2)
        {
            int height = Math.Min(panel, count - done);
            for (int i = 0; i < height; i++)
            {
                float* from = source + (done + i) * _stride;
                BFloat16* to = lines + (nint)i * pitch;
                if (_kStride == 1) NarrowFloats.Narrow(from, to, kc);
                else
                    for (nint e = 0; e < kc; e++) to[e] = (BFloat16)from[e * _kStride];
            }
            PairPacking.Lines((ushort*)lines, pitch, 1, destination, height, panel, step, kc);
        }
    }
}

/// <summary>Whatever else can be packed as float32, as a convolution's patches, rounded to bfloat16.</summary>
unsafe readonly struct RoundedSource<TSource>(TSource source) : IPairSource where TSource : struct, IPanelSource<float>
{
    // So many rows of a panel (48 floats each) stay in the first cache until they are paired.
    const int RowsOfPass = 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(uint* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        float* rows = Scratch.Get<float>(ScratchSlot.Pairs, RowsOfPass * panel + Packing.Slack);
        int pairs = (kc + 1) / 2;
        for (int done = 0; done < count; done += panel, destination += (nint)panel * pairs)
        {
            int height = Math.Min(panel, count - done), width = GemmGrid.RoundUp(height, 1, step);
            for (int k = 0; k < kc; k += RowsOfPass)
            {
                int depth = Math.Min(RowsOfPass, kc - k);
                source.Pack(rows, first + done, height, panel, step, k0 + k, depth);
                PairPacking.Columns(rows, width, destination + (nint)k / 2 * width, width, width, 1, depth);
            }
        }
    }
}

/// <summary>As <see cref="RoundedSource{TSource}"/> for a source of the bits of bfloat16.</summary>
unsafe readonly struct PairedSource<TSource>(TSource source) : IPairSource where TSource : struct, IPanelSource<ushort>
{
    const int RowsOfPass = 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(uint* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        ushort* rows = Scratch.Get<ushort>(ScratchSlot.Pairs, RowsOfPass * panel + 2 * Packing.Slack);
        int pairs = (kc + 1) / 2;
        for (int done = 0; done < count; done += panel, destination += (nint)panel * pairs)
        {
            int height = Math.Min(panel, count - done), width = GemmGrid.RoundUp(height, 1, step);
            for (int k = 0; k < kc; k += RowsOfPass)
            {
                int depth = Math.Min(RowsOfPass, kc - k);
                source.Pack(rows, first + done, height, panel, step, k0 + k, depth);
                PairPacking.Columns(rows, width, destination + (nint)k / 2 * width, width, width, 1, depth);
            }
        }
    }
}

/// <summary>The rounded elements of a source of pairs as float32, for machines that have no product of pairs.</summary>
unsafe readonly struct WidenedPairs<TSource>(TSource source) : IPanelSource<float> where TSource : struct, IPairSource
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(float* destination, int first, int count, int panel, int step, int k0, int kc)
    {
        int pairs = (kc + 1) / 2, whole = GemmGrid.RoundUp(count, 1, step);
        uint* packed = Scratch.Get<uint>(ScratchSlot.WidePairs, (nint)whole * pairs);
        source.Pack(packed, first, count, panel, step, k0, kc);
        for (int done = 0; done < count; done += panel)
        {
            int width = Math.Min(panel, whole - done);
            uint* from = packed + (nint)done * pairs;
            var to = (uint*)destination + (nint)done * kc;
            for (int k = 0; k < kc; k++, to += width)
                for (int i = 0; i < width; i++)
                    to[i] = (k & 1) == 0 ? from[(nint)(k / 2) * width + i] << 16 : from[(nint)(k / 2) * width + i] & 0xFFFF0000;
        }
    }
}
