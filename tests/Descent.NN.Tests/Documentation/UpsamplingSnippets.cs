using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/upsampling.md, as they stand there.</summary>
public sealed class UpsamplingSnippets
{
    static float[] Values(Tensor? x) => x!.Detach().To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    static void Near(float[] expected, Tensor? x, float tolerance = 1e-4f) =>
        Assert.All(expected.Zip(Values(x)), pair => Assert.Equal(pair.First, pair.Second, tolerance));

    [Fact]
    public void Nearest_and_linear()
    {
        var x = Tensor.From<float>([1, 3], [1, 1, 2]);
        var nearest = F.Interpolate(x, scaleFactor: [2]);                                     // 1, 1, 3, 3
        var linear = F.Interpolate(x, scaleFactor: [2], mode: InterpolationMode.Linear);      // 1, 1.5, 2.5, 3

        Near([1, 1, 3, 3], nearest);
        Near([1, 1.5f, 2.5f, 3], linear);
    }

    [Fact]
    public void Both_conventions()
    {
        var x = Tensor.From<float>([0, 3], [1, 1, 2]);
        var edges = F.Interpolate(x, size: [4], mode: InterpolationMode.Linear, alignCorners: false);    // 0, 0.75, 2.25, 3
        var centres = F.Interpolate(x, size: [4], mode: InterpolationMode.Linear, alignCorners: true);   // 0, 1, 2, 3

        Near([0, 0.75f, 2.25f, 3], edges);
        Near([0, 1, 2, 3], centres);
    }

    [Fact]
    public void Doubling()
    {
        var x = Tensor.Randn(1, 8, 5, 5);
        var transposed = new ConvTranspose2d(8, 3, kernelSize: 4, stride: 2, padding: 1).Forward(x);                                       // (1, 3, 10, 10)
        var resized = new Sequential(new Upsample(scaleFactor: [2.0]), new Conv2d(8, 3, 3, padding: 1)).Forward(x);                        // (1, 3, 10, 10)
        var shuffled = new Sequential(new Conv2d(8, 3 * 4, 3, padding: 1), new PixelShuffle(2)).Forward(x);                                // (1, 3, 10, 10)

        foreach (var y in (Tensor[])[transposed, resized, shuffled]) Assert.Equal([1, 3, 10, 10], y.Shape.ToArray());
    }
}
