using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>The hyperbolic tangent of floats against that of float64.</summary>
[Collection(ThreadCountCollection.Name)]
public sealed class TanhTests : IDisposable
{
    readonly IsaTier _cap = Processor.Cap;

    public void Dispose() => Processor.Cap = _cap;

    [Theory]
    [InlineData(IsaTier.Portable)]
    [InlineData(IsaTier.Avx2)]
    [InlineData(IsaTier.Avx512)]
    public void Of_every_magnitude_it_is_off_by_few_units_in_the_last_place_and_never_beyond_one(IsaTier tier)
    {
        Processor.Cap = tier;
        // By pieces it is closer; the other form cancels where it begins.
        double units = Processor.Tier >= IsaTier.Avx512 ? 2 : 7;
        float[] x =
        [
            .. Enumerable.Range(0, (int)(0x7F800000L / 30_011)).SelectMany(i => (float[])[BitConverter.Int32BitsToSingle(i * 30_011), -BitConverter.Int32BitsToSingle(i * 30_011)]),
            .. Enumerable.Range(-120_000, 240_000).Select(i => i * 1.0001e-4f), float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 9.015625f, 3e38f,
        ];
        var y = Tensor.From(x).Tanh().ToArray<float>();
        for (int i = 0; i < x.Length; i++)
        {
            double exact = Math.Tanh(x[i]);
            float nearest = Math.Max(MathF.Abs((float)exact), 1.17549435e-38f);
            Assert.True(Math.Abs(y[i] - exact) <= units * (MathF.BitIncrement(nearest) - (double)nearest) && Math.Abs(y[i]) <= 1 && (x[i] == 0 || float.IsNegative(x[i]) == float.IsNegative(y[i])),
                $"tanh({x[i]:R}) is {y[i]:R}, expected {exact:R}");
        }
        Assert.True(float.IsNaN(Tensor.From([float.NaN]).Tanh().Item<float>()));
    }
}
