namespace Descent.Search;

/// <summary>
/// How the vectors of cells are coded: for a sieve that looks at 32 at once, for a closer look one by one, for both, or for
/// neither.
/// </summary>
sealed unsafe class CellCoder
{
    /// <summary>Errors of the closer look are taken to be at most so many times their spread.</summary>
    const float Sure = 3;

    internal CellCoder(VectorCode code, RowCodec rows)
    {
        var quantizer = Quantizer.Create(code, rows);
        Space = quantizer ?? new LinearQuantizer(rows, 8, isTurned: false);
        Sieve = quantizer is ProductQuantizer product ? new ProductSieve(product) : code >= VectorCode.RaBitQ1 ? new SignSieve(Space) : null;
        Closer = quantizer is LinearQuantizer && code != VectorCode.RaBitQ1 ? quantizer : null;
    }

    /// <summary>Where residuals are.</summary>
    internal Quantizer Space { get; }

    internal Sieve? Sieve { get; }

    internal Quantizer? Closer { get; }

    /// <summary>By how much the closer look may commonly be wrong, for a direction of length 1.</summary>
    internal float Slack { get; private set; }

    /// <summary>Learns from residuals to the centres of cells.</summary>
    internal void Learn(ReadOnlySpan<float> residuals)
    {
        Space.Learn(residuals);
        float spread = Space.MeasureSpread(residuals);
        Slack = Sure * spread;
        if (Sieve is ProductSieve product) product.Spread = spread;
    }

    internal Cell Encode(int[] slots, float[] residuals)
    {
        int width = Space.Width, blocks = (slots.Length + FastScan.Codes - 1) / FastScan.Codes;
        byte[] sieved = new byte[Sieve is null ? 0 : blocks * Sieve.BlockBytes], close = new byte[Closer is null ? 0 : slots.Length * Closer.CodeBytes];
        fixed (byte* to = sieved)
            for (int b = 0; b < blocks && Sieve is not null; b++)
            {
                int first = b * FastScan.Codes;
                Sieve.Write(residuals.AsSpan(first * width), Math.Min(FastScan.Codes, slots.Length - first), to + (nint)b * Sieve.BlockBytes);
            }
        fixed (byte* to = close)
            for (int i = 0; i < slots.Length && Closer is not null; i++) Closer.Encode(residuals.AsSpan(i * width, width), to + (nint)i * Closer.CodeBytes);
        return new(slots, sieved, close);
    }

    internal void Write(IndexWriter writer)
    {
        writer.Single(Slack);
        Space.Write(writer);
    }

    internal void Read(IndexReader reader)
    {
        Slack = reader.Single(0, float.MaxValue, "the spread of estimates");
        if (Sieve is ProductSieve product) product.Spread = Slack / Sure;
        Space.Read(reader);
    }
}

/// <summary>The vectors of a cell: which they are, and their codes. It never changes; another takes its place.</summary>
sealed record Cell(int[] Slots, byte[] Sieved, byte[] Close)
{
    internal static Cell Empty { get; } = new([], [], []);

    internal long Bytes => Sieved.Length + (long)Close.Length + (long)Slots.Length * sizeof(int);
}
