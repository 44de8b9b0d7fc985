using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>GELU of floats and its slope against those of float64.</summary>
[Collection(ThreadCountCollection.Name)]
public sealed class NormalDistributionTests : IDisposable
{
    readonly IsaTier _cap = Processor.Cap;

    public void Dispose() => Processor.Cap = _cap;

    // Rounding x² alone moves e^(−x²/2) by up to x² / 2 units.
    static double Units(double x) => 9 + x * x / 2;

    [Theory]
    [InlineData(IsaTier.Portable)]
    [InlineData(IsaTier.Avx2)]
    [InlineData(IsaTier.Avx512)]
    public void Gelu_of_every_magnitude_is_off_by_few_units_in_the_last_place(IsaTier tier)
    {
        Processor.Cap = tier;
        float[] x = Numbers();
        Compare(x, t => t.Gelu(), (at, exact) => Units(at) * Unit(exact));
    }

    [Theory]
    [InlineData(IsaTier.Portable)]
    [InlineData(IsaTier.Avx2)]
    [InlineData(IsaTier.Avx512)]
    public void Its_slope_is_too_and_where_it_crosses_zero_by_less_than_a_unit_of_one(IsaTier tier)
    {
        Processor.Cap = tier;
        float[] x = Numbers();
        Compare(x, Slope, (at, exact) => at is > -1.2 and < -0.4 ? 2e-7 : Units(at) * Unit(exact));
    }

    [Fact]
    public void A_number_has_the_same_result_wherever_it_stands()
    {
        float[] x = Numbers()[..997];
        var whole = Tensor.From(x).Gelu().ToArray<float>();
        for (int i = 0; i < x.Length; i += 31)
            Assert.Equal(whole[i], Tensor.From([x[i]]).Gelu().Item<float>());
    }

    static Tensor Slope(Tensor x)
    {
        x.RequiresGrad = true;
        return Autograd.Grad(x.Gelu(), x, Tensor.Ones(x.Shape, x.DType));
    }

    static void Compare(float[] x, Func<Tensor, Tensor> f, Func<double, double, double> bound)
    {
        var exact = f(Tensor.From(x).To(DType.Float64)).ToArray<double>();
        var actual = f(Tensor.From(x)).ToArray<float>();
        for (int i = 0; i < x.Length; i++)
        {
            if (float.IsInfinity(x[i])) continue;
            if (float.IsNaN(x[i])) Assert.True(float.IsNaN(actual[i]));
            else Assert.True(Math.Abs(actual[i] - exact[i]) <= bound(x[i], exact[i]), $"at {x[i]:R}: {actual[i]:R}, expected {exact[i]:R}");
        }
    }

    static double Unit(double value)
    {
        float f = Math.Max(MathF.Abs((float)value), 1.17549435e-38f);
        return MathF.BitIncrement(f) - (double)f;
    }

    // Every 30,011th pattern of bits of either sign, infinities and NaN among them, and where the function is no straight line.
    static float[] Numbers() =>
    [
        .. Enumerable.Range(0, (int)(0x7F800000L / 30_011)).SelectMany(i => (float[])[BitConverter.Int32BitsToSingle(i * 30_011), -BitConverter.Int32BitsToSingle(i * 30_011)]),
        .. Enumerable.Range(-170_000, 240_000).Select(i => i * 1.0001e-4f), float.NaN, float.PositiveInfinity, 0, -0f, 15, -15, 3e38f, -3e38f,
    ];
}
