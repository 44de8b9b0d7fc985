namespace Descent.Tensors.Tests.Ops;

public class LinalgNormTests
{
    static readonly double Inf = double.PositiveInfinity;

    public static TheoryData<NormOrder, double> Orders => new()
    {
        // [[1, -2], [3, 4]]: singular values have the product |det| = 10 and squares that sum to 30.
        { NormOrder.Frobenius, Math.Sqrt(30) }, { NormOrder.Nuclear, Math.Sqrt(30 + 20) }, { 1, 6 }, { -1, 4 }, { Inf, 7 }, { -Inf, 3 },
        { 2, (Math.Sqrt(50) + Math.Sqrt(10)) / 2 }, { -2, (Math.Sqrt(50) - Math.Sqrt(10)) / 2 },
    };

    [Theory, MemberData(nameof(Orders))]
    public void Norms_of_matrices_are_the_known_ones(NormOrder order, double want)
    {
        var a = Tensor.From<double>([1, -2, 3, 4], [2, 2]);
        Assert.Equal(want, Linalg.Norm(a, order).Item(), 12);
        Assert.Equal(want, Linalg.MatrixNorm(a, order).Item(), 12);
        var batch = Tensor.Stack([a * 2, a, a * 3], 1);
        var y = Linalg.Norm(batch, order, [0, 2]);
        Assert.Equal(new Shape(3), y.Shape);
        Assert.Equal([2 * want, want, 3 * want], y.Contiguous().AsSpan<double>().ToArray(), (x, z) => Math.Abs(x - z) < 1e-12 * z);
        var kept = Linalg.MatrixNorm(batch, order, [-1, 0], keepDim: true);
        Assert.Equal(new Shape(1, 3, 1), kept.Shape);
        var x = LinalgTests.Normal([2, 3, 4], 1);
        GradientCheck.Verify(t => Linalg.MatrixNorm(t[0], order), x);
        GradientCheck.VerifySecondOrder(t => Linalg.MatrixNorm(t[0], order), x);
    }

    [Fact]
    public void Norms_of_vectors_are_the_known_ones()
    {
        var x = Tensor.From<double>([3, -4, 0, 0], [2, 2]);
        Assert.Equal(5, Linalg.Norm(x).Item(), 14);
        Assert.Equal(7, Linalg.VectorNorm(x, 1).Item(), 14);
        Assert.Equal(2, Linalg.VectorNorm(x, 0).Item());
        Assert.Equal([4, 0], Linalg.VectorNorm(x, Inf, [1]).AsSpan<double>().ToArray());
        Assert.Equal([3, 4], Linalg.Norm(x, 3, [0]).AsSpan<double>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(new Shape(2, 1), Linalg.VectorNorm(x, 2, [1], keepDim: true).Shape);
    }

    [Fact]
    public void Norms_that_do_not_exist_are_named()
    {
        Assert.Contains("order 3", Assert.Throws<ArgumentException>(() => Linalg.MatrixNorm(Tensor.Zeros([2, 2]), 3)).Message);
        Assert.Contains("Nuclear", Assert.Throws<ArgumentException>(() => Linalg.Norm(Tensor.Zeros([2, 2, 2]), NormOrder.Nuclear)).Message);
    }
}
