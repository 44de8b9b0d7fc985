using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Ops;

[Collection(ThreadCountCollection.Name)]
public sealed class VolumeConvolutionTests : IDisposable
{
    readonly int _threads = Numerics.Threads;

    public void Dispose() => Numerics.Threads = _threads;

    /// <summary>Volumes that are done at once and, the last three, image by image or in a few parts.</summary>
    public static TheoryData<int[], int[], int[], int[], int[], int> Cases => new()
    {
        { [2, 3, 4, 5, 6], [4, 3, 2, 3, 2], [1, 1, 1], [0, 0, 0], [1, 1, 1], 1 },
        { [1, 4, 7, 6, 5], [6, 2, 3, 2, 3], [2, 1, 2], [2, 1, 0], [1, 2, 1], 2 },
        { [2, 2, 5, 4, 4], [3, 2, 3, 1, 1], [3, 2, 1], [4, 0, 1], [2, 1, 1], 1 },
        { [0, 2, 5, 4, 4], [3, 2, 3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1], 1 },
        { [2, 16, 6, 48, 47], [20, 16, 3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1], 1 },
        { [3, 3, 9, 40, 64], [32, 3, 3, 3, 3], [1, 1, 1], [1, 1, 1], [1, 1, 1], 1 },
        { [1, 48, 3, 70, 71], [8, 48, 3, 1, 1], [1, 1, 1], [1, 0, 0], [1, 1, 1], 1 },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_sums_over_the_taps_in_depth(int[] x, int[] w, int[] stride, int[] padding, int[] dilation, int groups)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64]) Check(dtype, x, w, stride, padding, dilation, groups);
    }

    static void Check(DType dtype, int[] x, int[] w, int[] stride, int[] padding, int[] dilation, int groups)
    {
        var results = new List<Tensor[]>();
        foreach (int threads in (int[])[1, 2, 0])
        {
            if (threads > 0) Numerics.Threads = threads;
            Tensor[] t = [MatMulTests.Draw(x, 1), MatMulTests.Draw(w, 2).Div(Math.Sqrt(w[1] * w[2] * w[3] * w[4])), MatMulTests.Draw([w[0]], 3)];
            t = [.. t.Select(leaf => leaf.To(dtype))];
            foreach (var leaf in t) leaf.RequiresGrad = true;
            var y = threads > 0 ? F.Conv3d(t[0], t[1], t[2], new Triple(stride[0], stride[1], stride[2]), new Triple(padding[0], padding[1], padding[2]),
                new Triple(dilation[0], dilation[1], dilation[2]), groups) : Apart(t, stride, padding, dilation, groups);
            y.Backward(MatMulTests.Draw([.. y.Shape], 4).To(dtype));
            results.Add([y.Detach(), .. t.Select(leaf => leaf.Grad!)]);
            results[^1] = [.. results[^1].Select(r => r.To(DType.Float64))];
        }
        for (int i = 0; i < results[2].Length; i++)
        {
            Assert.Equal(results[2][i].Shape, results[0][i].Shape);
            Assert.Equal(results[0][i].ToArray<double>(), results[1][i].ToArray<double>());
            if (results[2][i].Elements == 0) continue;
            double scale = 1 + results[2][i].Abs().Max().Item();
            Assert.InRange((results[0][i] - results[2][i]).Abs().Max().Item() / scale, 0, dtype == DType.Float32 ? 2e-5 : 1e-12);
        }
    }

    /// <summary>A convolution of images for each tap and window, added up.</summary>
    static Tensor Apart(Tensor[] t, int[] stride, int[] padding, int[] dilation, int groups)
    {
        int depth = t[0].Shape[2], taps = t[1].Shape[2], windows = (depth + 2 * padding[0] - dilation[0] * (taps - 1) - 1) / stride[0] + 1;
        var planes = new List<Tensor>();
        for (int i = 0; i < windows; i++)
        {
            var sum = Tensor.Zeros([1, 1, 1, 1], t[0].DType);
            for (int tap = 0; tap < taps; tap++)
            {
                int plane = i * stride[0] + tap * dilation[0] - padding[0];
                // A plane of zeros, where the window is outside, keeps the shape.
                var source = plane >= 0 && plane < depth ? t[0].Select(2, plane) : t[0].Select(2, 0) * 0;
                sum = sum + F.Conv2d(source, t[1].Select(2, tap), null, new Pair(stride[1], stride[2]), new Pair(padding[1], padding[2]), new Pair(dilation[1], dilation[2]), groups);
            }
            planes.Add(sum + t[2].Reshape(1, -1, 1, 1));
        }
        return Tensor.Stack([.. planes], 2);
    }

    [Fact]
    public void What_is_gathered_at_a_time_is_bounded()
    {
        var image = new ConvShape { N = 1, C = 192, H = 64, W = 64, O = 64, KernelH = 3, KernelW = 3, OutH = 64, OutW = 64 };
        var shape = new VolumeShape(8, image, new(32, 3, 1, 1, 1, 32));
        Assert.InRange(shape.AtOnce(sizeof(float)) * (shape.ImageSize + shape.ResultSize) * sizeof(float), 1, 5 << 20);
    }
}
