namespace Descent.Tensors.Tests;

[Collection(nameof(Generator.Default))]
public sealed class CheckpointTests
{
    static Tensor Cube(Tensor x) => x * x * x;

    [Fact]
    public void Gradients_reach_inputs_parameters_and_intermediate_tensors_that_f_closes_over()
    {
        var (x, w, v) = (Leaf.Of(2), Leaf.Of(3), Leaf.Of(5));
        var inner = v * v;
        var y = Autograd.Checkpoint(t => Cube(t[0]) * w * inner, x) * inner;
        Assert.Equal([8 * 3 * 625], y.Values());
        y.Backward();
        Assert.Equal([12 * 3 * 625], x.Grad!.Values());
        Assert.Equal([8 * 625], w.Grad!.Values());
        Assert.Equal([8 * 3 * 4 * 125], v.Grad!.Values());
    }

    [Fact]
    public void F_runs_once_forward_and_once_per_backward()
    {
        int runs = 0;
        var x = Leaf.Of(2);
        var y = Autograd.Checkpoint(t => { runs++; return Cube(t[0]); }, x);
        Assert.Equal(1, runs);
        y.Backward(retainGraph: true);
        y.Backward();
        Assert.Equal(3, runs);
        Assert.Equal([24], x.Grad!.Values());
        Assert.Throws<InvalidOperationException>(() => y.Backward());
    }

    [Fact]
    public void Nested_checkpoints_and_second_order_gradients()
    {
        var w = Leaf.Constant(1.5, -0.5);
        Tensor F(Tensor[] t) => Autograd.Checkpoint(
            u => Autograd.Checkpoint(s => Cube(s[0]) * u[1], u[0]) * Autograd.Checkpoint(s => s[0] * s[0], u[0]), t[0], t[1]) * t[0];
        GradientCheck.Verify(F, Leaf.Constant(0.5, -1.2), w);
        GradientCheck.VerifySecondOrder(F, Leaf.Constant(0.5, -1.2), w);
    }

    static Tensor Noise(Tensor x)
    {
        double[] values = new double[x.Elements];
        Generator.Default.Uniform(values);
        return x * Leaf.Constant(values);
    }

    [Fact]
    public void Random_numbers_are_the_same_when_run_again_and_the_stream_goes_on()
    {
        Generator.ManualSeed(7);
        var x = Leaf.Of(1, 1, 1);
        var y = Autograd.Checkpoint(t => Noise(t[0]), x);
        Noise(x);
        var before = Generator.Default.GetState();
        y.Backward(Leaf.Constant(1, 1, 1));
        Assert.Equal(y.Values(), x.Grad!.Values());
        Assert.Equal(before, Generator.Default.GetState());
    }

    [Fact]
    public void A_function_that_does_something_else_the_second_time_is_an_error()
    {
        var (x, w) = (Leaf.Of(2), Leaf.Of(3));
        bool first = true;
        var y = Autograd.Checkpoint(t => { bool now = first; first = false; return now ? t[0] * w : t[0] * 2; }, x);
        Assert.Contains("something else", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message);
    }

    [Fact]
    public void Nothing_is_recorded_where_nothing_requires_gradients()
    {
        Assert.False(Autograd.Checkpoint(t => Cube(t[0]), Leaf.Constant(2)).RequiresGrad);
        using (Autograd.NoGrad()) Assert.False(Autograd.Checkpoint(t => Cube(t[0]), Leaf.Of(2)).RequiresGrad);
        var x = Leaf.Of(2);
        Assert.Same(x, Autograd.Checkpoint(t => t[0], x));
    }

    [Fact]
    public void The_result_may_be_changed_in_place()
    {
        var x = Leaf.Of(2);
        var y = Autograd.Checkpoint(t => Cube(t[0]), x);
        y.Mul_(Leaf.Constant(2));
        y.Backward();
        Assert.Equal([24], x.Grad!.Values());
    }

    [Fact]
    public void What_f_saved_is_given_up()
    {
        var x = Leaf.Of(2);
        var (y, saved) = Forward(x);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(saved.IsAlive);
        y.Backward();
    }

    static (Tensor, WeakReference) Forward(Tensor x)
    {
        WeakReference? saved = null;
        var y = Autograd.Checkpoint(t =>
        {
            var square = t[0] * t[0];
            saved ??= new(square);
            return square * square;
        }, x);
        return (y, saved!);
    }
}
