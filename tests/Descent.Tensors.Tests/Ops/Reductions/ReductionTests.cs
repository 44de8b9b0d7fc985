namespace Descent.Tensors.Tests.Ops;

public sealed class ReductionTests
{
    static readonly Dictionary<string, Func<Tensor, Tensor>> s_smooth = new()
    {
        ["prod"] = x => x.Prod(1), ["prod of all"] = x => x.Prod(), ["amax"] = x => x.Amax([0, 2]), ["amin"] = x => x.Amin(-1, true),
        ["max"] = x => x.Max(1).Values, ["min"] = x => x.Min(2, true).Values, ["var"] = x => x.Var([0, 2]), ["std"] = x => x.Std(1, 0, true),
        ["norm 1"] = x => x.Norm(1, [1]), ["norm 2"] = x => x.Norm(2, [0, 1], true), ["norm 3"] = x => x.Norm(3, [2]), ["norm inf"] = x => x.Norm(double.PositiveInfinity, [1]),
        ["normalize"] = x => F.Normalize(x), ["logsumexp"] = x => x.LogSumExp([0, 2]), ["cumsum"] = x => x.Cumsum(1), ["cumprod"] = x => x.Cumprod(1),
        ["cummax"] = x => x.Cummax(1).Values, ["cummin"] = x => x.Cummin(2).Values, ["logcumsumexp"] = x => x.LogCumsumExp(1), ["diff"] = x => x.Diff(2, 1),
        ["sort"] = x => x.Sort(1, true).Values, ["topk"] = x => x.Topk(2, 1).Values, ["kthvalue"] = x => x.Kthvalue(2, 1).Values, ["median"] = x => x.Median(1).Values,
    };

    public static TheoryData<string> Smooth => [.. s_smooth.Keys];

    [Theory]
    [MemberData(nameof(Smooth))]
    public void Gradients_are_slopes(string name) => GradientCheck.Verify(x => s_smooth[name](x[0]), SumTests.Random([2, 4, 3]));

    [Theory]
    [InlineData("prod")]
    [InlineData("cumprod")]
    [InlineData("var")]
    [InlineData("norm 2")]
    [InlineData("logsumexp")]
    public void Gradients_of_gradients_are_slopes(string name) => GradientCheck.VerifySecondOrder(x => s_smooth[name](x[0]), SumTests.Random([2, 3, 2]));

    [Theory]
    [MemberData(nameof(Smooth))]
    public void Other_layouts_give_the_same(string name)
    {
        var x = SumTests.Random([3, 5, 4]);
        var expected = s_smooth[name](x).Contiguous().AsSpan<float>().ToArray();
        foreach (var view in SumTests.Layouts(x)) Assert.Equal(expected, s_smooth[name](view).Contiguous().AsSpan<float>().ToArray(), (a, b) => Math.Abs(a - b) <= 2e-6 * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void The_gradient_of_a_product_is_right_where_factors_are_zero()
    {
        var x = Tensor.From<float>([2, 0, 3, 0, 0, 5], [2, 3]);
        x.RequiresGrad = true;
        x.Prod(1).Sum().Backward();
        Assert.Equal([0f, 6, 0, 0, 0, 0], x.Grad!.AsSpan<float>().ToArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(5000)]
    public void A_NaN_is_the_extreme_and_the_first_of_equals_is_found(int n)
    {
        var x = Tensor.Zeros([n]);
        x.AsSpan<float>()[n / 2] = 1;
        x.AsSpan<float>()[n - 1] = 1;
        Assert.Equal(n / 2, x.Argmax().Item<long>());
        Assert.Equal(0, x.Argmin().Item<long>());
        x.AsSpan<float>()[n - 1] = float.NaN;
        Assert.Equal(n - 1, x.Argmax().Item<long>());
        Assert.Equal(n - 1, x.Argmin().Item<long>());
        Assert.True(double.IsNaN(x.Max().Item()));
        Assert.True(double.IsNaN(x.Reshape(n, 1).Min(0).Values.Item()));
    }

    [Fact]
    public void Equals_share_the_gradient_of_an_extreme()
    {
        var x = Tensor.From<float>([1, 3, 3], [3]);
        x.RequiresGrad = true;
        x.Amax().Backward();
        Assert.Equal([0f, 0.5f, 0.5f], x.Grad!.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Sorting_keeps_the_order_of_equals_both_ways_and_puts_NaN_above()
    {
        var x = Tensor.From<float>([2, float.NaN, -0f, 2, 0, -1], [6]);
        Assert.Equal([5L, 2, 4, 0, 3, 1], x.Argsort().AsSpan<long>().ToArray());
        Assert.Equal([1L, 0, 3, 2, 4, 5], x.Argsort(descending: true).AsSpan<long>().ToArray());
        Assert.Equal([5L, 2, 4, 0, 3, 1], x.To(DType.Float64).Argsort().AsSpan<long>().ToArray());
        Assert.Equal([2L, 0, 1], Tensor.From<long>([5, 7, -9], [3]).Argsort().AsSpan<long>().ToArray());
    }

    [Fact]
    public void The_greatest_of_many_are_those_of_sorting()
    {
        var x = SumTests.Random([3, 2000]);
        var (values, indices) = x.Topk(7, 1);
        var sorted = x.Sort(1, descending: true);
        Assert.Equal(sorted.Indices.Narrow(1, 0, 7).Contiguous().AsSpan<long>().ToArray(), indices.AsSpan<long>().ToArray());
        Assert.Equal(sorted.Values.Narrow(1, 0, 7).Contiguous().AsSpan<float>().ToArray(), values.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Empty_reductions_give_what_they_start_from_or_an_error()
    {
        var none = Tensor.Zeros([2, 0]);
        Assert.Equal(1, none.Prod().Item());
        Assert.Equal(1, none.All().Item());
        Assert.Equal(0, none.Any().Item());
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity], none.LogSumExp(1).AsSpan<float>().ToArray());
        Assert.Contains("(2, 0)", Assert.Throws<ShapeException>(() => none.Max(1)).Message);
        Assert.Throws<ShapeException>(() => none.Amax());
        Assert.Equal(new Shape(0), none.Amax(0).Shape);
    }

    [Fact]
    public void A_row_of_minus_infinity_has_that_logsumexp_and_no_gradient()
    {
        var x = Tensor.Full([2], double.NegativeInfinity, DType.Float32);
        x.RequiresGrad = true;
        var y = x.LogSumExp(0);
        y.Backward();
        Assert.Equal(double.NegativeInfinity, y.Item());
        Assert.Equal([0f, 0f], x.Grad!.AsSpan<float>().ToArray());
    }

    [Fact]
    public void Binary_losses_have_their_gradients()
    {
        Tensor p = SumTests.Random([3, 4]).Sigmoid(), t = SumTests.Random([3, 4], 2).Sigmoid(), w = SumTests.Random([4], 3);
        GradientCheck.Verify(x => F.BinaryCrossEntropy(x[0], x[1], x[2]), p, t, w);
        GradientCheck.Verify(x => F.BinaryCrossEntropyWithLogits(x[0], x[1], positiveWeight: x[2]), SumTests.Random([3, 4], 4), t, w);
        Assert.Equal(100, F.BinaryCrossEntropy(Tensor.Zeros([1]), Tensor.Ones([1])).Item());
    }
}
