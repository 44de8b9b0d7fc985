namespace Descent.Tensors.Tests;

public sealed class GradientCheckTests
{
    static Tensor Values(params double[] values) => Tensor.From<double>(values, [values.Length]);

    public static TheoryData<string, Func<Tensor[], Tensor>> Right => new()
    {
        { "product", t => t[0] * t[1] },
        { "quotient", t => t[0] / t[1] },
        { "cube", t => t[0] * t[0] * t[0] },
        { "unused input", t => t[0].Mul(2) },
        { "nothing but a view", t => t[0].Reshape(2, 2).Transpose(0, 1) },
        { "view", t => t[0].Reshape(2, 2).Transpose(0, 1) * t[1].Reshape(2, 2) },
    };

    [Theory, MemberData(nameof(Right))]
    public void Right_gradients_pass(string name, Func<Tensor[], Tensor> f)
    {
        Assert.NotEmpty(name);
        GradientCheck.Verify(f, Values(0.3, -1.2, 2, 0.7), Values(1.5, 0.4, -0.8, 2.5));
        GradientCheck.VerifySecondOrder(f, Values(0.3, -1.2, 2, 0.7), Values(1.5, 0.4, -0.8, 2.5));
    }

    static Tensor WrongSquare(Tensor x)
    {
        Tensor y;
        using (Autograd.NoGrad()) y = x * x;
        return Autograd.Record(y, x.Saved, (x, static (dy, s) => dy * s), operation: "WrongSquare");
    }

    [Fact]
    public void A_wrong_gradient_is_named_with_its_place_and_both_values()
    {
        var error = Assert.Throws<GradientCheckException>(() => GradientCheck.Verify(t => WrongSquare(t[0]) * t[1], Values(0.5, 3), Values(1, 1)));
        Assert.Contains("input 0", error.Message);
        Assert.Contains("[1]", error.Message);
        Assert.Contains("2 of 2 places", error.Message);
    }

    static Tensor CubeWithFlatSlope(Tensor x)
    {
        Tensor y, slope;
        using (Autograd.NoGrad()) (y, slope) = (x * x * x, x * x * 3);
        return Autograd.Record(y, slope.Saved, (x, static (dy, s) => dy * s));
    }

    [Fact]
    public void A_gradient_that_is_right_but_not_differentiable_fails_at_second_order()
    {
        GradientCheck.Verify(t => CubeWithFlatSlope(t[0]), Values(0.5, 3));
        Assert.Throws<GradientCheckException>(() => GradientCheck.VerifySecondOrder(t => CubeWithFlatSlope(t[0]), Values(0.5, 3)));
    }

    [Fact]
    public void Only_inputs_that_require_gradients_are_checked_where_some_do()
    {
        var x = Values(0.5, 3);
        x.RequiresGrad = true;
        GradientCheck.Verify(t => t[0] * CubeWithFlatSlope(WrongSquare(t[1])), x, Values(1, 2));
        Assert.Null(x.Grad);
    }

    [Fact]
    public void Strided_inputs_keep_their_layout()
    {
        var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]).Transpose(0, 1);
        bool strided = true;
        GradientCheck.Verify(t =>
        {
            strided &= !t[0].IsContiguous && t[0].DType == DType.Float64;
            return t[0] * t[0];
        }, x);
        Assert.True(strided);
    }

    [Fact]
    public void An_integer_result_is_refused() =>
        Assert.Throws<GradientCheckException>(() => GradientCheck.Verify(t => t[0].To(DType.Int64), Values(1.5)));
}
