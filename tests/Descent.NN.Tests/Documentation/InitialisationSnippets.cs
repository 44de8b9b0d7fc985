using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/initialisation.md, as they stand there.</summary>
public sealed class InitialisationSnippets
{
    static float[] Values(Tensor? x) => x!.Detach().To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    [Fact]
    public void Variance_through_ten_layers()
    {
        Generator.ManualSeed(1);
        var x = Tensor.Randn(64, 256);
        for (int layer = 0; layer < 10; layer++)
        {
            var weight = Init.KaimingNormal_(Tensor.Empty([256, 256]), nonlinearity: Nonlinearity.Relu);
            x = F.Linear(x, weight).Relu();
        }
        double meanSquare = x.Square().Mean().Item();    // still about 1

        Assert.InRange(meanSquare, 0.3, 3);
    }

    [Fact]
    public void Weights_that_are_too_small()
    {
        Generator.ManualSeed(1);
        var x = Tensor.Randn(64, 256);
        for (int layer = 0; layer < 10; layer++)
            x = F.Linear(x, Init.Normal_(Tensor.Empty([256, 256]), std: 0.02)).Relu();
        double meanSquare = x.Square().Mean().Item();    // less than 1e-10

        Assert.InRange(meanSquare, 0, 1e-10);
    }

    [Fact]
    public void Another_start()
    {
        var model = new Sequential(new Linear(8, 16), new ReLU(), new Linear(16, 2));
        model.Apply(module =>
        {
            if (module is not Linear linear) return;
            Init.KaimingNormal_(linear.Weight, nonlinearity: Nonlinearity.Relu);
            Init.Constant_(linear.Bias!, 0);
        });

        Assert.All(Values(model.StateDict()["0.bias"]), b => Assert.Equal(0, b));
    }
}
