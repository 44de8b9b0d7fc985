using Descent.Tensors;

namespace Descent.Tensors.Tests.Ops;

public sealed class IndexGradientTests
{
    static readonly Tensor s_list = Tensor.From<long>([2, 0, 2]);
    static readonly Tensor s_places = Tensor.From(new long[,] { { 2, 0, 1 }, { 0, 0, 2 } });

    public static TheoryData<string, Func<Tensor[], Tensor>, int[][]> Cases => new()
    {
        { "reshape of permuted", t => t[0].Permute(2, 0, 1).Reshape(4, 6), [[2, 3, 4]] },
        { "view", t => t[0].View(2, 12), [[2, 3, 4]] },
        { "movedim", t => t[0].Movedim(0, 2), [[2, 3, 4]] },
        { "expand", t => t[0].Expand(2, -1, 3), [[4, 1]] },
        { "select", t => t[0].Select(1, -1), [[2, 3, 4]] },
        { "slice backwards", t => t[0].Slice(1, null, null, -2), [[2, 5]] },
        { "split", t => { var p = t[0].Split(2, 1); return p[0] * p[1] + p[2].Sum(); }, [[3, 5]] },
        { "unbind", t => { var p = t[0].Unbind(1); return p[0] * p[2]; }, [[3, 3]] },
        { "cat", t => Tensor.Cat([t[0], t[1], t[0]], 1), [[2, 3], [2, 1]] },
        { "stack", t => Tensor.Stack([t[0], t[1]], -1), [[2, 3], [2, 3]] },
        { "repeat", t => t[0].Repeat(2, 1, 3), [[2, 3]] },
        { "repeat interleave", t => t[0].RepeatInterleave(2, 1), [[2, 3]] },
        { "repeat interleave each", t => t[0].RepeatInterleave(Tensor.From<long>([0, 2, 1]), 1), [[2, 3]] },
        { "flip", t => t[0].Flip(0, 2), [[2, 3, 2]] },
        { "roll", t => t[0].Roll(-4, 1), [[2, 3]] },
        { "roll flat", t => t[0].Roll(5), [[2, 3]] },
        { "rot90", t => t[0].Rot90(3), [[2, 3]] },
        { "diagonal", t => t[0].Diagonal(-1, 1, 2), [[2, 3, 4]] },
        { "diag embed", t => t[0].DiagEmbed(1), [[2, 3]] },
        { "tril", t => t[0].Tril(-1), [[2, 4, 3]] },
        { "triu", t => t[0].Triu(1), [[2, 4, 3]] },
        { "unfold", t => t[0].Unfold(1, 3, 2), [[2, 7]] },
        { "as strided", t => t[0].AsStrided([2, 3], [1, 1]), [[5]] },
        { "gather", t => t[0].Gather(1, s_places), [[2, 3]] },
        { "gather along rows", t => t[0].Gather(0, s_places), [[3, 4]] },
        { "index select", t => t[0].IndexSelect(1, s_list), [[2, 3, 2]] },
        { "take", t => t[0].Take(Tensor.From(new long[,] { { -1, 0 }, { 0, 3 } })), [[2, 3]] },
        { "masked select", t => t[0].MaskedSelect(Tensor.From<bool>([true, false, true])), [[2, 3]] },
        { "masked scatter", t => t[0].MaskedScatter(Tensor.From<bool>([true, false, true]), t[1]), [[2, 3], [5]] },
        { "scatter", t => t[0].Scatter(1, Tensor.From(new long[,] { { 2, 0 }, { 0, 1 } }), t[1]), [[2, 3], [2, 3]] },
        { "scatter value", t => t[0].Scatter(1, s_places, 1.5), [[2, 3]] },
        { "scatter add", t => t[0].ScatterAdd(1, s_places, t[1]), [[2, 3], [2, 4]] },
        { "scatter mean", t => t[0].ScatterReduce(1, s_places, t[1], ScatterReduction.Mean, includeSelf: false), [[2, 3], [2, 3]] },
        { "scatter product", t => t[0].ScatterReduce(1, s_places, t[1], ScatterReduction.Prod), [[2, 3], [2, 3]] },
        { "scatter amax", t => t[0].ScatterReduce(0, s_places, t[1], ScatterReduction.Amax), [[3, 3], [2, 3]] },
        { "scatter amin", t => t[0].ScatterReduce(0, s_places, t[1], ScatterReduction.Amin, includeSelf: false), [[3, 3], [2, 3]] },
        { "index add", t => t[0].IndexAdd(1, s_list, t[1], 2.0), [[2, 3], [2, 3]] },
        { "index copy", t => t[0].IndexCopy(0, Tensor.From<long>([2, 0]), t[1]), [[3, 2], [2, 2]] },
        { "index fill", t => t[0].IndexFill(1, s_list, t[1]), [[2, 3], []] },
        { "index put", t => t[0].IndexPut([s_list, 1], t[1], accumulate: true), [[3, 2], [3]] },
        { "index", t => t[0][s_list, .., Tensor.From<long>([0, 1, 1])], [[3, 2, 2]] },
        { "pad", t => t[0].Pad([1, -1, 0, 2], value: 1.5), [[2, 3]] },
        { "pad reflect", t => t[0].Pad([2, 1, 1, 0], PaddingMode.Reflect), [[2, 3]] },
        { "pad replicate", t => t[0].Pad([3, -1], PaddingMode.Replicate), [[2, 3]] },
        { "pad circular", t => t[0].Pad([2, 3], PaddingMode.Circular), [[2, 3]] },
        { "patches", t => F.Unfold(t[0], (2, 3), padding: 1, stride: (2, 1)), [[1, 2, 4, 4]] },
        { "fold", t => F.Fold(t[0], (4, 3), 2, dilation: (2, 1)), [[2, 8, 4]] },
        { "meshgrid", t => { var g = Tensor.Meshgrid([t[0], t[1]]); return g[0] * g[1]; }, [[2], [3]] },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Gradients_of_both_orders_agree_with_finite_differences(string name, Func<Tensor[], Tensor> f, int[][] shapes)
    {
        Assert.NotEmpty(name);
        var generator = new Generator(7);
        var inputs = Array.ConvertAll(shapes, s => Tensor.Randn(s, DType.Float64, generator));
        GradientCheck.Verify(f, inputs);
        // The square makes the second derivative of a linear operation something to check.
        GradientCheck.VerifySecondOrder(t => { var y = f(t); return y * y; }, inputs);
    }

    [Fact]
    public void The_gradient_of_a_product_is_right_where_factors_are_zero()
    {
        var x = Tensor.From<double>([0, 2, 3]);
        var source = Tensor.From<double>([5, 0, 7, 4]);
        GradientCheck.Verify(t => t[0].ScatterReduce(0, Tensor.From<long>([0, 1, 1, 2]), t[1], ScatterReduction.Prod), x, source);
    }

    [Theory, InlineData(1), InlineData(50), InlineData(256), InlineData(1027)]
    public void Rows_that_meet_are_added_in_their_order(int width)
    {
        const int count = 300, size = 7;
        var generator = new Generator(3);
        Tensor x = Tensor.Randn([count, width], DType.Float32, generator), to = Tensor.RandInt(0, size, [count], generator: generator);
        var (values, places) = (x.ToArray<float>(), to.ToArray<long>());
        var want = new float[size * width];
        for (int k = 0; k < count; k++)
            for (int j = 0; j < width; j++) want[(int)places[k] * width + j] += values[k * width + j];
        Assert.Equal(want, Tensor.Zeros([size, width]).IndexAdd(0, to, x).ToArray<float>());
    }
}
