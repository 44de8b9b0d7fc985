namespace Descent.Tensors.Tests;

public sealed class StaleViewTests
{
    static (Tensor Leaf, Tensor X) Start()
    {
        var leaf = Tensor.From<float>([1, 2, 3, 4], [4]);
        leaf.RequiresGrad = true;
        return (leaf, leaf * 2);
    }

    [Fact]
    public void A_view_from_before_a_recorded_change_is_refused()
    {
        var (_, x) = Start();
        var view = x.Reshape(2, 2);
        x.Mul_(3);
        var error = Assert.Throws<InvalidOperationException>(() => view.Sum());
        Assert.Contains("view", error.Message);
    }

    [Fact]
    public void A_view_made_again_follows_the_change()
    {
        var (leaf, x) = Start();
        x.Mul_(3);
        x[0] = Tensor.Full([], 9f);
        x.Reshape(2, 2).Sum().Backward();
        Assert.Equal([0f, 6, 6, 6], leaf.Grad!.ToArray<float>());
    }
}
