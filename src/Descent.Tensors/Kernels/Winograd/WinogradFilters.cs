using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The transformed filters G·g·Gᵀ as left operands of the products: for each panel of <c>rows</c> outputs and each
/// product a matrix <c>(reduced channels, rows)</c>, as <see cref="GemmTile{T, V, L}"/> reads it.
/// </summary>
/// <param name="shape">The convolution that the filters serve.</param>
/// <param name="weight">The group's filters <c>(O, C, r, r)</c>.</param>
/// <param name="turned">Whether they lead from dy to x: outputs are then channels of x, and taps are taken in reverse.</param>
/// <param name="rows">Rows of a panel, a multiple of the register's lanes.</param>
unsafe readonly struct WinogradFilters<F, V, L>(ConvShape shape, float* weight, bool turned, int rows)
    where F : struct, IWinogradForm
    where V : struct
    where L : IVectorLanes<float, V>
{
    // Channels whose filters are turned about at a time: 9 × 8 × 32 floats stay in L1.
    const int ChannelsOfPass = 32;

    // Keeps the products of one place from falling on the same cache sets.
    const int Stagger = 16;

    static int Taps => F.Taps * F.Taps;

    int Reduced => turned ? shape.GroupO : shape.GroupC;

    int Made => turned ? shape.GroupC : shape.GroupO;

    public int Panels => (Made + rows - 1) / rows;

    /// <summary>From a product's matrix to the next one's.</summary>
    public nint ProductStride => (nint)Reduced * rows + Stagger;

    /// <summary>From a panel to the next.</summary>
    public nint PanelStride => F.Inputs * F.Inputs * ProductStride;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Transform(int panel, float* to)
    {
        int first = panel * rows, count = Math.Min(rows, Made - first);
        float* taps = stackalloc float[ChannelsOfPass * Taps * rows];
        nint step = turned ? Taps : (nint)shape.GroupC * Taps, channelStep = turned ? (nint)shape.GroupC * Taps : Taps;
        for (int k0 = 0; k0 < Reduced; k0 += ChannelsOfPass)
        {
            int channels = Math.Min(ChannelsOfPass, Reduced - k0);
            for (int k = 0; k < channels; k++)
                Turn(weight + first * step + (k0 + k) * channelStep, step, count, taps + k * Taps * rows);
            for (int k = 0; k < channels; k++)
                for (int r = 0; r < rows; r += L.Count)
                    Transform(taps + k * Taps * rows + r, to + (nint)(k0 + k) * rows + r);
        }
    }

    /// <summary>Filters, <paramref name="step"/> apart, to <c>(tap, filter)</c>; zeros for those that are not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Turn(float* from, nint step, int count, float* to)
    {
        int r = 0;
        for (; r + 4 <= count; r += 4, from += 4 * step, to += 4)
        {
            float* f1 = from + step, f2 = f1 + step, f3 = f2 + step;
            for (int tap = 0; tap + 4 <= Taps; tap += 4)
            {
                Vector128<float> r0 = Vector128.Load(from + tap), r1 = Vector128.Load(f1 + tap);
                Vector128<float> r2 = Vector128.Load(f2 + tap), r3 = Vector128.Load(f3 + tap);
                Quad.Transpose(ref r0, ref r1, ref r2, ref r3);
                r0.Store(to + tap * rows);
                r1.Store(to + (tap + 1) * rows);
                r2.Store(to + (tap + 2) * rows);
                r3.Store(to + (tap + 3) * rows);
            }
            for (int tap = Taps & -4; tap < Taps; tap++)
                Vector128.Create(from[tap], f1[tap], f2[tap], f3[tap]).Store(to + tap * rows);
        }
        for (; r < rows; r++, from += step, to++)
            for (int tap = 0; tap < Taps; tap++)
                to[tap * rows] = r < count ? from[tap] : 0;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Transform(float* taps, float* to)
    {
        float* half = stackalloc float[F.Taps * F.Inputs * L.Count];
        nint step = turned ? -rows : rows;
        if (turned)
            taps += (Taps - 1) * rows;
        for (int j = 0; j < F.Taps; j++)
            WinogradLines<FilterLine<F>, V, L>.Run(taps + j * step, F.Taps * step, half + j * L.Count, F.Taps * L.Count);
        for (int i = 0; i < F.Inputs; i++)
            WinogradLines<FilterLine<F>, V, L>.Run(half + i * F.Taps * L.Count, L.Count, to + i * F.Inputs * ProductStride, ProductStride, ahead: 4 * rows);
    }
}
