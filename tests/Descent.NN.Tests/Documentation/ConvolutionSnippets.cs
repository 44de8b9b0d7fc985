using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/convolution.md, as they stand there.</summary>
public sealed class ConvolutionSnippets
{
    static float[] Values(Tensor? x) => x!.Detach().To(DType.Float32).Contiguous().AsSpan<float>().ToArray();

    static void Near(float[] expected, Tensor? x, float tolerance = 1e-4f) =>
        Assert.All(expected.Zip(Values(x)), pair => Assert.Equal(pair.First, pair.Second, tolerance));

    [Fact]
    public void Few_parameters()
    {
        int filters = new Conv2d(3, 16, kernelSize: 3).Parameters().Sum(p => p.Elements);      // 448, for any size
        int dense = new Linear(3 * 8 * 8, 16 * 6 * 6).Parameters().Sum(p => p.Elements);      // 111,168, and only for 8 × 8

        Assert.Equal((448, 111168), (filters, dense));
    }

    [Fact]
    public void A_shift_goes_through()
    {
        var conv = new Conv2d(1, 4, 3, padding: "same", paddingMode: PaddingMode.Circular);
        var x = Tensor.Randn(1, 1, 8, 8);
        var shiftedFirst = conv.Forward(x.Roll([2, 3], [2, 3]));
        var shiftedAfter = conv.Forward(x).Roll([2, 3], [2, 3]);    // the same

        Near(Values(shiftedAfter), shiftedFirst);
    }

    [Fact]
    public void A_shift_leaves_no_trace()
    {
        var features = new Sequential(
            new Conv2d(1, 4, 3, padding: "same", paddingMode: PaddingMode.Circular), new ReLU(), new AdaptiveAvgPool2d(1), new Flatten());
        var x = Tensor.Randn(1, 1, 8, 8);
        var one = features.Forward(x);
        var other = features.Forward(x.Roll([2, 3], [2, 3]));    // the same four numbers

        Near(Values(one), other);
    }

    [Fact]
    public void Fewer_multiplications_cost_no_digits()
    {
        var (x, w) = (Tensor.Randn(2, 32, 16, 16), Tensor.Randn(32, 32, 3, 3));
        var fast = F.Conv2d(x, w, padding: 1);
        var exact = F.Conv2d(x.To(DType.Float64), w.To(DType.Float64), padding: 1);
        double gap = ((fast - exact).Abs().Max() / exact.Abs().Max()).Item();      // less than 2e-6

        Assert.InRange(gap, 0, 2e-6);
    }
}
