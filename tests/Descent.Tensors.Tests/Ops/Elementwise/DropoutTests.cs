namespace Descent.Tensors.Tests.Ops;

public class DropoutTests
{
    [Theory]
    [InlineData(new int[0], DType.Float32)]
    [InlineData(new[] { 7 }, DType.Float32)]
    [InlineData(new[] { 3, 5_000 }, DType.Float32)]
    [InlineData(new[] { 3, 5_000 }, DType.Float64)]
    [InlineData(new[] { 50, 70 }, DType.BFloat16)]
    [InlineData(new[] { 50, 70 }, DType.Float16)]
    [InlineData(new[] { 0, 3 }, DType.Float32)]
    public void What_is_dropped_is_what_the_generator_draws_in_every_direction(int[] shape, DType dtype)
    {
        const double p = 0.3;
        var x = Tensor.Randn(shape, generator: new Generator(1)).To(dtype);
        var mask = new float[x.Elements];
        var drawn = new Generator(2);
        drawn.Bernoulli(mask, 1 - p);
        var factor = Tensor.From<float>(mask, shape).To(dtype) * (1 / (1 - p));
        x.RequiresGrad = true;
        var generator = new Generator(2);
        var y = F.Dropout(x, p, true, generator);
        Assert.Equal((x * factor).To(DType.Float64).ToArray<double>(), y.To(DType.Float64).ToArray<double>());
        if (x.Elements > 0) Assert.Equal(drawn.NextNormal(), generator.NextNormal());

        var dy = Tensor.Randn(shape, generator: new Generator(3)).To(dtype);
        dy.RequiresGrad = true;
        var dx = Autograd.Grad(y, x, dy, createGraph: true);
        Assert.Equal((dy * factor).To(DType.Float64).ToArray<double>(), dx.To(DType.Float64).ToArray<double>());
        var ddy = Autograd.Grad(dx, dy, x.Detach());
        Assert.Equal(y.Detach().To(DType.Float64).ToArray<double>(), ddy.To(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void Layout_and_threads_change_nothing()
    {
        var x = Tensor.Randn([300, 200], generator: new Generator(1));
        int threads = Numerics.Threads;
        try
        {
            Numerics.Threads = 1;
            var want = F.Dropout(x.T.Contiguous(), 0.5, true, new Generator(2)).ToArray<float>();
            Numerics.Threads = 2;
            Assert.Equal(want, F.Dropout(x.T, 0.5, true, new Generator(2)).ToArray<float>());
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }
}
