using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The gradient of a group's filters from a run of tiles, <c>Gᵀ[Σ (A·dy·Aᵀ) ∘ (Bᵀ·d·B)]G</c>: an item is some channels of
/// dy and a block of channels of x.
/// </summary>
/// <param name="slopes">The transformed gradients of the outputs, panels of <see cref="GemmTile{T, V, L}.MostRows"/> channels.</param>
/// <param name="slopeWidths">Their panels.</param>
/// <param name="inputs">The transformed inputs, panels of at most three vectors of channels.</param>
/// <param name="inputWidths">Their panels.</param>
/// <param name="tiles">Tiles of the run.</param>
/// <param name="shape">The convolution.</param>
/// <param name="dWeight">The group's gradient <c>(O, C, r, r)</c>.</param>
/// <param name="add">Whether it is added to what is there.</param>
/// <param name="isFinite">Set to 0 where a result is not finite.</param>
unsafe readonly struct WinogradWeight<F, V, L>(
    float* slopes, WinogradWidths slopeWidths, float* inputs, WinogradWidths inputWidths, int tiles, ConvShape shape,
    float* dWeight, bool add, int* isFinite) : IParallelBody
    where F : struct, IWinogradForm
    where V : struct
    where L : IVectorLanes<float, V>
{
    // As many channels of dy as of a block of x: 36 × 32 × 48 sums stay in L2.
    const int ChannelsOfItem = 32;
    const int Stagger = 16;

    // Of so many tiles a block of x (36 × 64 × 48) stays in L2.
    const int FewTiles = 64;

    static int Taps => F.Taps * F.Taps;

    static int Rows => GemmTile<float, V, L>.MostRows;

    public int Items => (shape.GroupO + ChannelsOfItem - 1) / ChannelsOfItem * inputWidths.Blocks.Count;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invoke(int index)
    {
        // Items that follow each other share the block of x.
        int groups = (shape.GroupO + ChannelsOfItem - 1) / ChannelsOfItem;
        int block = index / groups, firstO = index % groups * ChannelsOfItem;
        int firstC = inputWidths.Blocks.First(block) * L.Count, width = inputWidths.Width(firstC);
        int count = Math.Min(ChannelsOfItem, shape.GroupO - firstO), panels = (count + Rows - 1) / Rows;
        int products = F.Inputs * F.Inputs;
        nint sumStride = (nint)panels * Rows * width + Stagger;
        float* sums = Scratch.Get<float>(ScratchSlot.Columns, products * sumStride);
        float* input = inputs + inputWidths.Offset(firstC, tiles, products);
        // What is larger is used for all panels before the next is fetched.
        if (tiles <= FewTiles)
            for (int p = 0; p < panels; p++)
                for (int i = 0; i < products; i++)
                    Product(i, p, firstO, width, input, sums + i * sumStride);
        else
            for (int i = 0; i < products; i++)
                for (int p = 0; p < panels; p++)
                    Product(i, p, firstO, width, input, sums + i * sumStride);

        float* half = stackalloc float[F.Taps * F.Inputs * L.Count];
        float* taps = stackalloc float[Taps * L.Count];
        V sound = default;
        for (int o = 0; o < count; o++)
            for (int v = 0; v < width; v += L.Count)
            {
                float* from = sums + (nint)o * width + v;
                for (int j = 0; j < F.Inputs; j++)
                    WinogradLines<FilterGradientLine<F>, V, L>.Run(from + j * sumStride, F.Inputs * sumStride, half + j * L.Count, F.Inputs * L.Count);
                for (int i = 0; i < F.Taps; i++)
                    WinogradLines<FilterGradientLine<F>, V, L>.Run(half + i * F.Inputs * L.Count, L.Count, taps + F.Taps * i * L.Count, L.Count);
                for (int tap = 0; tap < Taps; tap++)
                    sound = L.MultiplyAdd(L.Load(taps + tap * L.Count), default, sound);
                Write(taps, dWeight + ((nint)(firstO + o) * shape.GroupC + firstC + v) * Taps, Math.Min(L.Count, shape.GroupC - firstC - v));
            }
        if (L.Sum(sound) != 0)
            Volatile.Write(ref *isFinite, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Product(int i, int panel, int firstO, int width, float* input, float* sums) =>
        WinogradProduct<V, L>.Run(width / L.Count, tiles,
            slopes + slopeWidths.Offset(firstO + panel * Rows, tiles, F.Inputs * F.Inputs) + i * slopeWidths.ProductStride(Rows, tiles),
            input + i * inputWidths.ProductStride(width, tiles), sums + (nint)panel * Rows * width, width);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Write(float* taps, float* to, int count)
    {
        int c = 0;
        for (; c + 4 <= count; c += 4, to += 4 * Taps)
        {
            float* from = taps + c, next = to + (nint)shape.GroupC * Taps;
            CacheHint.Fetch(next);
            CacheHint.Fetch(next + 16);
            CacheHint.Fetch(next + 32);
            for (int tap = 0; tap + 4 <= Taps; tap += 4)
            {
                Vector128<float> r0 = Vector128.Load(from + tap * L.Count), r1 = Vector128.Load(from + (tap + 1) * L.Count);
                Vector128<float> r2 = Vector128.Load(from + (tap + 2) * L.Count), r3 = Vector128.Load(from + (tap + 3) * L.Count);
                Quad.Transpose(ref r0, ref r1, ref r2, ref r3);
                Put(r0, to + tap);
                Put(r1, to + Taps + tap);
                Put(r2, to + 2 * Taps + tap);
                Put(r3, to + 3 * Taps + tap);
            }
            for (int tap = Taps & -4; tap < Taps; tap++)
                for (int i = 0; i < 4; i++)
                    to[i * Taps + tap] = add ? to[i * Taps + tap] + from[tap * L.Count + i] : from[tap * L.Count + i];
        }
        for (; c < count; c++)
            for (int tap = 0; tap < Taps; tap++, to++)
                *to = add ? *to + taps[tap * L.Count + c] : taps[tap * L.Count + c];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Put(Vector128<float> values, float* to) => (add ? values + Vector128.Load(to) : values).Store(to);
}
