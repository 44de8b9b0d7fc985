using System.Numerics;
using System.Numerics.Tensors;

namespace Descent.Search;

/// <summary>
/// Elements of a residual r in 2ᵇ even steps: y = u − (2ᵇ − 1)/2 for unsigned u, as nearly parallel to r as some scales tried make it.
/// The product of a query with r is estimated by that with y times |r|² / y·r, as in RaBitQ: without bias if the space was turned at random.
/// </summary>
/// <param name="bits">Of an element, 1 to 8.</param>
/// <param name="isTurned">Whether vectors are turned at random first.</param>
sealed unsafe class LinearQuantizer(RowCodec rows, int bits, bool isTurned) : Quantizer(rows)
{
    // Shares of the greatest element beyond which elements are cut off.
    const float LeastCut = 0.4f, CutStep = 0.05f;
    const int Cuts = 13;

    const ulong RotationSeed = 0x5261_4269_7451;

    // Of the filled up width: what is zeros behind a vector takes part then.
    readonly RandomRotation? _rotation = isTurned ? new((rows.Dimension + Lanes - 1) / Lanes * Lanes, RotationSeed) : null;

    readonly int _zeros = isTurned ? 0 : (Lanes - rows.Dimension % Lanes) % Lanes;

    readonly Coder _coder = bits switch
    {
        1 => new Coder<OneBit>(),
        2 => new Coder<TwoBits>(),
        3 => new Coder<ThreeBits>(),
        4 => new Coder<FourBits>(),
        5 => new Coder<FiveBits>(),
        6 => new Coder<SixBits>(),
        7 => new Coder<SevenBits>(),
        _ => new Coder<EightBits>(),
    };

    internal override int CodeBytes => LinearDistance<EightBits>.CodeHeader + Width / 8 * bits;

    internal override int QueryFloats => LinearDistance<EightBits>.QueryHeader + Width / 2;

    float Middle => ((1 << bits) - 1) / 2f;

    internal override void Transform(ReadOnlySpan<float> vector, Span<float> to)
    {
        base.Transform(vector, to);
        _rotation?.Apply(to, to);
    }

    internal override void Learn(ReadOnlySpan<float> residuals)
    {
    }

    internal override void Encode(ReadOnlySpan<float> residual, byte* code)
    {
        float scale = BestScale(residual), most = (1 << bits - 1) - 1;
        var values = Width <= 1024 ? stackalloc byte[Width] : new byte[Width];
        double along = 0, square = 0;
        for (int i = 0; i < residual.Length; i++)
        {
            float x = residual[i], y = MathF.Min(MathF.Truncate(MathF.Abs(x) * scale), most) + 0.5f;
            along += y * Math.Abs(x);
            square += (double)x * x;
            values[i] = (byte)(Middle + (x < 0 ? -y : y));
        }
        float factor = along > 0 ? (float)(square / along) : 0;
        ((float*)code)[0] = IsEuclidean ? (float)square : 0;
        ((float*)code)[1] = IsEuclidean ? 2 * factor : factor;
        _coder.Pack(values, code + LinearDistance<EightBits>.CodeHeader);
    }

    internal override void Prepare(ReadOnlySpan<float> direction, float offset, float* query)
    {
        // Products of 16 and up to 8 bits are added up in 32.
        float greatest = MathF.Abs(TensorPrimitives.MaxMagnitude(direction)), most = Math.Min(short.MaxValue, int.MaxValue / (Width * (float)(1 << bits)));
        float scale = greatest > 0 ? most / greatest : 0;
        short* numbers = (short*)(query + LinearDistance<EightBits>.QueryHeader);
        long sum = 0;
        for (int i = 0; i < direction.Length; i++)
        {
            numbers[i] = (short)MathF.Round(direction[i] * scale);
            sum += numbers[i];
        }
        query[0] = offset;
        query[1] = scale > 0 ? 1 / scale : 0;
        query[2] = query[1] * Middle * sum;
    }

    /// <summary>Gives a prepared query another offset.</summary>
    internal static void SetOffset(float* query, float offset) => query[0] = offset;

    /// <summary>Changes a code so that it is measured by directions that are longer by a shift.</summary>
    /// <param name="back">The shift turned round, prepared as a query without an offset.</param>
    internal void Shift(float* back, byte* code) => Measure(back, code, CodeBytes, new(code, 1));

    internal override void Measure(float* query, byte* codes, int stride, Span<float> distances) => _coder.Measure(query, codes, stride, Width, distances);

    internal override GraphWalk CreateWalk(RowMemory codes) => _coder.CreateWalk(codes, Width);

    internal override bool IsSound(byte* code) => float.IsFinite(((float*)code)[0]) && float.IsFinite(((float*)code)[1]);

    internal override void Write(IndexWriter writer)
    {
    }

    internal override void Read(IndexReader reader)
    {
    }

    /// <summary>The scale of those tried with which y is nearest in direction to the residual.</summary>
    float BestScale(ReadOnlySpan<float> residual)
    {
        float greatest = MathF.Abs(TensorPrimitives.MaxMagnitude(residual)), steps = 1 << bits - 1;
        if (greatest == 0) return 0;
        float best = steps / greatest, bestCosine = 0;
        if (bits == 1) return best;
        for (int cut = 0; cut < Cuts; cut++)
        {
            float scale = steps / (greatest * (LeastCut + CutStep * cut));
            var (along, square) = (Vector<float>.Zero, Vector<float>.Zero);
            for (int i = 0; i < residual.Length; i += Vector<float>.Count)
            {
                var x = Vector.Abs(new Vector<float>(residual[i..]));
                var y = Vector.Min(Vector.Truncate(x * scale), new(steps - 1)) + new Vector<float>(0.5f);
                along += x * y;
                square += y * y;
            }
            // Zeros behind the last element count as nothing.
            float cosine = Vector.Sum(along) / MathF.Sqrt(Vector.Sum(square) - 0.25f * (_zeros));
            if (cosine > bestCosine) (best, bestCosine) = (scale, cosine);
        }
        return best;
    }

    abstract class Coder
    {
        internal abstract void Pack(ReadOnlySpan<byte> values, byte* elements);

        internal abstract void Measure(float* query, byte* codes, int stride, int width, Span<float> distances);

        internal abstract GraphWalk CreateWalk(RowMemory codes, int width);
    }

    sealed class Coder<TBits> : Coder where TBits : struct, ICodeBits
    {
        internal override void Pack(ReadOnlySpan<byte> values, byte* elements) => CodeElements<TBits>.Pack(values, elements);

        internal override void Measure(float* query, byte* codes, int stride, int width, Span<float> distances) =>
            DistanceKernels.Distances<LinearDistance<TBits>>(query, codes, stride, width, distances);

        internal override GraphWalk CreateWalk(RowMemory codes, int width) => new GraphWalk<LinearDistance<TBits>>(codes, width);
    }
}
