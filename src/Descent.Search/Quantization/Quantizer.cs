using System.Numerics.Tensors;

namespace Descent.Search;

/// <summary>
/// How vectors are coded in a fixed number of bytes, and how the distance of a query to a code is estimated. Codes are of
/// residuals r = x − c to a centre c, in a space to which a rotation may lead first. Where x̂ is what the code stands for,
/// |q − x|² = |q − c|² + |r|² − 2 (q − c)·r and −q·x = −q·c − q·r: the first term is the query's offset, the second the code's, and
/// the product is estimated.
/// </summary>
abstract unsafe class Quantizer(RowCodec rows)
{
    /// <summary>Elements are filled up with zeros to a multiple of this.</summary>
    internal const int Lanes = 32;

    /// <summary>Vectors that are learned from at most.</summary>
    internal const int MostLearned = 16384;

    // Of queries and codes drawn to learn how far estimates are wrong.
    const int Tried = 512;

    internal RowCodec Rows => rows;

    internal bool IsEuclidean => rows.Metric == VectorMetric.SquaredEuclidean;

    /// <summary>Floats of a vector in the space of the residuals, a multiple of <see cref="Lanes"/>.</summary>
    internal int Width => (rows.Dimension + Lanes - 1) / Lanes * Lanes;

    internal abstract int CodeBytes { get; }

    /// <summary>Floats of a prepared query.</summary>
    internal abstract int QueryFloats { get; }

    /// <summary>Null for no code; <see cref="Check"/> knows what there may be.</summary>
    internal static Quantizer? Create(VectorCode code, RowCodec rows) => code switch
    {
        VectorCode.None => null,
        VectorCode.Int8 => new LinearQuantizer(rows, 8, isTurned: false),
        VectorCode.Product2 => new ProductQuantizer(rows, 2),
        VectorCode.Product4 => new ProductQuantizer(rows, 4),
        _ => new LinearQuantizer(rows, code - VectorCode.RaBitQ1 + 1, isTurned: true),
    };

    /// <exception cref="ArgumentException">Vectors of that kind cannot be coded so.</exception>
    internal static void Check(VectorCode code, RowCodec rows)
    {
        if (code is < VectorCode.None or > VectorCode.RaBitQ8) throw new ArgumentOutOfRangeException(nameof(code), code, "There is no such code.");
        if (code != VectorCode.None && rows.Elements == VectorElement.Binary)
            throw new ArgumentException($"The code {code} is one of numbers; the index holds bits. Expected {nameof(VectorCode)}.{VectorCode.None}.");
    }

    internal static VectorCode ReadCode(IndexReader reader, RowCodec rows) =>
        (VectorCode)reader.Int32(0, (int)(rows.Elements == VectorElement.Binary ? VectorCode.None : VectorCode.RaBitQ8), "the code");

    /// <summary>A vector in the space of the residuals.</summary>
    internal virtual void Transform(ReadOnlySpan<float> vector, Span<float> to)
    {
        vector[..rows.Dimension].CopyTo(to);
        to[rows.Dimension..].Clear();
    }

    /// <summary>Learns from some residuals, <c>(count, width)</c>; with the same ones it comes to know the same.</summary>
    internal abstract void Learn(ReadOnlySpan<float> residuals);

    internal abstract void Encode(ReadOnlySpan<float> residual, byte* code);

    /// <param name="direction">What residuals are multiplied by: q − c for Euclidean distances, else q.</param>
    /// <param name="offset">|q − c|² or −q·c or 1 − q·c.</param>
    internal abstract void Prepare(ReadOnlySpan<float> direction, float offset, float* query);

    /// <summary>Estimated distances to codes one after another.</summary>
    internal abstract void Measure(float* query, byte* codes, int stride, Span<float> distances);

    internal abstract GraphWalk CreateWalk(RowMemory codes);

    /// <summary>Whether a code that came from a file holds only what could have been written.</summary>
    internal abstract bool IsSound(byte* code);

    internal abstract void Write(IndexWriter writer);

    internal abstract void Read(IndexReader reader);

    /// <summary>The query's offset, and what residuals to a centre are multiplied by.</summary>
    internal float Aim(ReadOnlySpan<float> query, ReadOnlySpan<float> centre, Span<float> direction)
    {
        if (IsEuclidean)
        {
            TensorPrimitives.Subtract(query, centre, direction);
            return TensorPrimitives.SumOfSquares<float>(direction);
        }
        query.CopyTo(direction);
        float product = TensorPrimitives.Dot(query, centre);
        return rows.Metric == VectorMetric.Cosine ? 1 - product : -product;
    }

    /// <summary>How far products of residuals with directions of length 1 are estimated wrongly, in the mean square of some pairs.</summary>
    internal float MeasureSpread(ReadOnlySpan<float> residuals)
    {
        int count = residuals.Length / Width;
        byte[] code = new byte[CodeBytes];
        float[] query = new float[QueryFloats], distance = new float[1];
        double errors = 0;
        int tried = 0;
        fixed (byte* to = code)
        fixed (float* from = query)
            for (int t = 0; t < Math.Min(Tried, count); t++)
            {
                ReadOnlySpan<float> x = residuals.Slice(t * Width, Width), q = residuals.Slice((int)((t + 1L + count / 2) % count) * Width, Width);
                float length = TensorPrimitives.Norm(q);
                if (length == 0) continue;
                Encode(x, to);
                Prepare(q, 0, from);
                Measure(from, to, code.Length, distance);
                double product = TensorPrimitives.Dot(q, x);
                double exact = IsEuclidean ? TensorPrimitives.SumOfSquares(x) - 2 * product : -product;
                errors += Math.Pow((distance[0] - exact) / length, 2);
                tried++;
            }
        return tried == 0 ? 0 : (float)Math.Sqrt(errors / tried);
    }
}
