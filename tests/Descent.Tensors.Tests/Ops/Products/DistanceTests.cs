namespace Descent.Tensors.Tests.Ops;

public class DistanceTests
{
    [Theory]
    [InlineData(2), InlineData(1), InlineData(0), InlineData(3), InlineData(1.5), InlineData(double.PositiveInfinity)]
    public void Distances_agree_with_loops(double p)
    {
        var (a, b) = (LinalgTests.Normal([2, 1, 4, 3], 1), LinalgTests.Normal([5, 2, 3], 2).Narrow(0, 0, 3));
        var got = a.Cdist(b, p);
        Assert.Equal(new Shape(2, 3, 4, 2), got.Shape);
        for (int i = 0; i < got.Elements; i++)
        {
            var x = a.Select(0, i / 24).Select(0, 0).Select(0, i / 2 % 4);
            var y = b.Select(0, i / 8 % 3).Select(0, i % 2);
            double[] gaps = [.. Enumerable.Range(0, 3).Select(d => Math.Abs(x.Select(0, d).Item() - y.Select(0, d).Item()))];
            double want = double.IsInfinity(p) ? gaps.Max() : p == 0 ? gaps.Count(g => g != 0) : Math.Pow(gaps.Sum(g => Math.Pow(g, p)), 1 / p);
            Assert.Equal(want, got.AsSpan<double>()[i], 12);
        }
        if (p == 0) return;
        GradientCheck.Verify(t => t[0].Cdist(t[1], p), a, b);
        if (p != 1 && !double.IsInfinity(p)) GradientCheck.VerifySecondOrder(t => t[0].Cdist(t[1], p), a, b);
    }

    [Theory]
    [InlineData(2), InlineData(1), InlineData(3), InlineData(0.5)]
    public void Equal_rows_are_at_no_distance_and_take_no_gradient(double p)
    {
        // Far from the origin, where the expanded square has no digits left.
        var a = (LinalgTests.Normal([3, 4], 1) + 1e4).To(DType.Float32);
        a.RequiresGrad = true;
        var y = a.Cdist(a.Detach(), p);
        for (int i = 0; i < 3; i++) Assert.Equal(0, y.Select(0, i).Select(0, i).Item());
        y.Diagonal().Sum().Backward();
        Assert.Equal(new float[12], a.Grad!.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Similarity_is_the_cosine_and_zero_for_a_zero_vector()
    {
        Tensor a = Tensor.From<double>([3, 4, 0, 0, 1, 0], [3, 2]), b = Tensor.From<double>([4, 3], [1, 2]);
        var y = F.CosineSimilarity(a, b, dim: 1).AsSpan<double>().ToArray();
        Assert.Equal(24.0 / 25, y[0], 14);
        Assert.Equal(0, y[1]);
        Assert.Equal(0.8, y[2], 14);
        var (c, d) = (LinalgTests.Normal([3, 4], 1), LinalgTests.Normal([3, 4], 2));
        GradientCheck.Verify(t => F.CosineSimilarity(t[0], t[1]), c, d);
        GradientCheck.VerifySecondOrder(t => F.CosineSimilarity(t[0], t[1]), c, d);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named() =>
        Assert.Contains("(2, 3) and (2, 4)", Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 3]).Cdist(Tensor.Zeros([2, 4]))).Message);
}
