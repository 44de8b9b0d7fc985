using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/normalisation.md, as they stand there.</summary>
public sealed class NormalisationSnippets
{
    static float[] Values(Tensor? x) => x!.Detach().To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    static void Near(float[] expected, Tensor? x, float tolerance = 1e-4f) =>
        Assert.All(expected.Zip(Values(x)), pair => Assert.Equal(pair.First, pair.Second, tolerance));

    [Fact]
    public void Four_normalisations()
    {
        var x = Tensor.Randn([8, 4, 6, 6]) * 3 + 5;
        var batch = new BatchNorm2d(4).Forward(x);          // over N, H, W: one mean per channel
        var layer = new LayerNorm([4, 6, 6]).Forward(x);    // over C, H, W: one mean per sample
        var group = new GroupNorm(2, 4).Forward(x);         // over H, W and half of the channels
        var instance = new InstanceNorm2d(4).Forward(x);    // over H, W: one mean per sample and channel

        Near(new float[4], batch.Mean([0, 2, 3]));
        Near(new float[8], layer.Mean([1, 2, 3]));
        Near(new float[16], group.Reshape(8, 2, 2, 6, 6).Mean([2, 3, 4]));
        Near(new float[32], instance.Mean([2, 3]));
    }

    [Fact]
    public void Batch_statistics_and_running_ones()
    {
        var norm = new BatchNorm1d(1, momentum: 0.1);
        var x = Tensor.From<float>([1, 3], [2, 1]);
        var training = norm.Forward(x);           // mean 2, deviation 1: -1, 1
        var running = norm.RunningMean;           // 0.9 · 0 + 0.1 · 2 = 0.2
        var variance = norm.RunningVar;           // 0.9 · 1 + 0.1 · 2 = 1.1
        var evaluated = norm.Eval().Forward(x);   // (x − 0.2) / √1.1: 0.76, 2.67

        Near([-1, 1], training);
        Near([0.2f], running);
        Near([1.1f], variance);
        Near([0.76f, 2.67f], evaluated, 0.01f);
    }

    [Fact]
    public void Residual_blocks()
    {
        var before = new PreNorm(new LayerNorm(16), new Linear(16, 16));     // x + sublayer(norm(x))
        var after = new PostNorm(new LayerNorm(16), new Linear(16, 16));     // norm(x + sublayer(x))
        var scale = DeepNormScale.Decoder(layers: 48);                       // α = 96^¼, β = 384^−¼
        var deep = new DeepNorm(16, new Linear(16, 16), scale.Alpha);        // norm(α x + sublayer(x))

        foreach (var block in (Module[])[before, after, deep]) Assert.Equal([2, 16], block.Forward(Tensor.Randn(2, 16)).Shape.ToArray());
        Assert.Equal(Math.Pow(96, 0.25), scale.Alpha, 1e-12);
    }
}
