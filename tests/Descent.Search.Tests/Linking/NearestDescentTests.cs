namespace Descent.Search.Tests;

public class NearestDescentTests
{
    [Theory, InlineData(900), InlineData(3000)]
    public void Lists_hold_nearly_all_of_the_nearest_and_never_the_vector_itself(int count)
    {
        const int dimension = 12, k = 20;
        using var index = new FlatIndex(dimension);
        float[] x = IndexCase.Sample(count, dimension, 8);
        index.Add([.. Enumerable.Range(0, count).Select(i => (long)i)], x);
        var lists = Find(index, k);
        var exact = index.SearchMany(x, k + 1);
        int hits = 0;
        for (int i = 0; i < count; i++)
        {
            int[] found = lists.Slots(i);
            Assert.Equal(k, found.Distinct().Count());
            Assert.DoesNotContain(i, found);
            hits += exact.AsSpan(i * (k + 1), k + 1).ToArray().Count(n => n.Id != i && found.Contains((int)n.Id));
        }
        Assert.InRange((double)hits / (count * k), count < 1024 ? 1 : 0.97, 1);
    }

    [Fact]
    public void Lists_are_the_same_for_any_number_of_threads()
    {
        using var index = new FlatIndex(6);
        index.Add(IndexCase.Ids(2500), IndexCase.Sample(2500, 6, 9));
        NearestLists one, two;
        using (new ThreadCount(1)) one = Find(index, 10);
        using (new ThreadCount(2)) two = Find(index, 10);
        for (int i = 0; i < 2500; i++) Assert.Equal(one.Slots(i), two.Slots(i));
    }

    [Fact]
    public void Fewer_vectors_than_neighbours_have_all_others()
    {
        using var index = new FlatIndex(3);
        index.Add(IndexCase.Ids(5), IndexCase.Sample(5, 3, 9));
        var lists = Find(index, 8);
        for (int i = 0; i < 5; i++) Assert.Equal(Enumerable.Range(0, 5).Where(j => j != i), lists.Slots(i).Order());
    }

    static NearestLists Find(FlatIndex index, int k) =>
        new NearestDescent<NumberDistance<float, SingleElements, SquaredEuclideanMeasure>>(index.Store, [.. Enumerable.Range(0, index.Count)], k, seed: 1).Run(Course.None);
}
