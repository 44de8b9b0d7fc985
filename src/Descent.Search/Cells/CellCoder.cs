using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

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
        Closer = code != VectorCode.RaBitQ1 ? quantizer as LinearQuantizer : null;
    }

    /// <summary>Where residuals are.</summary>
    internal Quantizer Space { get; }

    internal Sieve? Sieve { get; }

    internal LinearQuantizer? Closer { get; }

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

    /// <summary>A cell of some slots.</summary>
    /// <param name="residuals">Of their vectors to the centre of the cell.</param>
    /// <param name="shift">By how much the directions that codes are measured by are longer than those from the centre.</param>
    internal Cell Encode(int[] slots, float[] residuals, ReadOnlySpan<float> shift)
    {
        int width = Space.Width;
        byte[] sieved = Sieve?.Encode(residuals, slots.Length, shift) ?? [], close = new byte[Closer is null ? 0 : slots.Length * Closer.CodeBytes];
        float[] back = new float[width], query = new float[Closer?.QueryFloats ?? 0];
        TensorPrimitives.Negate(shift, back);
        fixed (byte* to = close)
        fixed (float* from = query)
        {
            Closer?.Prepare(back, 0, from);
            for (int i = 0; i < slots.Length && Closer is not null; i++)
            {
                byte* code = to + (nint)i * Closer.CodeBytes;
                Closer.Encode(residuals.AsSpan(i * width, width), code);
                Closer.Shift(from, code);
            }
        }
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

    /// <summary>Asks for what the sieve reads of it.</summary>
    internal unsafe void Prefetch()
    {
        // That it may move meanwhile does no harm.
        if (Sieved.Length > 0) DistanceKernels.Prefetch((byte*)Unsafe.AsPointer(ref Sieved[0]), Sieved.Length);
    }

    internal long Bytes => Sieved.Length + (long)Close.Length + (long)Slots.Length * sizeof(int);
}
