using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Transformed tiles with channels innermost, as the products of the weight gradient want them: for each panel of
/// channels and each product a matrix <c>(tiles, width)</c>. Lanes are channels; an item is
/// as many channels as a register has lanes and some strips of tiles.
/// </summary>
/// <typeparam name="F">The algorithm.</typeparam>
/// <typeparam name="K">Bᵀ for the images, A for the gradients of the outputs.</typeparam>
/// <typeparam name="V">A register.</typeparam>
/// <typeparam name="L">Its lanes.</typeparam>
/// <param name="planes">The planes that tiles are taken from.</param>
/// <param name="channels">Channels of the group.</param>
/// <param name="widths">Which panel a channel belongs to.</param>
/// <param name="firstStrip">The first strip.</param>
/// <param name="strips">Strips in all.</param>
/// <param name="parts">Parts that the strips are cut into.</param>
/// <param name="to">The matrices.</param>
unsafe readonly struct WinogradTurned<F, K, V, L>(
    WinogradPlanes planes, int channels, WinogradWidths widths, int firstStrip, int strips, int parts, float* to) : IParallelBody
    where F : struct, IWinogradForm
    where K : struct, IWinogradLine
    where V : struct
    where L : IVectorLanes<float, V>
{
    public int Items => LaneBlocks * parts;

    int LaneBlocks => (channels + L.Count - 1) / L.Count;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invoke(int index)
    {
        int part = index / LaneBlocks, first = index % LaneBlocks * L.Count, count = Math.Min(L.Count, channels - first);
        int begin = (int)((long)strips * part / parts), end = (int)((long)strips * (part + 1) / parts);
        int columns = F.Outputs * planes.Across + K.Read - F.Outputs;
        nint pitch = (nint)columns * L.Count;
        // Rows of the image with channels innermost: as many as a window has, then one of zeros; then the transformed ones.
        float* rows = Scratch.Get<float>(ScratchSlot.Rows, (K.Read + 1 + F.Inputs) * pitch);
        float* nothing = rows + K.Read * pitch, down = nothing + pitch;
        new Span<float>(rows, (int)((K.Read + 1) * pitch)).Clear();
        float** lines = stackalloc float*[6];
        float* target = to + widths.Offset(first, strips * planes.Across, F.Inputs * F.Inputs);
        int width = widths.Width(first);
        nint productStride = widths.ProductStride(width, strips * planes.Across);
        int image = -1, known = 0;
        for (int strip = begin; strip < end; strip++)
        {
            int row = (firstStrip + strip) % planes.Down, top = row * F.Outputs - planes.PadTop;
            if (image != (firstStrip + strip) / planes.Down)
                (image, known) = ((firstStrip + strip) / planes.Down, 0);
            for (int i = 0; i < K.Read; i++)
            {
                int y = top + i;
                lines[i] = (uint)y < (uint)planes.H ? rows + y % K.Read * pitch : nothing;
                if (y < known || y >= planes.H)
                    continue;
                Turn(planes.At(image, first, y), count, lines[i], columns);
                known = y + 1;
            }
            for (nint q = 0; q < pitch; q += L.Count)
                WinogradLines<K, V, L>.Run(lines, q, down + q, pitch);
            float* tile = target + (nint)strip * planes.Across * width;
            for (int t = 0; t < planes.Across; t++, tile += width)
                for (int i = 0; i < F.Inputs; i++)
                    WinogradLines<K, V, L>.Run(down + i * pitch + (nint)t * F.Outputs * L.Count, L.Count,
                        tile + i * F.Inputs * productStride, productStride, ahead: 2 * width);
        }
    }

    /// <summary>A row of some channels, channels innermost, between the zeros of the padding.</summary>
    void Turn(float* from, int count, float* to, int columns)
    {
        int length = Math.Min(planes.W, columns - planes.PadLeft);
        Packing.Panel(from, planes.Plane, 1, to + (nint)planes.PadLeft * L.Count, count, L.Count, L.Count, length);
    }
}

/// <summary>Planes with what surrounds them, cut into tiles.</summary>
/// <param name="X">The group's first plane.</param>
/// <param name="ImageStride">From an image to the next.</param>
/// <param name="H">Rows.</param>
/// <param name="W">Columns.</param>
/// <param name="PadTop">Rows of zeros above.</param>
/// <param name="PadLeft">Columns of zeros on the left.</param>
/// <param name="Across">Tiles side by side.</param>
/// <param name="Down">Tiles one above the other.</param>
unsafe readonly record struct WinogradPlanes(nint X, nint ImageStride, int H, int W, int PadTop, int PadLeft, int Across, int Down)
{
    public nint Plane => (nint)H * W;

    public float* At(int image, int channel, int row) => (float*)X + image * ImageStride + channel * Plane + (nint)row * W;
}

/// <summary>Channels dealt out to panels.</summary>
/// <param name="Blocks">The panels, counted in vectors.</param>
/// <param name="Lanes">Channels of a vector.</param>
readonly record struct WinogradWidths(WinogradBlocks Blocks, int Lanes)
{
    const int Stagger = 16;

    int BlockOf(int channel)
    {
        int block = 0;
        while (block + 1 < Blocks.Count && Blocks.First(block + 1) * Lanes <= channel)
            block++;
        return block;
    }

    /// <summary>Width of the panel of a channel.</summary>
    public int Width(int channel)
    {
        int block = BlockOf(channel);
        return (Blocks.First(block + 1) - Blocks.First(block)) * Lanes;
    }

    /// <summary>From a product's matrix <c>(tiles, width)</c> to the next one's.</summary>
    public nint ProductStride(int width, int tiles) => (nint)width * tiles + Stagger;

    /// <summary>Where a channel's column of the first product's matrix begins.</summary>
    public nint Offset(int channel, int tiles, int products)
    {
        int block = BlockOf(channel), first = Blocks.First(block) * Lanes;
        return products * ((nint)first * tiles + (nint)block * Stagger) + channel - first;
    }

    public nint Size(int tiles, int products) => products * ((nint)Blocks.Vectors * Lanes * tiles + (nint)Blocks.Count * Stagger);
}
