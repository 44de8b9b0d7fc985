using Descent.Tensors;

namespace Descent.Search.Tests;

public class CellNeighborsTests
{
    const int Neighbours = 20;

    /// <param name="Vectors">Of <paramref name="Dimension"/> elements.</param>
    /// <param name="Least">The least share of all neighbours that must be found; of those as near as the farthest any will do.</param>
    public sealed record Shape(string Name, int Dimension, float[] Vectors, double Least)
    {
        public VectorMetric Metric { get; init; }

        public VectorElement Elements { get; init; }

        public override string ToString() => Name;
    }

    public static TheoryData<Shape> Shapes =>
    [
        new("clusters", 20, Clusters(6000, 20, 30), 0.99),
        new("clusters of float16", 20, Clusters(6000, 20, 30), 0.99) { Elements = VectorElement.Float16 },
        new("clusters of int8", 20, Clusters(6000, 20, 30), 0.99) { Elements = VectorElement.Int8 },
        new("clusters by angle", 20, Clusters(6000, 20, 30), 0.99) { Metric = VectorMetric.Cosine },
        new("directions of many kinds", 33, IndexCase.Sample(6000, 33, 4), 0.9),
        new("greatest products", 24, IndexCase.Sample(6000, 24, 5), 0.9) { Metric = VectorMetric.InnerProduct },
        new("clusters far apart", 8, FarApart(5000, 8), 0.99),
        new("all equal", 4, [.. Enumerable.Repeat(0.5f, 9000 * 4)], 1),
        new("half equal", 12, HalfEqual(6000, 12), 0.95),
        new("a line", 3, [.. Enumerable.Range(0, 5000 * 3).Select(i => i / 3 * 0.01f)], 0.99),
        new("one that is far", 6, [.. IndexCase.Sample(4000, 6, 6), .. Enumerable.Repeat(1e6f, 6)], 0.95),
    ];

    [Theory, MemberData(nameof(Shapes))]
    public void Lists_hold_most_of_the_nearest_and_never_the_vector_itself_for_any_number_of_threads(Shape shape)
    {
        using var index = Index(shape);
        NearestLists lists, two;
        using (new ThreadCount(1)) lists = Find(index);
        using (new ThreadCount(2)) two = Find(index);
        int hits = 0, all = 0;
        for (int i = 0; i < index.Count; i += 7)
        {
            Assert.Equal(lists.Known(i).ToArray(), two.Known(i).ToArray());
            int[] found = lists.Slots(i);
            Assert.Equal(Neighbours, found.Distinct().Count());
            Assert.DoesNotContain(i, found);
            var exact = index.Search(index.Find(i)!, Neighbours, new() { Filter = id => id != i });
            float[] distances = [.. lists.Known(i).ToArray().Select(NodeKey.Distance)];
            Assert.Equal(distances.Order(), distances);
            hits += distances.Count(distance => distance <= exact[^1].Distance);
            all += Neighbours;
        }
        Assert.InRange((double)hits / all, shape.Least, 1);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(12), InlineData(1300)]
    public void Fewer_vectors_than_neighbours_have_all_others_of_their_cells(int count)
    {
        using var index = new FlatIndex(5);
        index.Add(IndexCase.Ids(count), IndexCase.Sample(count, 5, 9));
        var lists = new CellNeighbors(index.Store, [.. Enumerable.Range(0, count)], 1500, seed: 1).Run(Course.None);
        for (int i = 0; i < count; i += 50) Assert.Equal(Enumerable.Range(0, count).Where(j => j != i), lists.Slots(i).Order());
    }

    [Fact]
    public void Only_the_slots_that_are_named_are_looked_at()
    {
        using var index = new FlatIndex(5);
        index.Add(IndexCase.Ids(4000), IndexCase.Sample(4000, 5, 9));
        int[] slots = [.. Enumerable.Range(0, 4000).Where(i => i % 3 != 0)];
        var lists = new CellNeighbors(index.Store, slots, 10, seed: 1).Run(Course.None);
        for (int i = 0; i < slots.Length; i++)
        {
            Assert.Equal(10, lists.Slots(i).Length);
            Assert.All(lists.Slots(i), slot => Assert.NotEqual(0, slot % 3));
        }
    }

    static NearestLists Find(FlatIndex index) => new CellNeighbors(index.Store, [.. Enumerable.Range(0, index.Count)], Neighbours, seed: 1).Run(Course.None);

    static FlatIndex Index(Shape shape)
    {
        var index = new FlatIndex(shape.Dimension, shape.Metric, shape.Elements);
        index.Add([.. Enumerable.Range(0, shape.Vectors.Length / shape.Dimension).Select(i => (long)i)], shape.Vectors);
        return index;
    }

    static float[] Clusters(int count, int dimension, int clusters)
    {
        float[] x = IndexCase.Sample(count, dimension, 2), centres = IndexCase.Sample(clusters, dimension, 3);
        for (int i = 0; i < x.Length; i++) x[i] = 5 * centres[i / dimension % clusters * dimension + i % dimension] + x[i];
        return x;
    }

    // Within a cluster bytes tell little, so that products of floats must do.
    static float[] FarApart(int count, int dimension)
    {
        float[] x = IndexCase.Sample(count, dimension, 2);
        for (int i = 0; i < count; i++) x[i * dimension] += i % 2 * 3e3f;
        return x;
    }

    static float[] HalfEqual(int count, int dimension)
    {
        float[] x = IndexCase.Sample(count, dimension, 2);
        for (int i = 1; i < count; i += 2) x.AsSpan(0, dimension).CopyTo(x.AsSpan(i * dimension));
        return x;
    }
}
