using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class ClippingTests
{
    static Parameter[] Parameters(DType? dtype = null) =>
    [
        new(Tensor.Zeros([1], dtype)) { Grad = Tensor.From<float>([-3], [1]).To(dtype ?? DType.Float32) },
        new(Tensor.Zeros([2], dtype)) { Grad = Tensor.From<float>([0, 4], [2]).To(dtype ?? DType.Float32) },
        new(Tensor.Zeros([2], dtype)),
    ];

    [Theory]
    [InlineData(2, 5.0)]
    [InlineData(1, 7.0)]
    [InlineData(3, 4.497941)]
    [InlineData(double.PositiveInfinity, 4.0)]
    public void Gradients_are_scaled_to_the_norm(double type, double norm)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64, DType.BFloat16, DType.Float16])
        {
            var parameters = Parameters(dtype);
            Assert.Equal(norm, Clipping.ClipGradNorm_(parameters, 100, type), 1e-6);
            Assert.Equal([0f, 4], parameters[1].Grad!.To(DType.Float32).ToArray<float>());
            Clipping.ClipGradNorm_(parameters, 1, type);
            Assert.Equal(-3 / norm, parameters[0].Grad!.To(DType.Float64).Item(), dtype.IsReduced ? 5e-3 : 1e-5);
            Assert.Equal(dtype, parameters[0].Grad!.DType);
            Assert.Null(parameters[2].Grad);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(2.5)]
    [InlineData(double.PositiveInfinity)]
    public void Many_gradients_of_every_size_type_and_layout_are_one_vector(double type)
    {
        int[][] shapes = [[0], [4096], [37], [0, 3], [4097], [100, 200], [1], []];
        int threads = Numerics.Threads;
        var norms = new List<double>();
        try
        {
            foreach (int count in (int[])[1, 2])
            {
                Numerics.Threads = count;
                Tensor[] gradients = [.. shapes.Select((s, i) => Tensor.Randn(s, generator: new Generator((ulong)i)).To(i == 2 ? DType.Float64 : i == 4 ? DType.BFloat16 : DType.Float32))];
                gradients[5] = gradients[5].T;
                Parameter[] parameters = [.. gradients.Select(g => new Parameter(Tensor.Zeros(g.Shape, g.DType)) { Grad = g })];
                double[] all = [.. gradients.SelectMany(g => g.To(DType.Float64).Contiguous().ToArray<double>())];
                double want = double.IsInfinity(type) ? all.Max(Math.Abs) : Math.Pow(all.Sum(g => Math.Pow(Math.Abs(g), type)), 1 / type);
                norms.Add(Clipping.ClipGradNorm_(parameters, want / 2, type));
                Assert.Equal(want, norms[^1], want * 1e-5);
                double[] after = [.. gradients.SelectMany(g => g.To(DType.Float64).Contiguous().ToArray<double>())];
                for (int i = 0; i < all.Length; i++) Assert.Equal(all[i] / 2, after[i], 1e-5 + Math.Abs(all[i]) * 4e-3);
            }
            Assert.Equal(norms[0], norms[1]);
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    [Fact]
    public void Values_are_limited_one_by_one()
    {
        var parameters = Parameters();
        parameters[0].Grad!.Fill_(float.NaN);
        Clipping.ClipGradValue_(parameters, 0.1);
        Assert.Equal([0f, 0.1f], parameters[1].Grad!.ToArray<float>());
        Assert.Equal(float.NaN, parameters[0].Grad!.Item<float>());
    }

    [Fact]
    public void A_gradient_that_two_parameters_share_is_changed_once()
    {
        var parameters = Parameters()[..2];
        parameters[0] = new(Tensor.Zeros(2)) { Grad = parameters[1].Grad };
        Assert.Equal(4, Clipping.ClipGradNorm_(parameters, 2), 1e-6);
        Assert.Equal(2, parameters[1].Grad!.Select(0, 1).Item(), 1e-5);
    }

    [Fact]
    public void Without_gradients_the_norm_is_0() => Assert.Equal(0, Clipping.ClipGradNorm_([new Parameter(Tensor.Zeros(2))], 1));

    [Fact]
    public void Norms_that_are_no_numbers_are_told_and_can_be_refused()
    {
        var parameters = Parameters();
        parameters[0].Grad!.Fill_(float.PositiveInfinity);
        Assert.Throws<InvalidOperationException>(() => Clipping.ClipGradNorm_(parameters, 1, errorIfNonFinite: true));
        Assert.Equal([0f, 4], parameters[1].Grad!.ToArray<float>());
        Assert.Equal(double.PositiveInfinity, Clipping.ClipGradNorm_(parameters, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clipping.ClipGradNorm_(parameters, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clipping.ClipGradNorm_(parameters, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clipping.ClipGradValue_(parameters, -1));
    }
}
