using Descent.Tensors;

namespace Descent.Search.Tests;

public class FlatIndexTests
{
    [Fact]
    public void Whole_numbers_are_stored_in_int8_as_they_are()
    {
        using var index = new FlatIndex(4, elements: VectorElement.Int8);
        index.Add(1, [3, -100, 127, 0]);
        index.Add(2, [0.5f, 1, -2, 0]);
        Assert.Equal([3, -100, 127, 0], index.Find(1)!);
        Assert.Equal(0, index.Search([3, -100, 127, 0], 1)[0].Distance);
        Assert.Equal(-2, index.Find(2)![2], 1e-6f);
        Assert.InRange(index.Find(2)![0], 0.5f - 2f / 254, 0.5f + 2f / 254);
    }

    [Fact]
    public void Halves_are_exact_where_they_can_be()
    {
        float[] values = [1, -2.5f, 65504, 6.1035156e-5f, 5.9604645e-8f, -5.9604645e-8f, 0, 0.333251953125f];
        using var index = new FlatIndex(values.Length, elements: VectorElement.Float16);
        index.Add(1, values);
        Assert.Equal(values, index.Find(1)!);
        Assert.Equal(0, index.Search(values, 1)[0].Distance);
        Assert.Throws<ArgumentException>(() => index.Add(2, [65600, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void A_vector_of_zeros_is_at_distance_1_by_cosine()
    {
        using var index = new FlatIndex(3, VectorMetric.Cosine);
        index.Add(1, [0, 0, 0]);
        index.Add(2, [-1, 0, 0]);
        index.Add(3, [1e15f, 0, 0]);
        Assert.Equal([new(3, 0), new(1, 1), new(2, 2)], index.Search([0.5f, 0, 0], 3));
    }

    [Theory, InlineData(1), InlineData(2)]
    public void More_rows_than_one_thread_takes_at_a_time_are_all_searched(int threads)
    {
        using var fixedThreads = new ThreadCount(threads);
        const int n = 40_000;
        using var index = new FlatIndex(2);
        float[] x = new float[2 * n];
        new Generator(6).Uniform(x);
        index.Add(IndexCase.Ids(n), x);
        foreach (int at in (int[])[0, 16_383, 16_384, 39_999])
        {
            var found = index.Search(x.AsSpan(2 * at, 2), 3);
            Assert.Equal(3 * at + 100, found[0].Id);
            Assert.Equal(IndexCase.Exact(index, IndexCase.Ids(n), x.AsSpan(2 * at, 2), 3).Select(f => f.Id), found.Select(f => f.Id));
        }
    }

    [Theory, InlineData(MatMulPrecision.Highest), InlineData(MatMulPrecision.Medium)]
    public void Batches_stay_exact_where_the_product_loses_all_digits(MatMulPrecision precision)
    {
        // Far from the origin the differences are less than the product's rounding.
        const int n = 2500, dimension = 24;
        float[] x = IndexCase.Sample(n, dimension, 3);
        for (int i = 0; i < x.Length; i++) x[i] = 3000 + x[i] / 8;
        using var index = new FlatIndex(dimension);
        index.Add(IndexCase.Ids(n), x);
        float[] queries = x[..(40 * dimension)];
        var before = Numerics.MatMulPrecision;
        try
        {
            Numerics.MatMulPrecision = precision;
            var many = index.SearchMany(queries, 4);
            for (int q = 0; q < 40; q++) Assert.Equal(index.Search(queries.AsSpan(q * dimension, dimension), 4), many[(4 * q)..(4 * q + 4)]);
        }
        finally
        {
            Numerics.MatMulPrecision = before;
        }
    }
}
