using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class DropoutTests
{
    /// <summary>The layer, and the dimensions that share one choice.</summary>
    public static TheoryData<Func<Module>, int[]> Layers => new()
    {
        { () => new Dropout(0.25, new Generator(1)), [] },
        { () => new Dropout1d(0.25, new Generator(1)), [2] },
        { () => new DropPath(0.25, new Generator(1)), [1, 2] },
    };

    [Theory, MemberData(nameof(Layers))]
    public void What_is_dropped_is_0_and_the_rest_is_scaled_so_that_the_mean_stays(Func<Module> create, int[] shared)
    {
        var y = create().Forward(Tensor.Ones([400, 30, 4]));
        Assert.All(y.ToArray<float>(), v => Assert.True(v == 0 || MathF.Abs(v - 1 / 0.75f) < 1e-6f));
        Assert.Equal(1, y.Mean().Item(), 0.08);
        if (shared.Length == 0) return;
        Assert.Equal(y.Amax(shared).ToArray<float>(), y.Amin(shared).ToArray<float>());
    }

    public static TheoryData<Func<double, Module>> AlphaLayers => new(p => new AlphaDropout(p, new Generator(2)), p => new FeatureAlphaDropout(p, new Generator(2)));

    [Theory, MemberData(nameof(AlphaLayers))]
    public void Alpha_dropout_keeps_mean_and_deviation(Func<double, Module> create)
    {
        var x = Tensor.Randn([2000, 20, 2], DType.Float32, new Generator(3));
        var y = create(0.2).Forward(x);
        Assert.Equal(0, y.Mean().Item(), 0.03);
        Assert.Equal(1, y.Std().Item(), 0.03);
    }

    [Fact]
    public void A_probability_of_1_leaves_nothing()
    {
        foreach (var layer in (Module[])[new Dropout(1), new Dropout1d(1), new AlphaDropout(1), new FeatureAlphaDropout(1), new DropPath(1)])
            Assert.All(layer.Forward(Tensor.Randn([2, 3, 4])).ToArray<float>(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void In_float64_the_factor_has_all_its_digits()
    {
        foreach (var layer in (Module[])[new Dropout(0.3), new Dropout1d(0.3), new DropPath(0.3)])
            Assert.Equal([0, 1 / (1 - 0.3)], layer.Forward(Tensor.Ones([60, 5, 4], DType.Float64)).ToArray<double>().Distinct().Order());
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Probabilities_outside_0_to_1_are_refused(double p)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout2d(p));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.DropPath(Tensor.Ones([2]), p));
    }
}
