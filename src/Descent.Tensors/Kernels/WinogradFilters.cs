using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The transformed filters G·g·Gᵀ as left operands of the products: for each panel of <c>rows</c> outputs and each
/// product a matrix <c>(reduced channels, rows)</c>, as <see cref="GemmTile{T, V, L}"/> reads it.
/// </summary>
/// <param name="shape">The convolution that the filters serve.</param>
/// <param name="weight">The group's filters <c>(O, C, 3, 3)</c>.</param>
/// <param name="turned">Whether they lead from dy to x: outputs are then channels of x, and taps are taken in reverse.</param>
/// <param name="rows">Rows of a panel, a multiple of the register's lanes.</param>
unsafe readonly struct WinogradFilters<F, V, L>(ConvShape shape, float* weight, bool turned, int rows)
    where F : struct, IWinogradForm
    where V : struct
    where L : IVectorLanes<float, V>
{
    const int Taps = 9;

    // Channels whose filters are turned about at a time: 9 × 8 × 32 floats stay in L1.
    const int ChannelsOfPass = 32;

    // Keeps the products of one place from falling on the same cache sets.
    const int Stagger = 16;

    int Reduced => turned ? shape.GroupO : shape.GroupC;

    int Made => turned ? shape.GroupC : shape.GroupO;

    public int Panels => (Made + rows - 1) / rows;

    /// <summary>From a product's matrix to the next one's.</summary>
    public nint ProductStride => (nint)Reduced * rows + Stagger;

    /// <summary>From a panel to the next.</summary>
    public nint PanelStride => F.Inputs * F.Inputs * ProductStride;

    [SkipLocalsInit]
    public void Transform(int panel, float* to)
    {
        int first = panel * rows, count = Math.Min(rows, Made - first);
        float* taps = stackalloc float[ChannelsOfPass * Taps * rows];
        for (int k0 = 0; k0 < Reduced; k0 += ChannelsOfPass)
        {
            int channels = Math.Min(ChannelsOfPass, Reduced - k0);
            if (turned)
                for (int k = 0; k < channels; k++)
                    Packing.Panel(weight + ((nint)(k0 + k) * shape.GroupC + first) * Taps, Taps, 1, taps + k * Taps * rows, count, rows, rows, Taps);
            else
                Packing.Panel(weight + ((nint)first * shape.GroupC + k0) * Taps, (nint)shape.GroupC * Taps, 1, taps, count, rows, rows, channels * Taps);
            for (int k = 0; k < channels; k++)
                for (int r = 0; r < rows; r += L.Count)
                    Transform(taps + k * Taps * rows + r, to + (nint)(k0 + k) * rows + r);
        }
    }

    [SkipLocalsInit]
    void Transform(float* taps, float* to)
    {
        float* half = stackalloc float[3 * F.Inputs * L.Count];
        nint step = turned ? -rows : rows;
        if (turned)
            taps += (Taps - 1) * rows;
        for (int j = 0; j < 3; j++)
            WinogradLines<FilterLine<F>, V, L>.Run(taps + j * step, 3 * step, half + j * L.Count, 3 * L.Count);
        for (int i = 0; i < F.Inputs; i++)
            WinogradLines<FilterLine<F>, V, L>.Run(half + i * 3 * L.Count, L.Count, to + i * F.Inputs * ProductStride, ProductStride);
    }
}
