namespace Descent.Tensors.Tests;

public sealed class HookTests
{
    [Theory, InlineData(true), InlineData(false)]
    public void Hooks_run_in_order_once_per_pass_on_the_whole_gradient(bool onLeaf)
    {
        var x = Leaf.Of(3);
        var y = onLeaf ? x : x * 1;
        var log = new List<string>();
        y.RegisterHook(g => { log.Add($"first {g.Item()}"); return g * 10; });
        y.RegisterHook(g => { log.Add($"second {g.Item()}"); return null; });
        (y * y + y * 4).Backward();
        Assert.Equal(["first 10", "second 100"], log);
        Assert.Equal([100], x.Grad!.Values());
    }

    [Fact]
    public void A_disposed_registration_calls_no_more()
    {
        var x = Leaf.Of(3);
        int calls = 0;
        Func<Tensor, Tensor?> hook = g => { calls++; return null; };
        var once = x.RegisterHook(hook);
        x.RegisterHook(hook);
        (x * 1).Backward();
        once.Dispose();
        (x * 1).Backward();
        Assert.Equal(3, calls);
    }

    [Fact]
    public void RetainGrad_stores_what_the_hooks_left_and_counts_once()
    {
        var x = Leaf.Of(3);
        var y = x * x;
        y.RetainGrad();
        y.RetainGrad();
        y.RegisterHook(g => g * 2);
        (y * 5).Backward();
        Assert.Equal([10], y.Grad!.Values());
        Assert.Equal([60], x.Grad!.Values());
        x.RetainGrad();
        Assert.Throws<InvalidOperationException>(() => Leaf.Constant(1).RetainGrad());
    }

    [Fact]
    public void Hooks_on_a_leaf_change_what_Grad_returns()
    {
        var x = Leaf.Of(3);
        using var hook = x.RegisterHook(g => g * 2);
        Assert.Equal([12], Autograd.Grad(x * x, x).Values());
    }

    [Fact]
    public void A_hook_that_changes_the_shape_is_an_error()
    {
        var x = Leaf.Of(1, 2);
        x.RegisterHook(_ => Leaf.Constant(1));
        Assert.Throws<ShapeException>(() => x.Mul(1).Backward(Leaf.Constant(1, 1)));
    }
}
