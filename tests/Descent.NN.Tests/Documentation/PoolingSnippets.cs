using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/pooling.md, as they stand there.</summary>
public sealed class PoolingSnippets
{
    static float[] Values(Tensor? x) => x!.Detach().To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    [Fact]
    public void Max_and_mean()
    {
        var x = Tensor.From<float>([1, 2, 5, 6, 3, 4, 7, 8, 0, 0, 1, 1, 0, 4, 1, 1], [1, 1, 4, 4]);
        var max = new MaxPool2d(2).Forward(x);     // 4, 8, 4, 1
        var mean = new AvgPool2d(2).Forward(x);    // 2.5, 6.5, 1, 1

        Assert.Equal([4, 8, 4, 1], Values(max));
        Assert.Equal([2.5f, 6.5f, 1, 1], Values(mean));
    }

    [Fact]
    public void A_network_for_any_size()
    {
        var model = new Sequential(new Conv2d(3, 8, 3), new ReLU(), new AdaptiveAvgPool2d(1), new Flatten(), new Linear(8, 10));
        var small = model.Forward(Tensor.Randn(2, 3, 16, 16));    // (2, 10)
        var large = model.Forward(Tensor.Randn(2, 3, 40, 25));    // (2, 10)

        Assert.Equal((new Shape(2, 10), new Shape(2, 10)), (small.Shape, large.Shape));
    }
}
