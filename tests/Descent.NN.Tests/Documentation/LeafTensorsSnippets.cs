using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/leaf-tensors.md, as they stand there.</summary>
public sealed class LeafTensorsSnippets
{
    static float[] Values(Tensor? x) => x!.Detach().To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    [Fact]
    public void Leaves()
    {
        var weight = new Parameter(Tensor.Ones(2));    // a leaf that wants a gradient
        var x = Tensor.From<float>([1, 2]);            // a leaf that wants none
        var y = (weight * x).Sum();                    // computed, so not a leaf
        y.Backward();
        var gradient = weight.Grad;                    // 1, 2

        Assert.True(weight.IsLeaf && x.IsLeaf && !y.IsLeaf);
        Assert.Null(x.Grad);
        Assert.Equal([1, 2], Values(gradient));
    }

    [Fact]
    public void A_gradient_on_the_way()
    {
        var weight = new Parameter(Tensor.Ones(2));
        var hidden = weight * 3;
        hidden.RetainGrad();
        (hidden * hidden).Sum().Backward();
        var atHidden = hidden.Grad;    // 2 · hidden: 6, 6
        var atWeight = weight.Grad;    // 3 · 6: 18, 18

        Assert.Equal([6, 6], Values(atHidden));
        Assert.Equal([18, 18], Values(atWeight));
    }

    [Fact]
    public void An_update()
    {
        var weight = new Parameter(Tensor.Ones(2));
        Assert.Throws<InvalidOperationException>(() => weight.Mul_(0.9));
        using (Autograd.NoGrad()) weight.Mul_(0.9);

        Assert.True(weight.IsLeaf);
        Assert.Equal([0.9f, 0.9f], Values(weight));
    }
}
