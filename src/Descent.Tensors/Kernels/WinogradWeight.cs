using System.Runtime.CompilerServices;

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
/// <param name="dWeight">The group's gradient <c>(O, C, 3, 3)</c>.</param>
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
    const int Taps = 9;

    static int Rows => GemmTile<float, V, L>.MostRows;

    public int Items => (shape.GroupO + ChannelsOfItem - 1) / ChannelsOfItem * inputWidths.Blocks.Count;

    [SkipLocalsInit]
    public void Invoke(int index)
    {
        int block = index % inputWidths.Blocks.Count, firstO = index / inputWidths.Blocks.Count * ChannelsOfItem;
        int firstC = inputWidths.Blocks.First(block) * L.Count, width = inputWidths.Width(firstC);
        int count = Math.Min(ChannelsOfItem, shape.GroupO - firstO), panels = (count + Rows - 1) / Rows;
        int products = F.Inputs * F.Inputs;
        nint sumStride = (nint)panels * Rows * width + Stagger;
        float* sums = Scratch.Get<float>(ScratchSlot.Columns, products * sumStride);
        float* input = inputs + inputWidths.Offset(firstC, tiles, products);
        nint inputStride = inputWidths.ProductStride(width, tiles), slopeStride = slopeWidths.ProductStride(Rows, tiles);
        for (int i = 0; i < products; i++)
            for (int p = 0; p < panels; p++)
                WinogradProduct<V, L>.Run(width / L.Count, tiles, slopes + slopeWidths.Offset(firstO + p * Rows, tiles, products) + i * slopeStride,
                    input + i * inputStride, sums + i * sumStride + (nint)p * Rows * width, width);

        float* half = stackalloc float[3 * F.Inputs * L.Count];
        float* taps = stackalloc float[Taps * L.Count];
        V sound = default;
        for (int o = 0; o < count; o++)
            for (int v = 0; v < width; v += L.Count)
            {
                float* from = sums + (nint)o * width + v;
                for (int j = 0; j < F.Inputs; j++)
                    WinogradLines<FilterGradientLine<F>, V, L>.Run(from + j * sumStride, F.Inputs * sumStride, half + j * L.Count, F.Inputs * L.Count);
                for (int i = 0; i < 3; i++)
                    WinogradLines<FilterGradientLine<F>, V, L>.Run(half + i * F.Inputs * L.Count, L.Count, taps + 3 * i * L.Count, L.Count);
                for (int tap = 0; tap < Taps; tap++)
                    sound = L.MultiplyAdd(L.Load(taps + tap * L.Count), default, sound);
                Write(taps, dWeight + ((nint)(firstO + o) * shape.GroupC + firstC + v) * Taps, Math.Min(L.Count, shape.GroupC - firstC - v));
            }
        if (L.Sum(sound) != 0)
            Volatile.Write(ref *isFinite, 0);
    }

    void Write(float* taps, float* to, int count)
    {
        for (int c = 0; c < count; c++)
            for (int tap = 0; tap < Taps; tap++, to++)
                *to = add ? *to + taps[tap * L.Count + c] : taps[tap * L.Count + c];
    }
}
