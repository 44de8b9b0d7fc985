using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests;

public sealed class AttentionTests
{
    static Tensor Draw(ulong seed, params int[] shape) => Tensor.Randn(shape, DType.Float64, new Generator(seed));

    static void AssertClose(Tensor got, Tensor want, double tolerance = 1e-10) =>
        Assert.Null(TensorComparer.Difference(got.Detach(), want.Detach(), tolerance, tolerance));

    static Tensor Plain(Tensor q, Tensor k, Tensor v, Tensor mask) => (q.MatMul(k.T) / Math.Sqrt(q.Shape[^1]) + mask).Softmax(-1).MatMul(v);

    public static TheoryData<string, Func<Tensor[], Tensor>, int[][]> Forms => new()
    {
        { "plain", x => F.ScaledDotProductAttention(x[0], x[1], x[2]), [[2, 3, 4, 5], [2, 3, 6, 5], [2, 3, 6, 2]] },
        { "one matrix", x => F.ScaledDotProductAttention(x[0], x[1], x[2]), [[4, 5], [6, 5], [6, 2]] },
        { "causal, longer than the keys", x => F.ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true), [[2, 5, 3], [2, 4, 3], [2, 4, 3]] },
        { "causal, shorter than the keys", x => F.ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true, scale: 2), [[2, 3, 3], [2, 4, 3], [2, 4, 3]] },
        { "keys for all the batch", x => F.ScaledDotProductAttention(x[0], x[1], x[2]), [[2, 3, 4, 5], [1, 3, 6, 5], [6, 2]] },
        { "grouped", x => F.ScaledDotProductAttention(x[0], x[1], x[2], enableGqa: true, isCausal: true), [[2, 4, 3, 2], [2, 2, 3, 2], [2, 2, 3, 2]] },
        { "masked", x => F.ScaledDotProductAttention(x[0], x[1], x[2], Tensor.From<bool>([true, false, true, true, true, false], [2, 3])), [[2, 2, 2, 4], [2, 2, 3, 4], [2, 2, 3, 4]] },
        { "learned bias", x => F.ScaledDotProductAttention(x[0], x[1], x[2], x[3]), [[2, 2, 2, 4], [2, 2, 3, 4], [2, 2, 3, 4], [2, 1, 3]] },
    };

    [Theory, MemberData(nameof(Forms))]
    public void Gradients_agree_with_finite_differences(string name, Func<Tensor[], Tensor> f, int[][] shapes)
    {
        Assert.NotEmpty(name);
        Tensor[] inputs = [.. shapes.Select((shape, i) => Draw((ulong)i, shape))];
        GradientCheck.Verify(f, inputs);
        GradientCheck.Verify(f, Array.ConvertAll(inputs, Layouts.Strided));
        if (inputs[0].Elements <= 32) GradientCheck.VerifySecondOrder(f, inputs);
    }

    [Fact]
    public void Masks_of_bools_and_of_numbers_agree_with_the_formula()
    {
        Tensor q = Draw(1, 2, 3, 4, 5), k = Draw(2, 2, 3, 40, 5), v = Draw(3, 2, 3, 40, 5);
        var seen = Tensor.Rand([2, 1, 4, 40], generator: new Generator(4)).Gt(0.3);
        var added = Tensor.Zeros([2, 1, 4, 40], DType.Float64).MaskedFill(seen.LogicalNot(), double.NegativeInfinity);
        var want = Plain(q, k, v, added);
        AssertClose(F.ScaledDotProductAttention(q, k, v, seen), want);
        AssertClose(F.ScaledDotProductAttention(q, k, v, added), want);
        var (y, weights) = F.ScaledDotProductAttentionWithWeights(q, k, v, seen);
        AssertClose(y, want);
        AssertClose(weights.Sum(-1), Tensor.Ones([2, 3, 4], DType.Float64));
    }

    [Fact]
    public void Grouped_heads_are_repeated_heads()
    {
        Tensor q = Draw(1, 2, 6, 4, 5), k = Draw(2, 2, 2, 7, 5), v = Draw(3, 2, 2, 7, 5), mask = Draw(4, 6, 4, 7);
        AssertClose(F.ScaledDotProductAttention(q, k, v, mask, enableGqa: true),
            F.ScaledDotProductAttention(q, k.RepeatInterleave(3, 1), v.RepeatInterleave(3, 1), mask));
    }

    [Fact]
    public void No_position_sees_a_later_one()
    {
        var layer = new TransformerEncoderLayer(8, 2, 16, dropout: 0, batchFirst: true, dtype: DType.Float64, generator: new(1));
        var x = Draw(1, 1, 6, 8);
        var y = layer.Forward(x, null, isCausal: true);
        var changed = x.Clone();
        changed.Narrow(1, 4, 2).Add_(5);
        var z = layer.Forward(changed, null, isCausal: true);
        AssertClose(z.Narrow(1, 0, 4), y.Narrow(1, 0, 4), 0);
        Assert.NotNull(TensorComparer.Difference(z.Narrow(1, 4, 2).Detach(), y.Narrow(1, 4, 2).Detach(), 1e-3, 1e-3));
        AssertClose(layer.Forward(x, Transformer.GenerateSquareSubsequentMask(6, DType.Float64)), y);
    }

    [Fact]
    public void A_position_that_sees_nothing_gets_zeros_and_gives_no_NaN()
    {
        Tensor q = Draw(1, 1, 2, 3), k = Draw(2, 1, 4, 3);
        q.RequiresGrad = true;
        var y = F.ScaledDotProductAttention(q, k, k, Tensor.From<bool>([false, false, false, false, true, true, false, true], [2, 4]));
        y.Sum().Backward();
        Assert.Equal(0, y.Select(1, 0).Abs().Sum().Item());
        Assert.Equal(0, q.Grad!.Select(1, 0).Abs().Sum().Item());
        Assert.True(double.IsFinite(q.Grad!.Sum().Item()));
    }

    [Fact]
    public void Padded_keys_change_nothing()
    {
        var layer = new MultiheadAttention(8, 2, batchFirst: true, dtype: DType.Float64, generator: new(1));
        Tensor x = Draw(1, 1, 3, 8), padded = Tensor.Cat([x, Draw(2, 1, 2, 8)], 1);
        var mask = Tensor.From<bool>([false, false, false, true, true], [1, 5]);
        AssertClose(layer.Forward(x, padded, padded, mask).Output, layer.Forward(x, x, x).Output);
        AssertClose(layer.Forward(x, padded, padded, mask, needWeights: false).Output, layer.Forward(x, x, x).Output);
    }

    [Fact]
    public void Dropped_weights_keep_their_mean_and_their_gradient()
    {
        Tensor q = Draw(1, 2, 3, 4), k = Draw(2, 2, 5, 4), v = Tensor.Ones([2, 5, 4], DType.Float64);
        double sum = 0;
        for (ulong seed = 0; seed < 400; seed++) sum += F.ScaledDotProductAttention(q, k, v, dropoutP: 0.4, generator: new(seed)).Mean().Item() / 400;
        Assert.Equal(1, sum, 0.05);
        GradientCheck.Verify(x => F.ScaledDotProductAttention(x[0], x[1], x[2], dropoutP: 0.4, generator: new(7)), q, k, Draw(3, 2, 5, 4));
    }

    [Fact]
    public void Heads_come_out_side_by_side() => Assert.True(F.ScaledDotProductAttention(Draw(1, 2, 3, 4, 5), Draw(2, 2, 3, 6, 5), Draw(3, 2, 3, 6, 5)).Transpose(1, 2).IsContiguous);

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var x = Draw(1, 2, 3, 4);
        Assert.Contains("(2, 3, 4)", Assert.Throws<ShapeException>(() => F.ScaledDotProductAttention(x, Draw(1, 2, 3, 5), x)).Message);
        Assert.Throws<ShapeException>(() => F.ScaledDotProductAttention(x, x, x, Draw(1, 4, 3)));
        Assert.Throws<ArgumentException>(() => F.ScaledDotProductAttention(x, x, x, Draw(1, 3, 3), isCausal: true));
        Assert.Throws<ShapeException>(() => F.ScaledDotProductAttention(Draw(1, 2, 3, 2, 2), Draw(1, 2, 2, 2, 2), Draw(1, 2, 2, 2, 2), enableGqa: true));
    }

    [Fact]
    public void Turning_back_undoes_turning_and_only_distance_matters()
    {
        Tensor q = Draw(1, 1, 1, 8), k = Draw(2, 1, 1, 8);
        double At(int i, int j) => (F.Rope(q, offset: i) * F.Rope(k, offset: j)).Sum().Item();
        Assert.Equal(At(3, 1), At(12, 10), 1e-9);
        Assert.NotEqual(At(3, 1), At(3, 2), 1e-3);
        AssertClose(F.Rope(F.Rope(q, offset: 5), offset: -5), q);
    }

    [Theory]
    [InlineData(8, new[] { 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125, 0.00390625 })]
    [InlineData(6, new[] { 0.25, 0.0625, 0.015625, 0.00390625, 0.5, 0.125 })]
    [InlineData(1, new[] { 0.00390625 })]
    public void Slopes_are_those_of_the_paper(int heads, double[] slopes) => Assert.Equal(slopes, ALiBi.Slopes(heads));

    [Fact]
    public void Biases_grow_with_distance_and_hide_the_future()
    {
        var bias = ALiBi.Bias(2, 2, 3, dtype: DType.Float64);
        AssertClose(bias.Select(0, 0), Tensor.From<double>([-0.0625, 0, double.NegativeInfinity, -0.125, -0.0625, 0], [2, 3]));
    }
}
