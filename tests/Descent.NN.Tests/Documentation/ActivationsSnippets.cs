using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/activations.md, as they stand there.</summary>
public sealed class ActivationsSnippets
{
    static float[] Values(Tensor? x) => x!.Detach().To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    static void Near(float[] expected, Tensor? x, float tolerance = 1e-4f) =>
        Assert.All(expected.Zip(Values(x)), pair => Assert.Equal(pair.First, pair.Second, tolerance));

    [Fact]
    public void Values_of_activations()
    {
        var x = Tensor.From<float>([-2, 0, 2]);
        var relu = x.Relu();            // 0, 0, 2
        var leaky = x.LeakyRelu(0.1);   // -0.2, 0, 2
        var gelu = x.Gelu();            // -0.0455, 0, 1.9545
        var silu = x.Silu();            // -0.2384, 0, 1.7616

        Near([0, 0, 2], relu);
        Near([-0.2f, 0, 2], leaky);
        Near([-0.0455f, 0, 1.9545f], gelu);
        Near([-0.2384f, 0, 1.7616f], silu);
    }

    [Fact]
    public void Slopes_below_zero()
    {
        var x = Tensor.From<float>([-3, -1]);
        x.RequiresGrad = true;
        var dead = Autograd.Grad(x.Relu().Sum(), x);              // 0, 0
        var alive = Autograd.Grad(x.LeakyRelu(0.01).Sum(), x);    // 0.01, 0.01

        Near([0, 0], dead);
        Near([0.01f, 0.01f], alive);
    }

    [Fact]
    public void A_gated_block()
    {
        var block = new GatedFeedForward(width: 64, hidden: 176);
        var y = block.Forward(Tensor.Randn(2, 10, 64));    // down(silu(gate(x)) · up(x)), of shape (2, 10, 64)

        Assert.Equal([2, 10, 64], y.Shape.ToArray());
    }
}
