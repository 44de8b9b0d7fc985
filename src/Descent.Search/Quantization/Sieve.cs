namespace Descent.Search;

/// <summary>
/// A first look at blocks of 32 codes: sums S of tables give a bound below which the distance to a vector r around a centre most
/// likely is not: b + a − f S − e |v|, where the query has the offset b and the direction v, as <see cref="Quantizer"/> has it. S is
/// that of the direction v + g: what the shift g adds to it is taken off again in a, so that one table serves for all centres.
/// </summary>
abstract unsafe class Sieve(Quantizer space)
{
    /// <summary>Numbers a, f and e of 32 vectors behind the parts of a block.</summary>
    internal const int TermBytes = 3 * FastScan.Codes * sizeof(float);

    /// <summary>Errors are taken to be at most so many times their spread.</summary>
    protected const float Sure = 2.5f;

    protected Quantizer Space => space;

    internal abstract int Parts { get; }

    internal int PartBytes => FastScan.Bytes(Parts);

    internal int BlockBytes => PartBytes + TermBytes;

    /// <summary>Fills in what a code is made of.</summary>
    /// <param name="shift">g, by which directions are longer in the tables than those from the centre.</param>
    internal abstract SieveTerms Encode(ReadOnlySpan<float> residual, ReadOnlySpan<float> shift, Span<byte> nibbles);

    /// <summary>Makes the tables of a query; the offset allows for what rounding them may add up to.</summary>
    internal abstract ScanScale Prepare(ReadOnlySpan<float> direction, byte* tables);

    /// <summary>Blocks of codes of some residuals.</summary>
    internal byte[] Encode(ReadOnlySpan<float> residuals, int count, ReadOnlySpan<float> shift)
    {
        byte[] blocks = new byte[(count + FastScan.Codes - 1) / FastScan.Codes * BlockBytes];
        fixed (byte* to = blocks)
            for (int first = 0; first < count; first += FastScan.Codes)
                Write(residuals[(first * space.Width)..], shift, Math.Min(FastScan.Codes, count - first), to + (nint)(first / FastScan.Codes) * BlockBytes);
        return blocks;
    }

    /// <summary>Writes a block of at most 32 codes; what is empty of it is infinitely far.</summary>
    void Write(ReadOnlySpan<float> residuals, ReadOnlySpan<float> shift, int count, byte* block)
    {
        var terms = Terms(block);
        terms[..FastScan.Codes].Fill(float.PositiveInfinity);
        Span<byte> nibbles = stackalloc byte[Parts];
        for (int i = 0; i < count; i++)
        {
            var own = Encode(residuals.Slice(i * space.Width, space.Width), shift, nibbles);
            FastScan.Write(block, i, nibbles);
            (terms[i], terms[FastScan.Codes + i], terms[2 * FastScan.Codes + i]) = (own.Offset, own.Factor, own.Error);
        }
    }

    Span<float> Terms(byte* block) => new(block + PartBytes, 3 * FastScan.Codes);
}

/// <summary>What a code adds to a distance: a, f, e.</summary>
readonly record struct SieveTerms(float Offset, float Factor, float Error);

/// <summary>Signs of the elements of a residual turned at random.</summary>
/// <remarks>Gao and Long, "RaBitQ: quantizing high-dimensional vectors with a theoretical error bound for approximate nearest neighbor search", SIGMOD 2024.</remarks>
sealed unsafe class SignSieve(Quantizer space) : Sieve(space)
{
    internal override int Parts => Space.Width / 4;

    internal override SieveTerms Encode(ReadOnlySpan<float> residual, ReadOnlySpan<float> shift, Span<byte> nibbles)
    {
        nibbles.Clear();
        double along = 0, square = 0, shifted = 0;
        for (int i = 0; i < residual.Length; i++)
        {
            along += Math.Abs(residual[i]);
            square += (double)residual[i] * residual[i];
            shifted += residual[i] > 0 ? shift[i] : -shift[i];
            if (residual[i] > 0) nibbles[i / 4] |= (byte)(1 << i % 4);
        }
        if (along == 0) return default;
        // The cosine between the residual and its signs; the error of the estimate is spread evenly over all other directions.
        double cosine = along / Math.Sqrt(square * residual.Length), scale = Space.IsEuclidean ? 2 : 1;
        double error = Math.Sqrt(square * Math.Max(0, 1 - cosine * cosine) / (cosine * cosine * Math.Max(1, residual.Length - 1)));
        double factor = scale * square / along;
        return new((float)((Space.IsEuclidean ? square : 0) + factor * shifted), (float)factor, (float)(scale * Sure * error));
    }

    internal override ScanScale Prepare(ReadOnlySpan<float> direction, byte* tables)
    {
        ScanScale scale;
        fixed (float* values = direction) scale = FastScanTables.OfSigns(values, Parts, tables);
        // Each entry is wrong by a step's twelfth part, in the mean square.
        return scale with { Offset = scale.Offset + Sure * scale.Step * MathF.Sqrt(Parts / 12f) };
    }
}

/// <summary>Centres of parts of a residual.</summary>
sealed unsafe class ProductSieve(ProductQuantizer product) : Sieve(product)
{
    /// <summary>How far products with directions of length 1 are wrong, in the mean square.</summary>
    internal float Spread { get; set; }

    internal override int Parts => product.Parts;

    internal override SieveTerms Encode(ReadOnlySpan<float> residual, ReadOnlySpan<float> shift, Span<byte> nibbles)
    {
        product.Choose(residual, nibbles);
        return new((Space.IsEuclidean ? 2 : 1) * product.Product(nibbles, shift), -1, Sure * Spread);
    }

    internal override ScanScale Prepare(ReadOnlySpan<float> direction, byte* tables)
    {
        float* entries = stackalloc float[Parts * ProductQuantizer.Centres];
        product.FillTables(direction, entries);
        var scale = FastScanTables.Quantize(entries, Parts, tables);
        return scale with { Offset = scale.Offset - Sure * scale.Step * MathF.Sqrt(Parts / 12f) };
    }
}
