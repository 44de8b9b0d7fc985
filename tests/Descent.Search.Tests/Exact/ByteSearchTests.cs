using Descent.Tensors;

namespace Descent.Search.Tests;

/// <summary>Batches, which take bytes where the machine has products of them, against one by one: the same neighbours, the same bits.</summary>
public class ByteSearchTests
{
    const int Queries = 70, K = 9;

    static readonly (string Name, Func<float[], int, float[]> Change)[] s_data =
    [
        ("clusters", static (x, _) => x),
        ("far from the origin", static (x, _) => Map(x, v => 3000 + v / 8)),
        ("huge", static (x, _) => Map(x, v => v * 1e14f)),
        ("tiny", static (x, _) => Map(x, v => v * 1e-20f)),
        ("subnormal", static (x, _) => Map(x, v => v * 1e-42f)),
        ("zeros", static (x, _) => Map(x, _ => 0)),
        ("all equal", static (x, d) => Each(x, (_, i) => i % d - 3)),
        ("few values", static (x, _) => Map(x, MathF.Round)),
        ("ranges apart", static (x, d) => Each(x, (v, i) => v * MathF.Pow(10, i / d % 25 - 12))),
        ("one giant element each", static (x, d) => Each(x, (v, i) => i % d == 2 ? 1e6f + v : v)),
        ("one giant element in all", static (x, _) => Each(x, (v, i) => i == 5 ? 9e14f : v)),
        ("one giant vector", static (x, d) => Each(x, (v, i) => i / d == 100 ? 1e9f * v : v)),
        ("sparse", static (x, _) => Each(x, (v, i) => i % 7 == 0 ? v : 0)),
    ];

    public static TheoryData<string, VectorMetric, VectorElement> Cases()
    {
        var cases = new TheoryData<string, VectorMetric, VectorElement>();
        foreach (var (name, _) in s_data)
            foreach (var metric in (VectorMetric[])[VectorMetric.SquaredEuclidean, VectorMetric.InnerProduct, VectorMetric.Cosine])
                foreach (var elements in (VectorElement[])[VectorElement.Float32, VectorElement.Float16, VectorElement.Int8])
                    if (elements != VectorElement.Float16 || metric == VectorMetric.Cosine || !(name is "huge" or "ranges apart" or "one giant element each" or "one giant element in all" or "one giant vector"))
                        cases.Add(name, metric, elements);
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_batch_finds_what_is_found_one_by_one(string name, VectorMetric metric, VectorElement elements)
    {
        var change = s_data.First(d => d.Name == name).Change;
        foreach (int dimension in (int[])[5, 16, 100])
        {
            const int n = 900;
            float[] x = change(IndexCase.Sample(n + Queries, dimension, 21), dimension);
            float[] queries = x[(n * dimension)..];
            // Some queries are vectors that are there.
            x.AsSpan(0, 10 * dimension).CopyTo(queries);
            using var index = new FlatIndex(dimension, metric, elements);
            index.Add(IndexCase.Ids(n), x.AsSpan(0, n * dimension));
            Check(index, queries, null);
            Check(index, queries, id => id % 4 == 0);
        }
    }

    [Theory, InlineData(VectorMetric.SquaredEuclidean), InlineData(VectorMetric.InnerProduct)]
    public void Vectors_that_come_and_go_between_batches_are_seen(VectorMetric metric)
    {
        const int dimension = 24, n = 400;
        using var index = new FlatIndex(dimension, metric);
        float[] x = IndexCase.Sample(4 * n, dimension, 22), queries = IndexCase.Sample(Queries, dimension, 23);
        long[] ids = IndexCase.Ids(4 * n);
        Check(index, queries, null);
        for (int round = 0; round < 4; round++)
        {
            index.Add(ids.AsSpan(round * n, n), x.AsSpan(round * n * dimension, n * dimension));
            Check(index, queries, null);
            index.Remove([.. ids[..((round + 1) * n)].Where((_, i) => i % 5 == round)]);
            Check(index, queries, null);
            // Another vector under an id that is there, and far from all others.
            index.Add(ids[round * n + 4], [.. Enumerable.Repeat(50f * (round + 1), dimension)]);
            Check(index, queries, null);
        }
        index.Remove(ids.AsSpan(0, 4 * n - 30));
        Check(index, queries, null);
    }

    [Fact]
    public void Vectors_that_bytes_cannot_tell_apart_are_still_told_apart()
    {
        // So many that products of bytes are given up.
        const int dimension = 8, n = 9000;
        float[] x = IndexCase.Sample(n + Queries, dimension, 24);
        for (int i = 0; i < x.Length; i += dimension) x[i] = 1e5f * MathF.Sign(x[i]);
        using var index = new FlatIndex(dimension);
        index.Add(IndexCase.Ids(n), x.AsSpan(0, n * dimension));
        Check(index, x[(n * dimension)..], null);
    }

    [Fact]
    public void More_neighbours_than_vectors_leave_the_rest_empty()
    {
        using var index = new FlatIndex(6);
        index.Add(IndexCase.Ids(4), IndexCase.Sample(4, 6, 1));
        var many = index.SearchMany(IndexCase.Sample(40, 6, 2), 7);
        for (int q = 0; q < 40; q++) Assert.Equal([false, false, false, false, true, true, true], many[(7 * q)..(7 * q + 7)].Select(f => f == Neighbor.None));
    }

    static void Check(FlatIndex index, float[] queries, Predicate<long>? filter)
    {
        var options = new SearchOptions { Filter = filter };
        var many = index.SearchMany(queries, K, options);
        for (int q = 0; q < Queries; q++)
        {
            var one = index.Search(queries.AsSpan(q * index.Dimension, index.Dimension), K, options);
            Assert.Equal(one, many[(K * q)..(K * q + one.Length)]);
        }
    }

    static float[] Map(float[] x, Func<float, float> map) => [.. x.Select(map)];

    static float[] Each(float[] x, Func<float, int, float> map) => [.. x.Select(map)];
}
