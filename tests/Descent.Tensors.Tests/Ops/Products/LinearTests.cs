namespace Descent.Tensors.Tests.Ops;

public class LinearTests
{
    [Theory]
    [InlineData(new[] { 3, 4 }, 5, true)]
    [InlineData(new[] { 1, 4 }, 16, true)]
    [InlineData(new[] { 40, 70 }, 33, true)]
    [InlineData(new[] { 4 }, 2, true)]
    [InlineData(new[] { 2, 3, 4 }, 5, true)]
    [InlineData(new[] { 2, 3, 4 }, 5, false)]
    [InlineData(new[] { 0, 4 }, 5, true)]
    [InlineData(new[] { 2, 0 }, 3, true)]
    public void Values_and_gradients_are_those_of_a_product_and_a_sum(int[] shape, int width, bool withBias)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Tensor Leaf(int[] s, int seed)
            {
                var x = MatMulTests.Draw(s, seed).To(dtype);
                x.RequiresGrad = true;
                return x;
            }
            Tensor[] Inputs() => [Leaf(shape, 1), Leaf([width, shape[^1]], 2), Leaf([width], 3)];
            Tensor[] fused = Inputs(), composed = Inputs();

            var got = F.Linear(fused[0], fused[1], withBias ? fused[2] : null);
            var want = composed[0].MatMul(composed[1].T);
            if (withBias) want = want.Add(composed[2]);
            Same(want, got);

            var seed = MatMulTests.Draw([.. want.Shape], 4).To(dtype);
            got.Backward(seed);
            want.Backward(seed);
            for (int i = 0; i < (withBias ? 3 : 2); i++) Same(composed[i].Grad!, fused[i].Grad!);
        }
    }

    [Fact]
    public void A_transposed_view_is_read_in_place()
    {
        var (x, w, b) = (MatMulTests.Draw([6, 9], 1), MatMulTests.Draw([6, 4], 2), MatMulTests.Draw([8], 3));
        var bias = b.Alias([4], [2], 0);
        Same(x.T.MatMul(w).Add(bias), F.Linear(x.T, w.T, bias));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        Assert.Contains("(3, 5), but the weight (2, 4). Expected an input of (..., 4).",
            Assert.Throws<ShapeException>(() => F.Linear(Tensor.Zeros([3, 5]), Tensor.Zeros([2, 4]))).Message);
        Assert.Contains("Expected a bias of (2,).",
            Assert.Throws<ShapeException>(() => F.Linear(Tensor.Zeros([3, 4]), Tensor.Zeros([2, 4]), Tensor.Zeros([4]))).Message);
    }

    static void Same(Tensor want, Tensor got)
    {
        Assert.Equal(want.Shape, got.Shape);
        Assert.Equal(want.To(DType.Float64).Contiguous().AsSpan<double>().ToArray(), got.To(DType.Float64).Contiguous().AsSpan<double>().ToArray());
    }
}
