namespace Descent.Tensors.Tests;

public sealed class AutocastTests
{
    static Tensor Draw(params int[] shape) => Tensor.Randn(shape, generator: new Generator(3));

    static Tensor Weight(params int[] shape)
    {
        var w = Draw(shape);
        w.RequiresGrad = true;
        return w;
    }

    public static TheoryData<string, Func<Tensor>> Low => new()
    {
        { "matmul", () => Draw(3, 4).MatMul(Draw(4, 2)) },
        { "batched matmul", () => Draw(2, 3, 4).MatMul(Draw(2, 4, 2)) },
        { "bmm", () => Draw(2, 3, 4).Bmm(Draw(2, 4, 2)) },
        { "vector", () => Draw(3, 4).Mv(Draw(4)) },
        { "addmm", () => Draw(2).To(DType.BFloat16).Addmm(Draw(3, 4), Draw(4, 2)) },
        { "einsum", () => Tensor.Einsum("ij,jk->ik", Draw(3, 4), Draw(4, 2)) },
        { "linear", () => F.Linear(Draw(3, 4), Weight(2, 4), Weight(2)) },
        { "linear without bias", () => F.Linear(Draw(5, 3, 4), Weight(2, 4)) },
        { "conv1d", () => F.Conv1d(Draw(2, 3, 9), Weight(4, 3, 3)) },
        { "conv2d", () => F.Conv2d(Draw(2, 3, 9, 9), Weight(4, 3, 3, 3), Weight(4)) },
        { "conv3d", () => F.Conv3d(Draw(1, 2, 5, 5, 5), Weight(3, 2, 3, 3, 3)) },
        { "transposed convolution", () => F.ConvTranspose2d(Draw(2, 3, 5, 5), Weight(3, 4, 3, 3), Weight(4)) },
        { "narrow input", () => F.Linear(Draw(3, 4).To(DType.BFloat16), Weight(2, 4)) },
        { "relu of a product", () => Draw(3, 4).MatMul(Draw(4, 2)).Relu() },
    };

    public static TheoryData<string, Func<Tensor>> Full => new()
    {
        { "softmax", () => Narrow().Softmax(-1) },
        { "log softmax", () => Narrow().LogSoftmax(-1) },
        { "sum", () => Narrow().Sum() },
        { "mean", () => Narrow().Mean(1) },
        { "variance", () => Narrow().Var() },
        { "norm", () => Narrow().Norm() },
        { "squared error", () => F.MseLoss(Narrow(), Narrow(), Reduction.None) },
        { "absolute error", () => F.L1Loss(Narrow(), Narrow(), Reduction.None) },
        { "binary cross entropy", () => F.BinaryCrossEntropyWithLogits(Narrow(), Narrow().Sigmoid(), reduction: Reduction.None) },
        { "product", () => Narrow().Prod(1) },
        { "log sum exp", () => Narrow().LogSumExp(1) },
        { "cross entropy", () => F.CrossEntropy(Narrow(), Tensor.From<long>([0, 1, 2])) },
        { "squared error", () => F.MseLoss(Narrow(), Narrow()) },
        { "float32 elementwise", () => Draw(3, 4) * 2 },
    };

    public static TheoryData<string, Func<Tensor, Tensor>> Norms => new()
    {
        { "batch normalisation", x => F.BatchNorm(x, null, null, Weight(4), Weight(4), training: true) },
        { "batch normalisation in evaluation", x => F.BatchNorm(x, Draw(4), Draw(4).Square(), Weight(4), Weight(4)) },
        { "layer normalisation", x => F.LayerNorm(x, [4], Weight(4), Weight(4)) },
        { "layer normalisation without parameters", x => F.LayerNorm(x, [4]) },
        { "normalisation by the mean square", x => F.RmsNorm(x, [4], Weight(4)) },
        { "group normalisation", x => F.GroupNorm(x, 2, Weight(4), Weight(4)) },
        { "instance normalisation", x => F.InstanceNorm(x.Reshape(5, 2, -1)) },
    };

    [Theory, MemberData(nameof(Norms))]
    public void Normalisation_keeps_the_narrow_type_and_computes_in_float32(string name, Func<Tensor, Tensor> apply)
    {
        Tensor low = Draw(50, 4).To(DType.BFloat16), wide = low.To(DType.Float32), dy = Draw(50, 4).To(DType.BFloat16);
        (low.RequiresGrad, wide.RequiresGrad) = (true, true);
        Tensor y;
        using (Autocast.Enter()) y = apply(low);
        var expected = apply(wide);
        Assert.True(y.DType == DType.BFloat16, name);
        Assert.Equal(expected.To(DType.BFloat16).ToArray<BFloat16>(), y.ToArray<BFloat16>());
        y.Backward(dy.Reshape(y.Shape.AsSpan()));
        expected.Backward(dy.To(DType.Float32).Reshape(y.Shape.AsSpan()));
        Assert.Equal(wide.Grad!.To(DType.BFloat16).ToArray<BFloat16>(), low.Grad!.ToArray<BFloat16>());
    }

    [Fact]
    public void Parameters_of_narrow_normalisation_have_float32_gradients_and_running_statistics()
    {
        Tensor x = Draw(6, 3, 5, 7).To(DType.BFloat16), wide = x.To(DType.Float32);
        var (w, b, w2, b2) = (Weight(3), Weight(3), Weight(3), Weight(3));
        Tensor mean = Tensor.Zeros(3), variance = Tensor.Ones(3), mean2 = Tensor.Zeros(3), variance2 = Tensor.Ones(3);
        using (Autocast.Enter()) F.BatchNorm(x, mean, variance, w, b, training: true).To(DType.Float32).Square().Sum().Backward();
        F.BatchNorm(wide, mean2, variance2, w2, b2, training: true).To(DType.BFloat16).To(DType.Float32).Square().Sum().Backward();
        Assert.Equal(mean2.ToArray<float>(), mean.ToArray<float>());
        Assert.Equal(variance2.ToArray<float>(), variance.ToArray<float>());
        Assert.Equal(DType.Float32, w.Grad!.DType);
        for (int c = 0; c < 3; c++)
        {
            Assert.Equal(w2.Grad!.ToArray<float>()[c], w.Grad!.ToArray<float>()[c], 1e-2f * Math.Abs(w2.Grad!.ToArray<float>()[c]));
            Assert.Equal(b2.Grad!.ToArray<float>()[c], b.Grad!.ToArray<float>()[c], 1e-2f * Math.Abs(b2.Grad!.ToArray<float>()[c]) + 1e-1f);
        }
    }

    [Fact]
    public void Gradients_of_gradients_flow_through_narrow_normalisation()
    {
        Tensor x = Draw(6, 4).To(DType.BFloat16), wide = x.To(DType.Float32);
        (x.RequiresGrad, wide.RequiresGrad) = (true, true);
        static Tensor Twice(Tensor x) => Autograd.Grad(Autograd.Grad(F.LayerNorm(x, [4]).To(DType.Float32).Tanh().Sum(), x, createGraph: true).To(DType.Float32).Square().Sum(), x).To(DType.Float32);
        var (low, exact) = (Twice(x), Twice(wide));
        Assert.True((low - exact).Abs().Amax().Item() < 0.05 * exact.Abs().Amax().Item());
    }

    static Tensor Narrow() => Draw(3, 4).To(DType.BFloat16);

    [Theory, MemberData(nameof(Low))]
    public void Products_run_in_the_narrow_type(string name, Func<Tensor> run)
    {
        using (Autocast.Enter(DType.BFloat16)) Assert.True(run().DType == DType.BFloat16, name);
        using (Autocast.Enter(DType.Float16))
            if (name is not ("addmm" or "narrow input")) Assert.True(run().DType == DType.Float16, name);
    }

    [Theory, MemberData(nameof(Full))]
    public void Sums_normalisation_and_losses_run_in_float32(string name, Func<Tensor> run)
    {
        using var region = Autocast.Enter();
        Assert.True(run().DType == DType.Float32, name);
    }

    [Fact]
    public void Every_value_of_a_product_is_one_that_the_narrow_type_has()
    {
        using var region = Autocast.Enter();
        var y = Draw(7, 33).MatMul(Draw(33, 5)).To(DType.Float32);
        Assert.All(y.ToArray<float>(), v => Assert.Equal((float)(BFloat16)v, v));
        Assert.NotEqual(Draw(7, 33).To(DType.Float64).MatMul(Draw(33, 5).To(DType.Float64)).To(DType.Float32).ToArray<float>(), y.ToArray<float>());
    }

    [Fact]
    public void Gradients_arrive_in_the_parameters_own_type_and_near_the_exact_ones()
    {
        var (w, x) = (Weight(4, 8), Draw(5, 8));
        Tensor Loss() => (F.Linear(x, w).Tanh() * 3).Sum();
        Loss().Backward();
        var exact = w.Grad!;
        w.Grad = null;
        Tensor loss;
        using (Autocast.Enter()) loss = Loss();
        loss.Backward();
        Assert.Equal(DType.Float32, w.Grad!.DType);
        Assert.True((w.Grad - exact).Abs().Amax().Item() < 0.05 * exact.Abs().Amax().Item());
        Assert.True((w.Grad - exact).Abs().Amax().Item() > 0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_linear_layer_of_float32_parameters_has_gradients_that_were_never_rounded(int rank)
    {
        var (w, b) = (Weight(24, 40), Weight(24));
        var x = rank == 2 ? Weight(70, 40) : Weight(7, 10, 40);
        using (Autocast.Enter()) (F.Linear(x, w, b) * 0.5).Sum().Backward();
        Tensor ones = Tensor.Full([70, 24], 0.5), rows = x.Detach().Reshape(70, 40), low = rows.To(DType.BFloat16).To(DType.Float32);
        Near(ones.T.MatMul(low), w.Grad!);
        Near(ones.MatMul(w.Detach().To(DType.BFloat16).To(DType.Float32)), x.Grad!.Reshape(70, 40));
        Near(ones.Sum(0), b.Grad!);

        static void Near(Tensor expected, Tensor actual)
        {
            Assert.Equal(DType.Float32, actual.DType);
            Assert.True((expected - actual).Abs().Amax().Item() < 1e-5 * expected.Abs().Amax().Item());
        }
    }

    [Fact]
    public void Gradients_of_gradients_flow_through_a_linear_layer_of_a_region()
    {
        var (w, x) = (Weight(4, 8), Weight(5, 8));
        Tensor Penalty(bool low)
        {
            using var region = low ? Autocast.Enter() : Autocast.Disable();
            var y = F.Linear(x, w).Square().Sum();
            return Autograd.Grad(y, x, createGraph: true).Square().Sum();
        }
        var exact = Autograd.Grad(Penalty(false), w);
        var near = Autograd.Grad(Penalty(true), w);
        Assert.True((near - exact).Abs().Amax().Item() < 0.05 * exact.Abs().Amax().Item());
    }

    [Fact]
    public void A_parameter_used_twice_is_converted_once_and_its_gradients_add_up()
    {
        var (w, x) = (Weight(4, 4), Draw(2, 4));
        using (Autocast.Enter())
        {
            var low = Autocast.Low(w);
            F.Linear(x, w);
            Assert.Same(low, Autocast.Low(w));
            F.Linear(F.Linear(x, w), w).Sum().Backward();
        }
        Assert.NotNull(w.Grad);
    }

    [Fact]
    public void A_conversion_made_without_a_graph_does_not_serve_where_a_gradient_is_wanted()
    {
        var (w, x) = (Weight(4, 4), Draw(2, 4));
        using (Autocast.Enter())
        {
            using (Autograd.NoGrad()) F.Linear(x, w);
            F.Linear(x, w).Sum().Backward();
        }
        Assert.NotNull(w.Grad);
    }

    [Fact]
    public void A_parameter_changed_within_a_region_is_converted_anew()
    {
        var (w, x) = (Weight(4, 4), Draw(2, 4));
        using var region = Autocast.Enter();
        var before = F.Linear(x, w);
        using (Autograd.NoGrad()) w.Mul_(2);
        Assert.Equal((before * 2).ToArray<BFloat16>(), F.Linear(x, w).ToArray<BFloat16>());
    }

    [Fact]
    public void Regions_nest_and_end()
    {
        Assert.Null(Autocast.Current);
        using (Autocast.Enter(DType.BFloat16))
        {
            using (Autocast.Enter(DType.Float16)) Assert.Equal(DType.Float16, Autocast.Current);
            using (Autocast.Disable()) Assert.Equal(DType.Float32, Draw(2, 2).MatMul(Draw(2, 2)).DType);
            Assert.Equal(DType.BFloat16, Autocast.Current);
        }
        Assert.Null(Autocast.Current);
        Assert.Throws<ArgumentException>(() => Autocast.Enter(DType.Float64));
    }

    [Fact]
    public void Float64_and_integers_are_left_alone()
    {
        using var region = Autocast.Enter();
        Assert.Equal(DType.Float64, Draw(2, 2).To(DType.Float64).MatMul(Draw(2, 2).To(DType.Float64)).DType);
        Assert.Equal(DType.Int64, Tensor.Ones([2, 2], DType.Int64).MatMul(Tensor.Ones([2, 2], DType.Int64)).DType);
    }

    [Fact]
    public void A_checkpointed_function_is_run_again_in_the_types_it_had()
    {
        var (w, x) = (Weight(8, 8), Draw(2, 8));
        x.RequiresGrad = true;
        Tensor plain, again;
        using (Autocast.Enter()) plain = F.Linear(F.Linear(x, w).Relu(), w).Sum();
        plain.Backward();
        var (dw, dx) = (w.Grad!, x.Grad!);
        (w.Grad, x.Grad) = (null, null);
        using (Autocast.Enter())
        {
            F.Linear(x, w);    // has w converted before, outside of the checkpoint
            again = Autograd.Checkpoint(t => F.Linear(F.Linear(t[0], w).Relu(), w), x).Sum();
        }
        again.Backward();
        Assert.Equal(dw.ToArray<float>(), w.Grad!.ToArray<float>());
        Assert.Equal(dx.ToArray<float>(), x.Grad!.ToArray<float>());
    }
}
