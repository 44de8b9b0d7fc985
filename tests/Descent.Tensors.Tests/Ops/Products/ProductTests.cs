namespace Descent.Tensors.Tests.Ops;

public class ProductTests
{
    public static TheoryData<string, Func<Tensor[], Tensor>, Func<Tensor[], Tensor>, int[][]> Products => new()
    {
        { "dot", t => t[0].Dot(t[1]), t => (t[0] * t[1]).Sum(), [[5], [5]] },
        { "mv", t => t[0].Mv(t[1]), t => (t[0] * t[1]).Sum(-1), [[3, 4], [4]] },
        { "outer", t => t[0].Outer(t[1]), t => t[0].Reshape(3, 1) * t[1], [[3], [4]] },
        { "bmm", t => t[0].Bmm(t[1]), t => t[0].MatMul(t[1]), [[2, 3, 4], [2, 4, 5]] },
        { "addmm", t => t[0].Addmm(t[1], t[2]), t => t[0] + t[1].MatMul(t[2]), [[5], [3, 4], [4, 5]] },
        { "addmm scaled", t => t[0].Addmm(t[1], t[2], 0.5, -2), t => t[0] * 0.5 - t[1].MatMul(t[2]) * 2.0, [[3, 5], [3, 4], [4, 5]] },
        { "baddbmm", t => t[0].Baddbmm(t[1], t[2], 2, 3), t => t[0] * 2 + t[1].MatMul(t[2]) * 3, [[3, 1], [2, 3, 4], [2, 4, 5]] },
        { "trace", t => t[0].Trace(), t => t[0].Diagonal().Sum(), [[3, 5]] },
        { "tensordot 2", t => t[0].Tensordot(t[1]), t => Tensor.Einsum("abc,bcd->ad", t), [[2, 3, 4], [3, 4, 5]] },
        { "tensordot 0", t => t[0].Tensordot(t[1], 0), t => Tensor.Einsum("ab,c->abc", t), [[2, 3], [4]] },
        { "tensordot pairs", t => t[0].Tensordot(t[1], [0, -1], [1, 0]), t => Tensor.Einsum("abc,cad->bd", t), [[2, 3, 4], [4, 2, 5]] },
        { "diagonal", t => t[0].Diagonal(1, -1, 0), t => Tensor.Einsum("iai->ai", t[0].Narrow(0, 1, 3).Narrow(2, 0, 3)), [[4, 2, 4]] },
        { "diag embed", t => t[0].DiagEmbed(), t => Tensor.Einsum("ai,ij->aij", t[0], Tensor.Eye(3, dtype: t[0].DType)), [[2, 3]] },
    };

    [Theory, MemberData(nameof(Products))]
    public void Values_and_gradients_agree_with_the_definition(string name, Func<Tensor[], Tensor> apply, Func<Tensor[], Tensor> definition, int[][] shapes)
    {
        Tensor[] inputs = [.. shapes.Select((s, i) => MatMulTests.Draw(s, i + 1))];
        Tensor got = apply(inputs), want = definition(inputs);
        Assert.Equal(want.Shape, got.Shape);
        Assert.Equal(want.Contiguous().AsSpan<double>().ToArray(), got.Contiguous().AsSpan<double>().ToArray());
        GradientCheck.Verify(apply, inputs);
        GradientCheck.VerifySecondOrder(apply, inputs);
        Assert.NotEmpty(name);
    }

    [Fact]
    public void Matrix_products_have_gradients_of_gradients_in_every_broadcast()
    {
        foreach (var (a, b) in ((int[], int[])[])[([2, 3], [3, 2]), ([3], [3, 2]), ([2, 3], [3]), ([2, 2, 3], [3, 2]), ([2, 1, 2, 3], [2, 3, 2]), ([2, 3], [2, 3, 2])])
        {
            var (x, y) = (MatMulTests.Draw(a, 1), MatMulTests.Draw(b, 2));
            GradientCheck.Verify(t => t[0].MatMul(t[1]), x, y);
            GradientCheck.VerifySecondOrder(t => t[0].MatMul(t[1]), x, y);
        }
        var transposed = MatMulTests.Draw([3, 2, 2], 3).Transpose(0, 2);
        GradientCheck.Verify(t => t[0].MatMul(t[1]), transposed, MatMulTests.Draw([3, 2], 4));
    }

    [Fact]
    public void With_beta_zero_the_addend_is_not_read()
    {
        var y = Tensor.Full([2, 2], double.NaN, DType.Float64).Addmm(MatMulTests.Draw([2, 3], 1), MatMulTests.Draw([3, 2], 2), beta: 0);
        Assert.DoesNotContain(double.NaN, y.AsSpan<double>().ToArray());
    }
}
