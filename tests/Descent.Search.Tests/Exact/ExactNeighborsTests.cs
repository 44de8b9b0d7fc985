using Descent.Tensors;

namespace Descent.Search.Tests;

public class ExactNeighborsTests
{
    [Theory]
    [InlineData(VectorMetric.SquaredEuclidean, VectorElement.Float32)]
    [InlineData(VectorMetric.InnerProduct, VectorElement.Float32)]
    [InlineData(VectorMetric.Cosine, VectorElement.Float16)]
    [InlineData(VectorMetric.SquaredEuclidean, VectorElement.Int8)]
    public void Lists_are_those_of_one_by_one(VectorMetric metric, VectorElement elements)
    {
        const int count = 3000, dimension = 20, k = 15;
        using var index = new FlatIndex(dimension, metric, elements);
        float[] x = IndexCase.Sample(count, dimension, 8);
        // Equal ones, and ones in order.
        x.AsSpan(0, 40 * dimension).CopyTo(x.AsSpan(900 * dimension));
        for (int i = 2000; i < 2400; i++) x.AsSpan(i * dimension, dimension).Fill(i / 20f);
        index.Add([.. Enumerable.Range(0, count).Select(i => (long)i)], x);
        foreach (int threads in (int[])[1, 2])
        {
            using var fixedThreads = new ThreadCount(threads);
            if (Find(index, [.. Enumerable.Range(0, count)], k) is not { } lists) return;
            for (int i = 0; i < count; i++)
                Assert.Equal(index.Search(index.Find(i)!, k, new() { Filter = id => id != i }).Select(f => (int)f.Id), lists.Slots(i));
        }
    }

    [Fact]
    public void Only_the_slots_that_are_named_are_looked_at()
    {
        const int count = 700, k = 6;
        using var index = new FlatIndex(5);
        index.Add([.. Enumerable.Range(0, count).Select(i => (long)i)], IndexCase.Sample(count, 5, 9));
        int[] slots = [.. Enumerable.Range(0, count).Where(i => i % 3 != 0)];
        if (Find(index, slots, k) is not { } lists) return;
        for (int i = 0; i < slots.Length; i++)
        {
            int slot = slots[i];
            Assert.Equal(index.Search(index.Find(slot)!, k, new() { Filter = id => id != slot && id % 3 != 0 }).Select(f => (int)f.Id), lists.Slots(i));
        }
    }

    [Theory, InlineData(2), InlineData(5), InlineData(60)]
    public void Fewer_vectors_than_neighbours_have_all_others(int count)
    {
        using var index = new FlatIndex(3);
        index.Add(IndexCase.Ids(count), IndexCase.Sample(count, 3, 9));
        if (Find(index, [.. Enumerable.Range(0, count)], 64) is not { } lists) return;
        for (int i = 0; i < count; i++) Assert.Equal(Enumerable.Range(0, count).Where(j => j != i), lists.Slots(i).Order());
    }

    [Fact]
    public void Vectors_that_bytes_tell_too_little_about_are_left_to_others()
    {
        const int count = 9000, dimension = 8;
        using var index = new FlatIndex(dimension);
        float[] x = IndexCase.Sample(count, dimension, 24);
        for (int i = 0; i < x.Length; i += dimension) x[i] = 1e5f * MathF.Sign(x[i]);
        index.Add(IndexCase.Ids(count), x);
        Assert.Null(Find(index, [.. Enumerable.Range(0, count)], 10));
        Assert.Equal(10, index.Store.Codec.CreateGraphKernels(index.Store).FindNearest([.. Enumerable.Range(0, count)], 10, 1).Slots(5).Length);
    }

    static NearestLists? Find(FlatIndex index, int[] slots, int k) =>
        ByteRows.Fits(index.Store.Codec) ? new ExactNeighbors(index.Store, slots, k, seed: 1).Run() : null;
}
