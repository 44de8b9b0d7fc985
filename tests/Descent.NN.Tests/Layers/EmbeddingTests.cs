using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests;

public sealed class EmbeddingTests
{
    static void AssertClose(Tensor got, Tensor want) => Assert.Null(TensorComparer.Difference(got.Detach(), want.Detach(), 1e-6, 1e-6));

    static Tensor Table(int rows, int width)
    {
        var table = Tensor.Randn([rows, width], DType.Float64, new Generator(1));
        table.RequiresGrad = true;
        return table;
    }

    [Fact]
    public void The_gradient_of_a_row_is_the_sum_over_its_uses_but_for_padding()
    {
        var table = Table(4, 2);
        F.Embedding(Tensor.From<long>([1, 3, 1, 2], [2, 2]), table, paddingIdx: 2).Sum().Backward();
        AssertClose(table.Grad!, Tensor.From<double>([0, 0, 2, 2, 0, 0, 1, 1], [4, 2]));
    }

    [Fact]
    public void Frequencies_divide_the_gradient()
    {
        var table = Table(3, 2);
        F.Embedding(Tensor.From<long>([1, 1, 0]), table, scaleGradByFreq: true).Sum().Backward();
        AssertClose(table.Grad!, Tensor.From<double>([1, 1, 1, 1, 0, 0], [3, 2]));
    }

    [Fact]
    public void Rows_that_are_read_are_shortened_in_place()
    {
        var layer = Embedding.FromPretrained(Tensor.From<float>([3, 4, 0.3f, 0.4f, 6, 8], [3, 2]), maxNorm: 1);
        AssertClose(layer.Forward(Tensor.From<long>([0, 1])), Tensor.From<float>([0.6f, 0.8f, 0.3f, 0.4f], [2, 2]));
        AssertClose(layer.Weight, Tensor.From<float>([0.6f, 0.8f, 0.3f, 0.4f, 6, 8], [3, 2]));
        Assert.False(layer.Weight.RequiresGrad);
    }

    [Fact]
    public void A_large_scatter_is_the_product_with_one_hot_rows()
    {
        var table = Table(37, 65);
        var indices = Tensor.RandInt(0, 37, [3000], generator: new Generator(2));
        var weights = Tensor.Randn([3000, 65], DType.Float64, new Generator(3));
        (F.Embedding(indices, table) * weights).Sum().Backward();
        AssertClose(table.Grad!, indices.OneHot(37).To(DType.Float64).T.MatMul(weights));
    }

    [Theory, InlineData(BagMode.Sum), InlineData(BagMode.Mean), InlineData(BagMode.Max)]
    public void Bags_by_offsets_are_bags_by_rows(BagMode mode)
    {
        var table = Table(6, 3);
        var indices = Tensor.From<long>([0, 5, 2, 2, 4, 1], [2, 3]);
        AssertClose(F.EmbeddingBag(indices.Reshape(-1), table, Tensor.From<long>([0, 3, 6]), mode: mode, includeLastOffset: true), F.EmbeddingBag(indices, table, mode: mode));
        GradientCheck.Verify(t => F.EmbeddingBag(indices, t[0], mode: mode), [Table(6, 3).Detach()]);
    }

    [Fact]
    public void Empty_bags_and_padding_count_for_nothing()
    {
        var table = Table(4, 2);
        var y = F.EmbeddingBag(Tensor.From<long>([1, 3, 1]), table, Tensor.From<long>([0, 0, 2]), paddingIdx: 1);
        AssertClose(y, Tensor.Stack([Tensor.Zeros([2], DType.Float64), table.Select(0, 3), Tensor.Zeros([2], DType.Float64)]));
    }

    [Fact]
    public void Weights_of_samples_are_learned()
    {
        var indices = Tensor.From<long>([1, 3, 1, 0]);
        var offsets = Tensor.From<long>([0, 3]);
        GradientCheck.Verify(t => F.EmbeddingBag(indices, t[0], offsets, mode: BagMode.Sum, perSampleWeights: t[1]),
            [Table(4, 2).Detach(), Tensor.Randn([4], DType.Float64, new Generator(4))]);
        Assert.Throws<ArgumentException>(() => F.EmbeddingBag(indices, Table(4, 2), offsets, perSampleWeights: Tensor.Ones([4], DType.Float64)));
    }

    [Fact]
    public void Second_gradients_pass_through_the_table()
    {
        var indices = Tensor.From<long>([1, 3, 1, 2]);
        GradientCheck.VerifySecondOrder(t => F.Embedding(indices, t[0]).Pow(3), [Table(4, 2).Detach()]);
    }

    [Fact]
    public void Indices_out_of_range_are_refused()
    {
        var layer = new Embedding(3, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Forward(Tensor.From<long>([3])));
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.Forward(Tensor.From<long>([-1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(3, 2, paddingIdx: 3));
    }
}
