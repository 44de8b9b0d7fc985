namespace Descent.Tensors.Tests;

/// <summary>Convolutions of bfloat16 images against those of float32 with the same values.</summary>
public sealed class NarrowConvolutionTests
{
    /// <summary>Images, channels, outputs, height, width, kernel, stride, padding, dilation, groups.</summary>
    public static TheoryData<int[]> Cases => new()
    {
        new[] { 2, 4, 6, 8, 8, 3, 1, 1, 1, 1 },
        new[] { 3, 3, 8, 12, 12, 3, 1, 1, 1, 1 },
        new[] { 2, 16, 24, 9, 8, 3, 2, 1, 1, 1 },
        new[] { 2, 32, 16, 7, 8, 1, 1, 0, 1, 1 },
        new[] { 1, 5, 7, 16, 10, 3, 1, 2, 2, 1 },
        new[] { 2, 8, 8, 11, 15, 5, 3, 2, 1, 1 },
        new[] { 2, 6, 4, 10, 9, 3, 1, 0, 1, 2 },
        new[] { 1, 1, 1, 4, 4, 2, 1, 0, 1, 1 },
        new[] { 40, 64, 33, 4, 4, 3, 1, 1, 1, 1 },
        new[] { 0, 4, 6, 8, 8, 3, 1, 1, 1, 1 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_float32_to_one_rounding(int[] c)
    {
        foreach (bool region in (bool[])[true, false])
        {
            var g = new Generator(5);
            Tensor x = Tensor.Randn([c[0], c[1], c[3], c[4]], generator: g).To(DType.BFloat16), weight = Tensor.Randn([c[2], c[1] / c[9], c[5], c[5]], generator: g).To(DType.BFloat16),
                bias = Tensor.Randn([c[2]], generator: g).To(DType.BFloat16);
            Tensor[] wide = [x.To(DType.Float64), weight.To(DType.Float64), bias.To(DType.Float64)];
            // In a region parameters and images may be float32.
            Tensor[] low = region ? [x.To(DType.Float32), weight.To(DType.Float32), bias.To(DType.Float32)] : [x, weight, bias];
            foreach (var t in (Tensor[])[.. wide, .. low]) t.RequiresGrad = true;
            Tensor y;
            using (region ? Autocast.Enter() : Autocast.Disable()) y = F.Conv2d(low[0], low[1], low[2], stride: c[6], padding: c[7], dilation: c[8], groups: c[9]);
            var expected = F.Conv2d(wide[0], wide[1], wide[2], stride: c[6], padding: c[7], dilation: c[8], groups: c[9]);
            Assert.Equal(DType.BFloat16, y.DType);
            Near(expected, y, 0.005);
            var dy = Tensor.Randn(y.Shape.AsSpan().ToArray(), generator: g).To(DType.BFloat16);
            y.Backward(dy);
            expected.Backward(dy.To(DType.Float64));
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(low[i].DType, low[i].Grad!.DType);
                Near(wide[i].Grad!, low[i].Grad!, low[i].DType == DType.Float32 && c[9] == 1 && i > 0 && c[4] % 2 == 0 ? 0.004 : 0.008);
            }
        }

        static void Near(Tensor expected, Tensor actual, double tolerance)
        {
            if (expected.Elements == 0) return;
            double scale = expected.Abs().Amax().Item();
            Assert.True((expected - actual.To(DType.Float64)).Abs().Amax().Item() <= tolerance * scale);
        }
    }

    [Fact]
    public void The_gradient_of_a_float32_weight_is_never_rounded()
    {
        var g = new Generator(6);
        Tensor x = Tensor.Randn([4, 8, 10, 10], generator: g).To(DType.BFloat16), w = Tensor.Randn([6, 8, 3, 3], generator: g);
        w.RequiresGrad = true;
        Tensor y;
        using (Autocast.Enter()) y = F.Conv2d(x, w, padding: 1);
        var dy = Tensor.Randn(y.Shape.AsSpan().ToArray(), generator: g).To(DType.BFloat16);
        y.Backward(dy);
        var exact = w.Detach().To(DType.Float64);
        exact.RequiresGrad = true;
        F.Conv2d(x.To(DType.Float64), exact, padding: 1).Backward(dy.To(DType.Float64));
        Assert.True((w.Grad!.To(DType.Float64) - exact.Grad!).Abs().Amax().Item() < 1e-5 * exact.Grad!.Abs().Amax().Item());
    }

    [Fact]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        var g = new Generator(7);
        Tensor x = Tensor.Randn([6, 32, 16, 16], generator: g), w = Tensor.Randn([40, 32, 3, 3], generator: g);
        (x.RequiresGrad, w.RequiresGrad) = (true, true);
        int threads = Numerics.Threads;
        try
        {
            Numerics.Threads = 1;
            var one = Run();
            Numerics.Threads = 3;
            Assert.Equal(one, Run());
        }
        finally
        {
            Numerics.Threads = threads;
        }

        byte[] Run()
        {
            (x.Grad, w.Grad) = (null, null);
            Tensor y;
            using (Autocast.Enter()) y = F.Conv2d(x, w, padding: 1);
            y.To(DType.Float32).Square().Sum().Backward();
            return [.. y.AsBytes(), .. x.Grad!.AsBytes(), .. w.Grad!.AsBytes()];
        }
    }

    [Fact]
    public void Gradients_of_gradients_flow()
    {
        var g = new Generator(8);
        Tensor x = Tensor.Randn([2, 4, 6, 6], generator: g), w = Tensor.Randn([4, 4, 3, 3], generator: g);
        (x.RequiresGrad, w.RequiresGrad) = (true, true);
        Tensor Penalty(bool low)
        {
            Tensor y;
            using (low ? Autocast.Enter() : Autocast.Disable()) y = F.Conv2d(x, w, padding: 1);
            return Autograd.Grad(Autograd.Grad(y.To(DType.Float32).Square().Sum(), x, createGraph: true).Square().Sum(), w);
        }
        var (exact, near) = (Penalty(false), Penalty(true));
        Assert.True((near - exact).Abs().Amax().Item() < 0.05 * exact.Abs().Amax().Item());
    }
}
