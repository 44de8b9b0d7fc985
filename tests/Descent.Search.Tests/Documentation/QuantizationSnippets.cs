using System.Numerics.Tensors;
using Descent.NN;
using Descent.Tensors;
using Descent.Testing;

namespace Descent.Search.Tests.Documentation;

/// <summary>The examples of docs/concepts/vector-quantization.md.</summary>
public sealed unsafe class QuantizationSnippets
{
    [Fact]
    public void Elements_stored_in_fewer_bits()
    {
        float[] vectors = VectorSamples.Clusters(10_000, 96, seed: 5), queries = VectorSamples.Clusters(200, 96, seed: 5, draw: 1);
        long[] ids = [.. Enumerable.Range(0, 10_000).Select(i => (long)i)];
        using var exact = new FlatIndex(96);
        exact.Add(ids, vectors);
        var truth = TrueNeighbors.Find(exact, queries, k: 10);
        var found = new Dictionary<VectorElement, (double Recall, long Bytes)>();
        foreach (var elements in new[] { VectorElement.Float16, VectorElement.Int8 })
        {
            using var index = new FlatIndex(96, elements: elements);
            index.Add(ids, vectors);
            found[elements] = (truth.Recall(index.SearchMany(queries, k: 10)), index.Statistics.VectorBytes);
        }

        Assert.InRange(found[VectorElement.Float16].Recall, 0.997, 1);
        Assert.InRange(found[VectorElement.Int8].Recall, 0.99, 1);
        Assert.InRange(found[VectorElement.Int8].Bytes, 10_000L * 96, 15_000L * 112);
    }

    [Fact]
    public void Walks_by_codes_and_ranks_by_vectors()
    {
        float[] vectors = VectorSamples.Clusters(10_000, 96, seed: 5), queries = VectorSamples.Clusters(200, 96, seed: 5, draw: 1);
        long[] ids = [.. Enumerable.Range(0, 10_000).Select(i => (long)i)];
        using var exact = new FlatIndex(96);
        exact.Add(ids, vectors);
        var truth = TrueNeighbors.Find(exact, queries, k: 10);

        using var index = new HnswIndex(96, options: new() { Code = VectorCode.RaBitQ4 });
        index.Add(ids, vectors);
        double recall = truth.Recall(index.SearchMany(queries, k: 10, new() { Ef = 40 }));

        Assert.Equal(0.99, recall, 0.01);
    }

    public static TheoryData<VectorCode, int, double> Codes => new()
    {
        { VectorCode.Int8, 104, 0.00065 },
        { VectorCode.Product2, 24, 0.078 },
        { VectorCode.Product4, 12, 0.19 },
        { VectorCode.RaBitQ1, 20, 0.077 },
        { VectorCode.RaBitQ4, 56, 0.010 },
        { VectorCode.RaBitQ8, 104, 0.00064 },
    };

    [Theory, MemberData(nameof(Codes))]
    public void Bytes_and_errors_of_codes(VectorCode code, int bytes, double error)
    {
        var (exact, estimated, taken) = Estimates(code, 2000);
        double rms = Math.Sqrt(exact.Zip(estimated, (a, b) => (a - b) * (a - b)).Average()) / exact.Average();
        Assert.Equal(bytes, taken);
        Assert.InRange(rms, 0.9 * error, 1.1 * error);
    }

    [Fact]
    public void Picture_of_estimated_distances()
    {
        var chart = new LineChart("300 distances", "exact", "estimated by the code");
        foreach (var (name, code) in new[] { ("Product4", VectorCode.Product4), ("RaBitQ1", VectorCode.RaBitQ1), ("RaBitQ4", VectorCode.RaBitQ4) })
        {
            var (exact, estimated, _) = Estimates(code, 300);
            chart.AddCloud(name, exact.Zip(estimated));
        }
        Pictures.Same("codes.svg", chart.ToDocument());
    }

    /// <summary>Squared distances of vectors of 96 normal elements from one of them.</summary>
    static (double[] Exact, double[] Estimated, int Bytes) Estimates(VectorCode code, int count)
    {
        const int dimension = 96;
        var quantizer = Quantizer.Create(code, RowCodec.Create(dimension, VectorMetric.SquaredEuclidean, VectorElement.Float32))!;
        float[] raw = new float[(count + 1) * dimension], turned = new float[(count + 1) * quantizer.Width];
        new Generator(8).Normal(raw);
        for (int i = 0; i <= count; i++) quantizer.Transform(raw.AsSpan(i * dimension, dimension), turned.AsSpan(i * quantizer.Width, quantizer.Width));
        quantizer.Learn(turned);
        float[] query = new float[quantizer.QueryFloats], one = new float[1];
        double[] exact = new double[count], estimated = new double[count];
        byte[] bytes = new byte[quantizer.CodeBytes];
        var q = turned.AsSpan(0, quantizer.Width);
        fixed (byte* to = bytes)
        fixed (float* from = query)
        {
            quantizer.Prepare(q, TensorPrimitives.SumOfSquares<float>(q), from);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> x = turned.AsSpan((i + 1) * quantizer.Width, quantizer.Width);
                quantizer.Encode(x, to);
                quantizer.Measure(from, to, bytes.Length, one);
                (exact[i], estimated[i]) = (Math.Pow(TensorPrimitives.Distance(q, x), 2), one[0]);
            }
        }
        return (exact, estimated, bytes.Length);
    }
}
