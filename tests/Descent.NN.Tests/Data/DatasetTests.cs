using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class DatasetTests
{
    static TensorDataset Numbers(int count, int from = 0) =>
        new(Tensor.Arange(from, from + count).To(DType.Float32).Reshape(count, 1), Tensor.Arange(from, from + count));

    static long[] Targets(IDataset<Example> set) => [.. Enumerable.Range(0, set.Count).Select(i => set[i].Target.Item<long>())];

    [Fact]
    public void Sets_stand_one_after_the_other()
    {
        var all = new ConcatDataset<Example>(Numbers(0), Numbers(3), Numbers(0), Numbers(2, 3), Numbers(1, 5), Numbers(0));
        Assert.Equal([0, 1, 2, 3, 4, 5], Targets(all));
        Assert.Equal(-1, Assert.Throws<DatasetException>(() => all[-1]).Index);
        Assert.Equal(6, Assert.Throws<DatasetException>(() => all[6]).Index);
        Assert.Equal([0, 1, 2, 7], Targets(Numbers(3).Concat(Numbers(1, 7))));
        Assert.Empty(Targets(new ConcatDataset<Example>()));
    }

    [Fact]
    public void Views_of_views_give_the_same_batches_as_examples()
    {
        IDataset<Example>[] views =
        [
            Numbers(30).Slice(5, 20).Slice(3, 10),
            Numbers(30).RandomSplit(0.5, new Generator(1)).Second,
            new Subset<Example>(Numbers(5).Concat(Numbers(5, 10)), [9, 0, 4, 5, 5]),
            Numbers(6).Select(e => new Example(e.Input * 2, e.Target + 1)),
        ];
        foreach (var view in views)
        {
            var got = new DataLoader(view, 3).Select(b => (b.Input.ToArray<float>(), b.Target.ToArray<long>())).ToArray();
            var want = Enumerable.Range(0, view.Count).Chunk(3)
                .Select(c => (c.Select(i => view[i].Input.Item<float>()).ToArray(), c.Select(i => view[i].Target.Item<long>()).ToArray())).ToArray();
            Assert.Equal(want.Select(b => b.Item1), got.Select(b => b.Item1));
            Assert.Equal(want.Select(b => b.Item2), got.Select(b => b.Item2));
        }
    }

    [Fact]
    public void Any_number_of_tensors_make_a_set()
    {
        var set = new TensorsDataset(Tensor.Arange(6).Reshape(3, 2), Tensor.Arange(3), Tensor.Arange(3).To(DType.Float64));
        Assert.Equal([4L, 5], set[2][0].ToArray<long>());
        foreach (var source in (IBatchSource<Tensor[]>[])[set.Batched(), set.Select(r => r).Batched()])
        {
            var batches = new DataLoader<Tensor[]>(source, 2).ToArray();
            Assert.Equal([2, 1], batches.Select(b => b[0].Shape[0]));
            Assert.Equal([2L], batches[1][1].ToArray<long>());
            Assert.Equal(DType.Float64, batches[0][2].DType);
        }
        Assert.Throws<ShapeException>(() => new TensorsDataset());
        Assert.Throws<ShapeException>(() => new TensorsDataset(Tensor.Zeros(2), Tensor.Zeros(3)));
        Assert.Throws<ShapeException>(() => new TensorsDataset(Tensor.Scalar(1)));
    }

    /// <summary>Says which epoch it was asked in.</summary>
    sealed class Epochs : IDataset<int>
    {
        public int Count => 4;
        public int this[int index] => -1;
        public int At(int index, int epoch) => 100 * epoch + index;
    }

    [Fact]
    public void Every_view_knows_the_epoch()
    {
        var view = new Subset<int>(new Epochs().Concat(new Epochs()).Select(i => i), [1, 6]);
        var loader = new DataLoader<int[]>(view.Batched(b => b.ToArray()), 2, workers: 2);
        Assert.Equal([[1, 2], [101, 102], [201, 202]], (int[][])[.. loader, .. loader, .. loader]);
    }
}
