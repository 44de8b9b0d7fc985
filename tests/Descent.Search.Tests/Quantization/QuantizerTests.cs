using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Search.Tests;

public unsafe class QuantizerTests
{
    /// <summary>A code, the bytes that an element takes of it, and how wrong its products may be as a share of both lengths, at 96 elements.</summary>
    public static TheoryData<VectorCode, double, double> Codes => new()
    {
        { VectorCode.Int8, 1, 0.001 },
        { VectorCode.Product2, 0.25, 0.08 },
        { VectorCode.Product4, 0.125, 0.19 },
        { VectorCode.RaBitQ1, 1 / 8.0, 0.085 },
        { VectorCode.RaBitQ2, 2 / 8.0, 0.04 },
        { VectorCode.RaBitQ3, 3 / 8.0, 0.02 },
        { VectorCode.RaBitQ4, 4 / 8.0, 0.011 },
        { VectorCode.RaBitQ5, 5 / 8.0, 0.0055 },
        { VectorCode.RaBitQ6, 6 / 8.0, 0.0026 },
        { VectorCode.RaBitQ7, 7 / 8.0, 0.0014 },
        { VectorCode.RaBitQ8, 1, 0.0007 },
    };

    [Theory, MemberData(nameof(Codes))]
    public void Distances_are_estimated_as_well_as_the_bits_allow(VectorCode code, double bytes, double error)
    {
        foreach (var metric in (VectorMetric[])[VectorMetric.SquaredEuclidean, VectorMetric.InnerProduct])
        {
            double[] wrong = Errors(code, metric, 96);
            Assert.InRange(Quantizer.Create(code, RowCodec.Create(96, metric, VectorElement.Float32))!.CodeBytes, 96 * bytes, 96 * bytes + 8);
            Assert.InRange(Math.Sqrt(wrong.Average(e => e * e)), error / 4, error);
        }
    }

    [Theory, MemberData(nameof(Codes))]
    public void Estimates_are_about_right_in_every_dimension(VectorCode code, double bytes, double error)
    {
        _ = bytes;
        foreach (int dimension in (int[])[1, 3, 16, 31, 32, 33, 64, 127, 300])
        {
            // As a share of lengths that are near 0, parts of few elements are far off.
            if (dimension < 16 && code is (VectorCode.Product2 or VectorCode.Product4)) continue;
            double[] wrong = Errors(code, VectorMetric.SquaredEuclidean, dimension);
            Assert.InRange(Math.Sqrt(wrong.Average(e => e * e)), 0, 2.5 * error);
        }
    }

    [Theory, MemberData(nameof(Codes))]
    public void Random_codes_of_RaBitQ_have_no_bias(VectorCode code, double bytes, double error)
    {
        _ = bytes;
        if (code is VectorCode.Product2 or VectorCode.Product4) return;
        double[] wrong = Errors(code, VectorMetric.InnerProduct, 96);
        // The mean of independent errors is as small as their number makes it.
        Assert.InRange(wrong.Average(), -4 * error / Math.Sqrt(wrong.Length), 4 * error / Math.Sqrt(wrong.Length));
    }

    [Theory, MemberData(nameof(Codes))]
    public void A_vector_of_zeros_is_estimated_exactly(VectorCode code, double bytes, double error)
    {
        _ = (bytes, error);
        if (code is VectorCode.Product2 or VectorCode.Product4) return;
        var quantizer = Quantizer.Create(code, RowCodec.Create(20, VectorMetric.SquaredEuclidean, VectorElement.Float32))!;
        float[] zeros = new float[quantizer.Width], query = new float[quantizer.QueryFloats], direction = [.. Enumerable.Range(0, quantizer.Width).Select(i => i < 20 ? i - 7f : 0)], distance = new float[1];
        byte[] bytesOfCode = new byte[quantizer.CodeBytes + 16];
        fixed (byte* to = bytesOfCode)
        fixed (float* from = query)
        {
            quantizer.Encode(zeros, to);
            quantizer.Prepare(direction, 5, from);
            quantizer.Measure(from, to, bytesOfCode.Length, distance);
            Assert.Equal(5, distance[0]);
            quantizer.Prepare(zeros, 7, from);
            quantizer.Measure(from, to, bytesOfCode.Length, distance);
            Assert.Equal(7, distance[0]);
        }
    }

    [Fact]
    public void Bits_are_no_place_for_codes()
    {
        Assert.Contains("expected VectorCode.None", Assert.Throws<ArgumentException>(() => new HnswIndex(8, VectorMetric.Hamming, VectorElement.Binary, new() { Code = VectorCode.Int8 })).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NsgIndex(8, options: new() { Code = (VectorCode)99 }));
    }

    /// <summary>By how much products are estimated wrongly, as a share of both lengths.</summary>
    static double[] Errors(VectorCode code, VectorMetric metric, int dimension)
    {
        const int count = 2000;
        var quantizer = Quantizer.Create(code, RowCodec.Create(dimension, metric, VectorElement.Float32))!;
        float[] raw = new float[count * dimension], turned = new float[count * quantizer.Width];
        new Generator(8).Normal(raw);
        for (int i = 0; i < count; i++) quantizer.Transform(raw.AsSpan(i * dimension, dimension), turned.AsSpan(i * quantizer.Width, quantizer.Width));
        quantizer.Learn(turned);
        float[] query = new float[quantizer.QueryFloats], estimated = new float[1];
        double[] wrong = new double[count];
        byte[] bytes = new byte[quantizer.CodeBytes];
        fixed (byte* to = bytes)
        fixed (float* from = query)
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> x = turned.AsSpan(i * quantizer.Width, quantizer.Width), q = turned.AsSpan((i * 7 + 1) % count * quantizer.Width, quantizer.Width);
                quantizer.Encode(x, to);
                quantizer.Prepare(q, metric == VectorMetric.SquaredEuclidean ? TensorPrimitives.SumOfSquares(q) : 0, from);
                quantizer.Measure(from, to, bytes.Length, estimated);
                double scale = metric == VectorMetric.SquaredEuclidean ? 2 : 1;
                double exact = metric == VectorMetric.SquaredEuclidean ? Math.Pow(TensorPrimitives.Distance(q, x), 2) : -TensorPrimitives.Dot(q, x);
                wrong[i] = (estimated[0] - exact) / (scale * TensorPrimitives.Norm(q) * TensorPrimitives.Norm(x));
            }
        return wrong;
    }
}
