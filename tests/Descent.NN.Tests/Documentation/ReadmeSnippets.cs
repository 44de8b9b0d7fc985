using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of the README, as they stand there.</summary>
public sealed class ReadmeSnippets
{
    [Fact]
    public void A_gradient()
    {
        var weight = Tensor.Randn(2, 3);
        weight.RequiresGrad = true;
        var x = Tensor.From<float>([1, 2, 3]);

        var loss = weight.MatMul(x).Pow(2).Sum();
        loss.Backward();

        // d loss / d weight = 2 (weight · x) xᵀ
        var gradient = weight.Grad;

        var expected = weight.Detach().MatMul(x).Reshape(2, 1) * x * 2;
        Assert.All(Enumerable.Range(0, 6), i =>
            Assert.Equal(expected.AsSpan<float>()[i], gradient!.Contiguous().AsSpan<float>()[i], 1e-4f));
    }

    [Fact]
    public void A_network()
    {
        Generator.ManualSeed(1);
        var x = Tensor.Randn(64, 2);
        var y = (x.Select(1, 0) * x.Select(1, 1)).Gt(0).To(DType.Int64);

        var model = new Sequential(new Linear(2, 16), new ReLU(), new Linear(16, 2));
        var loss = new CrossEntropyLoss();
        var optimizer = new Adam(model.Parameters(), learningRate: 0.05);
        for (int step = 0; step < 200; step++)
        {
            optimizer.ZeroGrad();
            loss.Forward(model.Forward(x), y).Backward();
            optimizer.Step();
        }

        Assert.True(loss.Forward(model.Forward(x), y).Item() < 0.2);
    }
}
