namespace Descent.Tensors.Tests.Ops;

public sealed class InPlaceTests
{
    /// <summary>Rows, some of them twice, so that what is added must add up.</summary>
    static Tensor Rows(Tensor x) => Tensor.From<long>([.. Enumerable.Range(0, x.Shape[0]).Select(i => (long)i / 2)]);

    static Tensor Places(Tensor x) => (x.Rank == 1 ? Rows(x) : Rows(x).Unsqueeze(1)).Expand(x.Shape);

    static readonly Dictionary<string, (Func<Tensor, Tensor, Tensor> Change, Func<Tensor, Tensor, Tensor> Same)> s_rows = new()
    {
        ["Add_"] = ((x, b) => x.Add_(b), (x, b) => x + b),
        ["Add_ scaled"] = ((x, b) => x.Add_(b, 0.5), (x, b) => x + b * 0.5),
        ["Sub_"] = ((x, b) => x.Sub_(b), (x, b) => x - b),
        ["Sub_ scaled"] = ((x, b) => x.Sub_(b, 3), (x, b) => x - b * 3),
        ["Mul_"] = ((x, b) => x.Mul_(b), (x, b) => x * b),
        ["Div_"] = ((x, b) => x.Div_(b), (x, b) => x / b),
        ["Maximum_"] = ((x, b) => x.Maximum_(b), (x, b) => x.Maximum(b)),
        ["Minimum_"] = ((x, b) => x.Minimum_(b), (x, b) => x.Minimum(b)),
        ["Add_ number"] = ((x, _) => x.Add_(1.5), (x, _) => x + 1.5),
        ["Sub_ number"] = ((x, _) => x.Sub_(1.5), (x, _) => x - 1.5),
        ["Mul_ number"] = ((x, _) => x.Mul_(1.5), (x, _) => x * 1.5),
        ["Div_ number"] = ((x, _) => x.Div_(1.5), (x, _) => x / 1.5),
        ["Zero_"] = ((x, _) => x.Zero_(), (x, _) => x * 0),
        ["Fill_"] = ((x, _) => x.Fill_(4), (x, _) => x * 0 + 4),
        ["Clamp_"] = ((x, _) => x.Clamp_(0.8, 1.2), (x, _) => x.Clamp(0.8, 1.2)),
        ["Exp_"] = ((x, _) => x.Exp_(), (x, _) => x.Exp()),
        ["Log_"] = ((x, _) => x.Log_(), (x, _) => x.Log()),
        ["Neg_"] = ((x, _) => x.Neg_(), (x, _) => -x),
        ["Abs_"] = ((x, _) => x.Abs_(), (x, _) => x.Abs()),
        ["Square_"] = ((x, _) => x.Square_(), (x, _) => x * x),
        ["Pow_"] = ((x, _) => x.Pow_(3), (x, _) => x * x * x),
        ["Relu_"] = ((x, _) => x.Sub_(1).Relu_(), (x, _) => (x - 1).Relu()),
        ["Sqrt_"] = ((x, _) => x.Sqrt_(), (x, _) => x.Sqrt()),
        ["Rsqrt_"] = ((x, _) => x.Rsqrt_(), (x, _) => x.Rsqrt()),
        ["Reciprocal_"] = ((x, _) => x.Reciprocal_(), (x, _) => 1 / x),
        ["Tanh_"] = ((x, _) => x.Tanh_(), (x, _) => x.Tanh()),
        ["Sigmoid_"] = ((x, _) => x.Sigmoid_(), (x, _) => x.Sigmoid()),
        ["Floor_"] = ((x, _) => x.Floor_(), (x, _) => x.Floor()),
        ["Round_"] = ((x, _) => x.Round_(), (x, _) => x.Round()),
        ["Addcmul_"] = ((x, b) => x.Addcmul_(b, b, 0.5), (x, b) => x + b * b * 0.5),
        ["Addcdiv_"] = ((x, b) => x.Addcdiv_(b, b * b, 0.5), (x, b) => x + 0.5 / b),
        ["Lerp_"] = ((x, b) => x.Lerp_(b, 0.3), (x, b) => x + (b - x) * 0.3),
        ["ScatterAdd_"] = ((x, b) => x.ScatterAdd_(0, Places(x), b), (x, b) => x.ScatterAdd(0, Places(x), b)),
        ["IndexAdd_"] = ((x, b) => x.IndexAdd_(0, Rows(x), b, 0.5), (x, b) => x.IndexAdd(0, Rows(x), b, 0.5)),
        ["MaskedFill_"] = ((x, b) => x.MaskedFill_(b.Gt(1), 7), (x, b) => x.MaskedFill(b.Gt(1), 7)),
    };

    public static TheoryData<string> Names => [.. s_rows.Keys];

    [Theory, MemberData(nameof(Names))]
    public void In_place_gives_what_out_of_place_gives_and_raises_the_version(string name)
    {
        var (change, same) = s_rows[name];
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64, DType.BFloat16])
            foreach (var x in PointwiseTests.Layouts(PointwiseTests.Values([5, 7], 0.5, 2, 1).To(dtype)))
                foreach (var b in PointwiseTests.Layouts(PointwiseTests.Values([5, 7], 0.5, 2, 2).To(dtype)))
                {
                    var expected = PointwiseTests.Doubles(same(x, b));
                    int version = x.Version;
                    Assert.Same(x, change(x, b));
                    Assert.True(x.Version > version);
                    var got = PointwiseTests.Doubles(x);
                    double tolerance = dtype == DType.Float32 ? 1e-6 : dtype == DType.Float64 ? 1e-13 : 0.03;
                    for (int i = 0; i < got.Length; i++) Assert.Equal(expected[i], got[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
                    Copying.CopyInto(x, PointwiseTests.Values([5, 7], 0.5, 2, 1).To(dtype));
                }
    }

    [Theory, MemberData(nameof(Names))]
    public void In_place_in_a_graph_has_the_gradient_of_out_of_place(string name)
    {
        var (change, same) = s_rows[name];
        Tensor[] Gradients(Func<Tensor, Tensor, Tensor> f)
        {
            Tensor x = PointwiseTests.Values([6], 0.5, 2, 3), b = PointwiseTests.Values([6], 0.5, 2, 4);
            (x.RequiresGrad, b.RequiresGrad) = (true, true);
            f(x.Mul(1.0), b.Mul(1.0)).Mul(PointwiseTests.Values([6], 1, 2, 5)).Sum().Backward();
            return [x.Grad!, b.Grad ?? Tensor.Zeros([6], DType.Float64)];
        }
        var (expected, got) = (Gradients(same), Gradients(change));
        for (int k = 0; k < 2; k++)
            Assert.Equal(PointwiseTests.Doubles(expected[k]), PointwiseTests.Doubles(got[k]), (a, b) => Math.Abs(a - b) <= 1e-12 * Math.Max(1, Math.Abs(a)));
    }

    [Fact]
    public void Another_view_of_the_same_memory_is_read_before_it_is_written()
    {
        var x = Tensor.From<float>([1, 2, 3, 4], [2, 2]);
        x.Add_(x.Transpose(0, 1));
        Assert.Equal([2, 5, 5, 8], x.AsSpan<float>().ToArray());
    }

    [Fact]
    public void What_cannot_be_done_in_place_is_refused_and_changes_nothing()
    {
        var x = Tensor.Ones([2]);
        Assert.Contains("widen", Assert.Throws<ShapeException>(() => x.Add_(Tensor.Ones([3, 2]))).Message);
        Assert.Throws<ShapeException>(() => Tensor.Ones([1]).MaskedFill_(Tensor.Full([3], true, DType.Bool), 1));
        Assert.Contains("expanded", Assert.Throws<InvalidOperationException>(() => Tensor.Ones([1]).Expand([3]).Mul_(2)).Message);
        var n = Tensor.Ones([2], DType.Int64);
        Assert.Throws<InvalidOperationException>(() => n.Add_(0.5));
        Assert.Throws<InvalidOperationException>(() => n.Add_(x));
        Assert.Throws<InvalidOperationException>(() => n.Div_(2));
        Assert.Throws<InvalidOperationException>(() => n.Exp_());
        Assert.Equal([1L, 1L], n.AsSpan<long>().ToArray());
        x.RequiresGrad = true;
        Assert.Contains("NoGrad", Assert.Throws<InvalidOperationException>(() => x.Mul_(2)).Message);
        using (Autograd.NoGrad()) Assert.Equal([2f, 2f], x.Mul_(2).AsSpan<float>().ToArray());
    }

    [Fact]
    public void A_value_that_backward_needs_must_not_be_changed_in_place()
    {
        var x = Tensor.Ones([2]);
        x.RequiresGrad = true;
        var y = x.Exp();
        var z = y.Sum();
        y.Mul_(2);
        Assert.Contains("in place", Assert.Throws<InvalidOperationException>(() => z.Add(y.Sum()).Backward()).Message);
    }

    [Fact]
    public void Changing_in_place_outside_a_graph_takes_no_memory()
    {
        Tensor x = Tensor.Ones([100]), b = Tensor.Ones([100]);
        void Step() => x.Add_(b).Mul_(0.5).Add_(b, -0.25).Addcdiv_(b, b, 0.1).Lerp_(b, 0.1).Sqrt_();
        for (int i = 0; i < 100; i++) Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
