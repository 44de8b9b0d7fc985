using Descent.Tensors;

namespace Descent.Search.Tests;

public unsafe class EdgeCodecTests
{
    const int Capacity = 32;

    public static TheoryData<VectorMetric, int> Cases
    {
        get
        {
            var cases = new TheoryData<VectorMetric, int>();
            foreach (var metric in (VectorMetric[])[VectorMetric.SquaredEuclidean, VectorMetric.InnerProduct, VectorMetric.Cosine])
                foreach (int dimension in (int[])[16, 37, 96, 200]) cases.Add(metric, dimension);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Estimates_are_right_but_for_the_error_of_one_bit(VectorMetric metric, int dimension)
    {
        const int n = 400;
        using var index = new FlatIndex(dimension, metric);
        index.Add(IndexCase.Ids(n), IndexCase.Sample(n, dimension, 3));
        var (store, rows) = (index.Store, index.Store.Codec);
        float[] center = new float[rows.QueryFloats], query = new float[rows.QueryFloats], distance = new float[1], estimates = new float[Capacity];
        new Generator(4).Normal(center.AsSpan(0, dimension), 0, 0.1f);
        byte[] list = GC.AllocateArray<byte>(EdgeCodec.ListBytes(rows, Capacity), pinned: true);
        double error = 0, bias = 0;
        int count = 0;
        var scratch = SearchScratch.Rent();
        for (ulong seed = 0; seed < 20; seed++)
        {
            var codec = new EdgeCodec(rows, center, seed);
            rows.Prepare(IndexCase.Sample(1, dimension, 100 + seed), query);
            fixed (byte* bytes = list)
            fixed (float* q = query, e = estimates)
            {
                int from = (int)seed, filled = Capacity - 5;
                int* nodes = (int*)bytes;
                for (int i = 0; i < Capacity; i++) nodes[i] = i < filled ? from + 1 + i : -1;
                codec.Encode(store.Rows, from, nodes, Capacity);
                rows.Measure(query, store.Rows.Row(from), distance);
                codec.Prepare(q, scratch).Estimate(nodes, Capacity, distance[0], e);
                float[] origin = index.Find(IndexCase.Ids(n)[from])!;
                for (int i = 0; i < filled; i++)
                {
                    float[] other = index.Find(IndexCase.Ids(n)[from + 1 + i])!;
                    rows.Measure(query, store.Rows.Row(from + 1 + i), distance);
                    double edge = Length(other, origin), across = metric == VectorMetric.SquaredEuclidean ? 2 * Length(query, origin) : Length(query, center);
                    double relative = (estimates[i] - distance[0]) / (edge * across / Math.Sqrt(rows.QueryFloats));
                    (error, bias, count) = (error + relative * relative, bias + relative, count + 1);
                }
                Assert.Equal(Enumerable.Repeat(float.PositiveInfinity, Capacity - filled), estimates[filled..]);
            }
        }
        scratch.Return();
        // √(π/2 − 1) = 0.76 of what it is divided by, from one bit for each element.
        Assert.InRange(Math.Sqrt(error / count), 0.5, 1.1);
        Assert.InRange(bias / count, -0.15, 0.15);
    }

    [Fact]
    public void An_edge_to_an_equal_vector_is_as_far_as_the_vector()
    {
        using var index = new FlatIndex(16);
        float[] vector = IndexCase.Sample(1, 16, 1);
        index.Add([1, 2], [.. vector, .. vector]);
        var codec = new EdgeCodec(index.Store.Codec, new float[16], 1);
        byte[] list = GC.AllocateArray<byte>(EdgeCodec.ListBytes(index.Store.Codec, Capacity), pinned: true);
        float[] query = IndexCase.Sample(1, 16, 2), estimates = new float[Capacity];
        var scratch = SearchScratch.Rent();
        fixed (byte* bytes = list)
        fixed (float* q = query, e = estimates)
        {
            new Span<int>(bytes, Capacity).Fill(-1);
            *(int*)bytes = 1;
            codec.Encode(index.Store.Rows, 0, (int*)bytes, Capacity);
            codec.Prepare(q, scratch).Estimate((int*)bytes, Capacity, 5, e);
        }
        scratch.Return();
        Assert.Equal(5, estimates[0]);
    }

    static double Length(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++) sum += Math.Pow(a[i] - b[i], 2);
        return Math.Sqrt(sum);
    }
}
