using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class CollateTests
{
    sealed record Sentence(Tensor Ids, long Label, string Text, (float A, Tensor B) Pair);

    sealed record Batch(PaddedBatch Ids, Tensor Labels, (IReadOnlyList<string> Texts, (Tensor, Tensor) Pairs) Rest);

    static Tensor Ids(params long[] ids) => Tensor.From<long>(ids);

    static Sentence Say(string text, long label) =>
        new(Ids([.. text.Select(c => (long)c)]), label, text, (label / 2f, Tensor.Full([2, 3], label)));

    sealed class List<T>(params T[] items) : IDataset<T>
    {
        public int Count => items.Length;
        public T this[int index] => items[index];
    }

    [Fact]
    public void Nested_records_become_batches_of_their_fields()
    {
        var collate = Collate.Fields(
            (Sentence s) => s.Ids, Collate.Pad(-1),
            s => s.Label, Collate.Numbers,
            s => (s.Text, s.Pair), Collate.Tuples<string, (float, Tensor), IReadOnlyList<string>, (Tensor, Tensor)>(
                Collate.Keep, Collate.Tuples<float, Tensor, Tensor, Tensor>(Collate.Numbers, Collate.Stack)),
            (ids, labels, rest) => new Batch(ids, labels, rest));
        var loader = new DataLoader<Batch>(new List<Sentence>(Say("ab", 1), Say("", 2), Say("xyz", 3)).Batched(collate), 2);
        var batches = loader.ToArray();
        Assert.Equal([97L, 98, -1, -1], batches[0].Ids.Values.ToArray<long>());
        Assert.Equal([2L, 0], batches[0].Ids.Lengths.ToArray<long>());
        Assert.Equal([true, true, false, false], batches[0].Ids.Mask.ToArray<bool>());
        Assert.Equal([1L, 2], batches[0].Labels.ToArray<long>());
        Assert.Equal(["xyz"], batches[1].Rest.Texts);
        Assert.Equal([1.5f], batches[1].Rest.Pairs.Item1.ToArray<float>());
        Assert.Equal(new Shape(2, 2, 3), batches[0].Rest.Pairs.Item2.Shape);
    }

    [Theory]
    [InlineData(false, 1, new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9 })]
    [InlineData(true, 1, new double[] { 1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 7, 8 })]
    [InlineData(false, 4, new double[] { 1, 2, 3, 4, 5, 6, 9, 9, 7, 8, 9, 9, 9, 9, 9, 9 })]
    public void Sequences_are_filled_up_to_the_longest(bool left, int multipleOf, double[] expected)
    {
        var batch = Collate.Pad(9, left, multipleOf)([Tensor.Arange(1, 7).To(DType.Float64).Reshape(3, 2), Tensor.Arange(7, 9).To(DType.Float64).Reshape(1, 2)]);
        Assert.Equal(expected, batch.Values.ToArray<double>());
        Assert.Equal([3L, 1], batch.Lengths.ToArray<long>());
        Assert.Equal([3L, 1], batch.Mask.To(DType.Int64).Sum(1).ToArray<long>());
        Assert.Equal(left ? batch.Values.Shape[1] - 1 : 0, batch.Mask[1].To(DType.Int64).Argmax().Item<long>());
    }

    [Fact]
    public void Arrays_and_dictionaries_are_taken_apart()
    {
        var arrays = Collate.Arrays<long, Tensor>(Collate.Numbers)([[1L, 2], [3, 4], [5, 6]]);
        Assert.Equal([[1L, 3, 5], [2L, 4, 6]], arrays.Select(a => a.ToArray<long>()));
        var dictionaries = Collate.Dictionaries<string, float, Tensor>(Collate.Numbers)([
            new Dictionary<string, float> { ["a"] = 1, ["b"] = 2 }, new Dictionary<string, float> { ["b"] = 4, ["a"] = 3 }]);
        Assert.Equal([1f, 3], dictionaries["a"].ToArray<float>());
        Assert.Equal([2f, 4], dictionaries["b"].ToArray<float>());
    }

    public static TheoryData<string, Action> Misfits => new()
    {
        { "stack", () => Collate.Stack([Ids(1), Ids(2), Ids(3, 4)]) },
        { "types", () => Collate.Stack([Ids(1), Ids(1), Tensor.Zeros(1)]) },
        { "pad", () => Collate.Pad()([Tensor.Zeros(1, 2), Tensor.Zeros(5, 2), Tensor.Zeros(1, 3)]) },
        { "scalar", () => Collate.Pad()([Tensor.Zeros(1), Tensor.Zeros(1), Tensor.Scalar(1f)]) },
        { "arrays", () => Collate.Arrays<int, Tensor>(Collate.Numbers)([[1], [1], [1, 2]]) },
        { "keys", () => Collate.Dictionaries<string, int, Tensor>(Collate.Numbers)([new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<string, int> { ["a"] = 1 }]) },
    };

    [Theory, MemberData(nameof(Misfits))]
    public void The_example_that_does_not_fit_is_named(string name, Action act)
    {
        Assert.NotEmpty(name);
        Assert.Equal(2, Assert.Throws<CollateException>(act).Position);
    }

    [Fact]
    public void A_misfit_is_told_by_its_number_in_the_set()
    {
        var source = new List<Tensor>(Ids(1), Ids(2), Ids(3, 4), Ids(5)).Batched(Collate.Stack);
        var error = Assert.Throws<DatasetException>(() => source.Gather([0, 2, 1]));
        Assert.Equal(2, error.Index);
        Assert.IsType<CollateException>(error.InnerException);
        var whole = Assert.Throws<DatasetException>(() => new List<int>(1, 2).Batched<int, int>(_ => throw new NotSupportedException("no")).Gather([1, 0]));
        Assert.Equal(-1, whole.Index);
        Assert.IsType<NotSupportedException>(whole.InnerException);
    }
}
